"""What a plan says. Never polars."""
