"""What can be wrong with a plan as a whole."""

from __future__ import annotations

from commcalc.base.problem import Kind

KINDS: tuple[Kind, ...] = ()
