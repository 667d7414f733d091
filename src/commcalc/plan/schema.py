"""The schema of a plan or program file for editors: its model's, tables that may stand in a CSV file, and parts that extend others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import ConfigDict, Field, RootModel

from commcalc.language.merging import REMOVE
from commcalc.language.schema import schema_of
from commcalc.plan.model import Plan
from commcalc.plan.program import BonusProgram, CommissionProgram, ContestProgram, PoolProgram, SpiffProgram
from commcalc.plan.table_files import SHAPES

_FILE = {"title": "file", "type": "string", "pattern": r"\.csv$", "examples": ["rates.csv"]}
_PART = "Part"  # behind the name of a shape: the same one, saying only what is different
_SAID = ("description", "default", "examples")
_HEIR = {"required": ["extends"]}
SECTIONS = ("measures", "components")


class ProgramFile(
    RootModel[
        Annotated[CommissionProgram | BonusProgram | SpiffProgram | ContestProgram | PoolProgram, Field(discriminator="kind")]
    ]
):
    """A program: one component in a file of its own, for the eligible payees of every plan."""

    model_config = ConfigDict(title="program")


def schema() -> dict[str, Any]:
    """Return the schema of a plan; one that extends another needs to say only what is different."""
    whole = whole_plan()
    definitions = whole.pop("definitions")
    head = {key: whole.pop(key) for key in ("$schema", "title", "description")}
    definitions["Plan"] = {"title": "plan", "description": head["description"], **whole}
    loose = _Loose(definitions)
    heir = loose.ref("Plan")
    for section in SECTIONS:
        section_of = definitions["Plan"]["properties"][section]
        section_of["additionalProperties"] = _either(section_of["additionalProperties"], loose)
    either = {"if": _HEIR, "then": heir, "else": {"$ref": "#/definitions/Plan"}}
    return {**head, **either, "definitions": dict(sorted({**definitions, **loose.made}.items()))}


def program_schema() -> dict[str, Any]:
    """Return the schema of a program: after `kind` only the keys of that kind; its measures may extend each other."""
    whole = whole_program()
    loose = _Loose(whole["definitions"])
    for name, definition in sorted(whole["definitions"].items()):
        if "program" in definition.get("properties", {}):
            measures = definition["properties"]["measures"]
            measures["additionalProperties"] = _either(measures["additionalProperties"], loose)
            definition["properties"].pop("extends")
            assert name.endswith("Program")
    return {**whole, "definitions": dict(sorted({**whole["definitions"], **loose.made}.items()))}


def whole_plan() -> dict[str, Any]:
    """Return the schema of a plan whose parts are all written out."""
    return _with_files(schema_of(Plan))


def whole_program() -> dict[str, Any]:
    """Return the schema of a program whose parts are all written out."""
    return _with_files(schema_of(ProgramFile))


def _either(whole: dict[str, Any], loose: _Loose) -> dict[str, Any]:
    """Return the schema of a part written out, or of one that extends another."""
    return {"if": _HEIR, "then": loose.of(whole), "else": whole}


class _Loose:
    """Shapes that say only what is different: no key must stand, and `remove` may stand for each."""

    def __init__(self, definitions: Mapping[str, Any]) -> None:
        self.definitions = definitions
        self.made: dict[str, Any] = {}

    def ref(self, name: str) -> dict[str, Any]:
        """Return the reference to a shape of this sort, made when it is first asked for."""
        if name + _PART not in self.made:
            self.made[name + _PART] = {}
            self.made[name + _PART] = self.of(self.definitions[name])
        return {"$ref": f"#/definitions/{name}{_PART}"}

    def of(self, found: Mapping[str, Any]) -> dict[str, Any]:
        """Return a part of the schema made so; a list replaces the whole list, so what stands in one is written out."""
        if "$ref" in found:
            name = found["$ref"].rpartition("/")[2]
            inner = {k: v for k, v in found.items() if k != "$ref"}
            return {**inner, **(self.ref(name) if "properties" in self.definitions[name] else {"$ref": found["$ref"]})}
        made = {k: v for k, v in found.items() if k not in ("required", "oneOf", "anyOf", "minProperties")}
        branches = found.get("oneOf", found.get("anyOf"))
        if branches is not None:
            made["anyOf"] = [self.of(branch) for branch in branches]
        if "properties" in found:
            made["properties"] = {key: self._removable(value) for key, value in found["properties"].items()}
        if isinstance(found.get("additionalProperties"), Mapping):
            made["additionalProperties"] = self._removable(found["additionalProperties"])
        return made

    def _removable(self, found: Mapping[str, Any]) -> dict[str, Any]:
        said = {key: found[key] for key in _SAID if key in found}
        inner = {key: value for key, value in self.of(found).items() if key not in _SAID}
        return {**said, "anyOf": [*inner.get("anyOf", [inner]), {"const": REMOVE}]}


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
