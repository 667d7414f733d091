"""The project as Python sees it: open it, validate it, calculate a period, verify the result."""

from __future__ import annotations

import hashlib
import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from commcalc.base.problem import Report
from commcalc.base.source import Sources
from commcalc.checks import check_plans
from commcalc.inputs.project import ProjectFile, read_project
from commcalc.plan.load import LoadedPlan, load_plans

if TYPE_CHECKING:
    from commcalc.engine.result import Result
    from commcalc.inputs.tables import Inputs
