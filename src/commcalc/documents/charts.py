"""Charts as SVG text: the same bytes every time, readable without colours, titled for those who listen."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from markupsafe import Markup, escape

WIDTH = 600


def bar(value: Decimal, target: Decimal | None, label: str, marks: Sequence[Decimal] = ()) -> Markup:
    """Return a bar of a value, a strong mark at its target and a light one where each tier begins; empty without scale."""
    if not (target and target > 0) and not any(m > 0 for m in marks):
        return Markup("")
    top = max([value, (target or Decimal(0)) * Decimal("1.2"), *(m * Decimal("1.05") for m in marks)])

    def x(figure: Decimal) -> str:
        return f"{round(max(Decimal(0), figure) / top * WIDTH, 2):f}"

    parts = [
        f'<svg viewBox="0 0 {WIDTH} 26" role="img" class="bar" preserveAspectRatio="none"><title>{escape(label)}</title>',
        f'<rect class="track" x="0" y="8" width="{WIDTH}" height="10"></rect>',
        f'<rect class="value" x="0" y="8" width="{x(value)}" height="10"></rect>',
        *(f'<line class="next" x1="{x(m)}" x2="{x(m)}" y1="5" y2="21"></line>' for m in marks if m > 0),
    ]
    if target is not None and target > 0:
        parts.append(f'<line class="mark" x1="{x(target)}" x2="{x(target)}" y1="2" y2="24"></line>')
    parts.append("</svg>")
    return Markup("".join(parts))


def histogram(bins: Sequence[tuple[str, int, str]], label: str) -> Markup:
    """Return lying bars, one for each (name, count, class), the longest as wide as there is room."""
    most = max(count for _, count, _ in bins)
    height = 24 * len(bins)
    parts = [f'<svg viewBox="0 0 {WIDTH} {height}" role="img" class="hist"><title>{escape(label)}</title>']
    for number, (name, count, kind) in enumerate(bins):
        top = 24 * number
        length = round(Decimal(count) * (WIDTH - 200) / max(most, 1), 2)
        parts += [
            f'<text class="l" x="130" y="{top + 17}">{escape(name)}</text>',
            f'<rect class="{kind}" x="140" y="{top + 4}" width="{length:f}" height="16"></rect>',
            f'<text class="n" x="{length + 146:f}" y="{top + 17}">{count:,}</text>',
        ]
    return Markup("".join([*parts, "</svg>"]))


def gauge(attainment: Decimal) -> Markup:
    """Return a small bar of an attainment with a mark at 100%; the percentage stands beside it, so it says nothing itself."""
    top = max(attainment, Decimal("1.2"))
    value, mark = (f"{round(max(Decimal(0), x) / top * 100, 1):f}" for x in (attainment, Decimal(1)))
    return Markup(
        '<svg viewBox="0 0 100 12" class="gauge" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="track" x="0" y="2" width="100" height="8"></rect>'
        f'<rect class="value" x="0" y="2" width="{value}" height="8"></rect>'
        f'<line class="mark" x1="{mark}" x2="{mark}" y1="0" y2="12"></line></svg>'
    )
