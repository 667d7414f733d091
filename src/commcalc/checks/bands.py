"""Bands: they begin at plain figures of the kind that decides, the smallest first, so that points can be counted from them."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from commcalc.base.problem import Problem
from commcalc.checks.expressions import at_place, scope_of
from commcalc.checks.facts import Facts
from commcalc.checks.problems import BANDS
from commcalc.checks.tiers import values
from commcalc.language.expression import Type, check_expression
from commcalc.language.expression.nodes import Number
from commcalc.plan.load import LoadedPlan
from commcalc.plan.shapes import Bands
from commcalc.plan.walk import Path, Place


def check(loaded: LoadedPlan, facts: Facts) -> Iterator[Problem]:
    """Yield the bands that do not follow one another, or cannot be counted from."""
    for path, value in values(loaded):
        if isinstance(value, Bands):
            yield from _bands(loaded, path, value, facts)


def _bands(loaded: LoadedPlan, path: Path, said: Bands, facts: Facts) -> Iterator[Problem]:
    """Bands begin at plain figures of the kind that decides, the smallest first."""
    place = Place(path, said.by, "figure", deal=True, own=_own(loaded, path))
    kind = check_expression(said.by, at_place(scope_of(loaded.plan, facts), place))[0]
    before: tuple[Decimal, str] | None = None
    for number, band in enumerate(said.bands):
        at = loaded.tree.span_of((*path, "bands", number, "from"))
        node, text = band.start.node, band.start.text
        if not isinstance(node, Number):
            yield BANDS.at(
                at, what=f"`{text}` is no plain figure, and points are counted from it", mend="write a figure: 90%, or 10"
            )
            continue
        if kind is not None and (node.type == "ratio") is not (kind is Type.RATIO):
            said_of = f"`{said.by.text}` is a {kind}" if kind is not Type.MONEY else f"`{said.by.text}` is an amount"
            mend = "write a ratio: 90%" if kind is Type.RATIO else "write a figure without %"
            yield BANDS.at(at, what=f"the band begins at `{text}`, and {said_of}", mend=mend)
        if before is not None and node.value <= before[0]:
            what = f"the band from {text} does not begin above the one before it ({before[1]})"
            yield BANDS.at(at, what=what, mend="sort the bands, smallest first")
        before = (node.value, text)


def _own(loaded: LoadedPlan, path: Path) -> str | None:
    return getattr(loaded.plan.components.get(str(path[1])), "on", None) if path[0] == "components" else None
