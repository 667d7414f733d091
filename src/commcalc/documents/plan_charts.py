"""Charts of a plan for the terminal: what each tier pays, and what a curve gives at each of its points."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from commcalc.checks.tiers import number_of
from commcalc.documents.plan_curves import Curve, curves_of, paid_in_all, shown
from commcalc.language.expression import Expression
from commcalc.plan.load import LoadedPlan
from commcalc.plan.shapes import Bands, Points
from commcalc.plan.tiers import Tiers

WIDTH = 40
HALVES = "█▌"
Row = tuple[str, str, Decimal | None]
"""Where it is, what it gives there as written, and the same as a figure; None where it is calculated."""


def charts(loaded: LoadedPlan) -> Iterator[list[str]]:
    """Yield the chart of each component's tiers and curves, as lines; of tiers also what has been paid in all at each bound."""
    curves = {curve.component: curve for curve in curves_of(loaded)}
    for name, component in loaded.plan.components.items():
        for key in ("rate", "accelerators", "payout", "fund"):
            value = getattr(component, key, None)
            if isinstance(value, Tiers):
                in_all = [_in_all(curves[name])] if name in curves else []
                yield [f"{name}: {key} by {value.by.text}, {value.apply}", *_bars(list(_tiers(value))), *in_all]
            elif isinstance(value, Points):
                between = "straight from point to point" if value.between == "linear" else "in steps"
                yield [f"{name}: {key} by {value.by.text}, {between}", *_bars(list(_points(value)))]
            elif isinstance(value, Bands):
                yield [f"{name}: {key} by {value.by.text}, in bands", *_bars(list(_bands(value)))]


def _in_all(curve: Curve) -> str:
    """Say what has been paid in all at each bound but the first, and where it jumps, from what to what."""
    said = []
    for number, stretch in enumerate(curve.stretches[1:], 1):
        before, paid = (shown(y, shares=curve.shares) for y in (curve.before(number), stretch.paid))
        jump = f"{before} just below, then {paid}" if before != paid else paid
        said.append(f"{jump} at {shown(stretch.start, shares=curve.in_shares)}")
    return f"  {paid_in_all(curve)}: {', '.join(said) or 'the same rate throughout'}"


def _tiers(tiers: Tiers) -> Iterator[Row]:
    for tier in tiers.tiers:
        yield _row(f"{'from' if tier.includes else 'above'} {tier.start.text}", tier.pay)


def _points(curve: Points) -> Iterator[Row]:
    texts = list(curve.points)
    yield _end(f"below {texts[0].text}", curve.before)
    for x, y in curve.points.items():
        yield _row(f"at {x.text}", y)
    yield _end(f"past {texts[-1].text}", curve.beyond)


def _bands(curve: Bands) -> Iterator[Row]:
    yield _row(f"below {curve.bands[0].start.text}", curve.before)
    for band in curve.bands:
        place, text, figure = _row(f"from {band.start.text}", band.pay)
        yield place, text + (f" and {band.per_point.text} a point" if band.per_point is not None else ""), figure


def _row(place: str, value: object) -> Row:
    return (place, value.text, number_of(value)) if isinstance(value, Expression) else (place, "by a table", None)


def _end(place: str, value: object) -> Row:
    if isinstance(value, Expression):
        return place, value.text, number_of(value)
    return place, "goes on as it runs" if value == "extend" else "stays", None


def _bars(rows: Sequence[Row]) -> Iterator[str]:
    """Yield each row with a bar as long as its figure; the longest has all the room."""
    most = max((abs(figure) for _, _, figure in rows if figure is not None), default=Decimal(0))
    places, texts = max(len(place) for place, *_ in rows), max(len(text) for _, text, _ in rows)
    for place, text, figure in rows:
        halves = int(figure / most * WIDTH * 2) if figure is not None and figure > 0 and most else 0
        yield f"  {place:<{places}}  {text:>{texts}}  {HALVES[0] * (halves // 2)}{HALVES[1] * (halves % 2)}".rstrip()
