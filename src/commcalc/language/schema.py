"""The schema of a file of ours, as editors read it to complete keys, explain them, and underline what does not fit.

Made from the models that read the file, so that it cannot say anything else. It is JSON Schema draft-07, which is what
editors know best, and it holds what they make use of: a description for each key, and words where only some may stand.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode, JsonSchemaValue
from pydantic_core import core_schema

DRAFT = "http://json-schema.org/draft-07/schema#"


class _ForEditors(GenerateJsonSchema):
    """Leaves out what the file does not know: nulls, names made from Python's, and defaults that are no word or figure."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        """Keys are shown by their own names."""
        del schema
        return False

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        """A key may be left out; it may not be left empty."""
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        """Keep a default that could be written: an editor puts it in."""
        inner = self.generate_inner(schema["schema"])
        default = schema.get("default")
        written = isinstance(default, str) or (isinstance(default, int) and not isinstance(default, bool))
        return {**inner, "default": default} if written else inner


def schema_of(model: type[BaseModel]) -> dict[str, Any]:
    """Return the schema of the file that a model reads."""
    mode: JsonSchemaMode = "validation"
    made = model.model_json_schema(schema_generator=_ForEditors, ref_template="#/definitions/{model}", mode=mode)
    definitions = made.pop("$defs", {})
    whole = {"$schema": DRAFT, **made, "definitions": dict(sorted(definitions.items()))}
    found: dict[str, Any] = _without_tags(whole)
    return found


def _without_tags(node: Any) -> Any:
    """Return a part of the schema without pydantic's tags of unions, which JSON Schema does not know.

    A description beside a `$ref` stays: validators pass over it, and editors show it.
    """
    if isinstance(node, list):
        return [_without_tags(item) for item in node]
    if not isinstance(node, dict):
        return node
    return {key: _without_tags(value) for key, value in node.items() if not (key == "discriminator" and "mapping" in value)}
