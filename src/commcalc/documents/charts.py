"""Charts as SVG text: the same bytes every time, readable without colours, titled for those who listen."""

from __future__ import annotations

from decimal import Decimal

from markupsafe import Markup, escape


def bar(value: Decimal, target: Decimal, label: str, next_at: Decimal | None = None) -> Markup:
    """Return a bar of value against target (the mark at 100%), and where the next tier begins."""
    top = max(value, target * Decimal("1.2"), next_at or Decimal(0))
    if top <= 0 or target <= 0:
        return Markup("")
    width = 600

    def x(figure: Decimal) -> str:
        return f"{round(max(Decimal(0), figure) / top * width, 2):f}"

    parts = [
        f'<svg viewBox="0 0 {width} 26" role="img" class="bar" preserveAspectRatio="none"><title>{escape(label)}</title>',
        f'<rect class="track" x="0" y="8" width="{width}" height="10" rx="5"></rect>',
        f'<rect class="value" x="0" y="8" width="{x(value)}" height="10" rx="5"></rect>',
        f'<line class="mark" x1="{x(target)}" x2="{x(target)}" y1="3" y2="23"></line>',
    ]
    if next_at is not None:
        parts.append(f'<line class="next" x1="{x(next_at)}" x2="{x(next_at)}" y1="5" y2="21"></line>')
    parts.append("</svg>")
    return Markup("".join(parts))
