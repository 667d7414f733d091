"""From text to typed values: YAML with its places, expressions, fields. Never polars."""
