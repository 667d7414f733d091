"""The schema of a plan or program file for editors: its model's, and the tables that may stand in a CSV file of their own."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import ConfigDict, Field, RootModel

from commcalc.language.schema import schema_of
from commcalc.plan.model import Plan
from commcalc.plan.program import BonusProgram, CommissionProgram, SpiffProgram
from commcalc.plan.table_files import SHAPES

_FILE = {"title": "file", "type": "string", "pattern": r"\.csv$", "examples": ["rates.csv"]}


class ProgramFile(RootModel[Annotated[CommissionProgram | BonusProgram | SpiffProgram, Field(discriminator="kind")]]):
    """A program: one component in a file of its own, for the eligible payees of every plan."""

    model_config = ConfigDict(title="program")


def schema() -> dict[str, Any]:
    """Return the schema of a plan."""
    return _with_files(schema_of(Plan))


def program_schema() -> dict[str, Any]:
    """Return the schema of a program: after `kind` only the keys of that kind."""
    return _with_files(schema_of(ProgramFile))


def _with_files(whole: dict[str, Any]) -> dict[str, Any]:
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
