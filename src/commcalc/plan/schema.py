"""The schema of a plan file for editors: its model's, and the tables that may stand in a CSV file of their own."""

from __future__ import annotations

from typing import Any

from commcalc.language.schema import schema_of
from commcalc.plan.model import Plan
from commcalc.plan.table_files import SHAPES

_FILE = {"title": "file", "type": "string", "pattern": r"\.csv$", "examples": ["rates.csv"]}


def schema() -> dict[str, Any]:
    """Return the schema of a plan."""
    whole = schema_of(Plan)
    for definition in whole["definitions"].values():
        properties = definition.get("properties", {})
        for key in SHAPES:
            if key in properties:
                properties[key] = _or_file(properties[key])
    return whole


def _or_file(said: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a table that stands in the plan, or is named there."""
    about = {"description": said["description"]}
    written = {key: value for key, value in said.items() if key != "description"}
    return {**about, "anyOf": [*written.get("anyOf", [written]), _FILE]}
