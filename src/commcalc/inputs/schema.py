"""The schema of the project file for editors."""

from __future__ import annotations

from typing import Any

from commcalc.inputs.model import ProjectModel
from commcalc.language.schema import schema_of


def schema() -> dict[str, Any]:
    """Return the schema of commcalc.yaml."""
    return schema_of(ProjectModel)
