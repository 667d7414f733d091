"""Payout curves as one SVG file: what is paid in all, and below it what each further unit adds. The same bytes every time."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from markupsafe import escape

from commcalc.documents.plan_curves import Curve, marginal, paid_in_all, shown

WIDTH, HEIGHT, STRIP, LEFT, TOP, GAP = 720, 240, 90, 90, 34, 66
ONE = HEIGHT + STRIP + TOP + GAP + 34
STYLE = """text{font:13px system-ui,sans-serif;fill:#1f2933}.h{font-weight:600;font-size:15px}.s{fill:#52606d}
.grid{stroke:#d9e2ec}.axis{stroke:#52606d}.paid{fill:none;stroke:#0b69a3;stroke-width:2.5}.jump{stroke:#0b69a3;stroke-dasharray:2 4}
.adds{fill:none;stroke:#b44d12;stroke-width:2}.back{fill:#fff}
@media (prefers-color-scheme:dark){text{fill:#f0f4f8}.s{fill:#bcccdc}.back{fill:#102a43}.grid{stroke:#334e68}.axis{stroke:#9fb3c8}
.paid,.jump{stroke:#62b0e8}.adds{stroke:#f7a072}}"""


def svg_of(title: str, curves: Sequence[Curve]) -> str:
    """Return the file of all curves of a plan, one below the other."""
    height = 44 + ONE * len(curves)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {LEFT + WIDTH + 40} {height}" role="img">',
        f"<title>{escape(title)}: payout curves</title>",
        f"<style>{STYLE}</style>",
        '<rect class="back" width="100%" height="100%"></rect>',
        f'<text class="h" x="20" y="30">{escape(title)}</text>',
    ]
    for number, curve in enumerate(curves):
        parts += [f'<g transform="translate({LEFT} {44 + ONE * number})">', *_curve(curve), "</g>"]
    return "\n".join([*parts, "</svg>"]) + "\n"


def _curve(curve: Curve) -> list[str]:
    xs = [s.start for s in curve.stretches]
    ends = [*xs[1:], curve.stop]
    corners = [(x, s.paid) for x, s in zip(xs, curve.stretches, strict=True)]
    corners += [(end, s.paid + s.slope * (end - s.start)) for end, s in zip(ends, curve.stretches, strict=True)]
    most, least = max(max(y for _, y in corners), Decimal(0)), min(min(y for _, y in corners), Decimal(0))
    steep, flat = max(Decimal(0), *(s.slope for s in curve.stretches)), min(Decimal(0), *(s.slope for s in curve.stretches))

    def x_of(x: Decimal) -> str:
        return _near((x - xs[0]) / (curve.stop - xs[0]) * WIDTH)

    def y_of(y: Decimal) -> str:
        return _near(TOP + HEIGHT - (y - least) / (most - least or 1) * HEIGHT)

    def adds_of(slope: Decimal) -> str:
        return _near(TOP + HEIGHT + GAP + STRIP - (slope - flat) / (steep - flat or 1) * STRIP)

    low = TOP + HEIGHT
    parts = [
        f'<text class="h" x="0" y="14">{escape(curve.component)}</text>',
        f'<text class="s" x="0" y="{TOP - 4}">{escape(paid_in_all(curve))}</text>',
    ]
    for x in sorted({*xs, curve.stop}):
        parts += [
            f'<line class="grid" x1="{x_of(x)}" x2="{x_of(x)}" y1="{TOP}" y2="{low + GAP + STRIP}"></line>',
            f'<text class="s" x="{x_of(x)}" y="{low + 18}" text-anchor="middle">{shown(x, shares=curve.in_shares)}</text>',
        ]
    for y in sorted({s.paid for s in curve.stretches} | {curve.at(curve.stop)}):
        parts += [
            f'<line class="grid" x1="0" x2="{WIDTH}" y1="{y_of(y)}" y2="{y_of(y)}"></line>',
            f'<text class="s" x="-8" y="{y_of(y)}" dy="4" text-anchor="end">{shown(y, shares=curve.shares)}</text>',
        ]
    for number, (stretch, end) in enumerate(zip(curve.stretches, ends, strict=True)):
        start, stop = x_of(stretch.start), x_of(end)
        if number and curve.before(number) != stretch.paid:
            parts.append(
                f'<line class="jump" x1="{start}" x2="{start}" y1="{y_of(curve.before(number))}" y2="{y_of(stretch.paid)}"></line>'
            )
        finish = stretch.paid + stretch.slope * (end - stretch.start)
        parts += [
            f'<line class="paid" x1="{start}" x2="{stop}" y1="{y_of(stretch.paid)}" y2="{y_of(finish)}"></line>',
            f'<line class="adds" x1="{start}" x2="{stop}" y1="{adds_of(stretch.slope)}" y2="{adds_of(stretch.slope)}"></line>',
            f'<text class="s" x="{start}" y="{adds_of(stretch.slope)}" dx="4" dy="-5">{marginal(curve, stretch.slope)}</text>',
        ]
    parts += [
        f'<line class="axis" x1="0" x2="{WIDTH}" y1="{y_of(Decimal(0))}" y2="{y_of(Decimal(0))}"></line>',
        f'<line class="axis" x1="0" x2="{WIDTH}" y1="{adds_of(Decimal(0))}" y2="{adds_of(Decimal(0))}"></line>',
        f'<text class="s" x="0" y="{low + GAP - 14}">marginal rate: what each further unit adds</text>',
        f'<text class="s" x="{WIDTH}" y="{low + 36}" text-anchor="end">{escape(curve.by)}</text>',
    ]
    return parts


def _near(figure: Decimal) -> str:
    return f"{round(figure, 2):f}"
