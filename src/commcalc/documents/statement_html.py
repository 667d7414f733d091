"""The statement as one HTML page that needs nothing else: no script, no remote resource, light, dark and on paper."""

from __future__ import annotations

import base64
import hashlib
from decimal import Decimal
from typing import Any

from jinja2 import Environment, PackageLoader
from markupsafe import Markup

from commcalc.base.render import shown
from commcalc.documents.charts import bar
from commcalc.documents.figures import amount, exact, many, near, percent, rate, window
from commcalc.documents.statement import MeasureShown, Statement

MOST_LISTED = 50


class Pages:
    """Makes pages from one compiled template."""

    def __init__(self) -> None:
        """Read the template and the style, whose digest is the only one that the page's policy lets in."""
        loader = PackageLoader("commcalc.documents", "templates")
        environment = Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True, finalize=_visible)
        environment.globals.update(
            exact=exact, near=near, percent=percent, rate=rate, window=window, many=many, chart=chart, most=MOST_LISTED
        )
        style = loader.get_source(environment, "statement.css")[0]
        self._style = Markup(style)
        self._digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
        self._template = environment.get_template("statement.html.j2")

    def html_of(self, statement: Statement) -> str:
        """Return a statement as a page."""
        return self._template.render(
            s=statement,
            style=self._style,
            style_digest=self._digest,
            money=lambda value: amount(value, statement.places),
        )


def chart(measure: MeasureShown) -> Markup:
    """Return a measure's bar: value, quota, and where its tiers begin."""
    row = measure.row
    if row["value"] is None:
        return Markup("")
    quota: Decimal | None = row["quota"]
    marks = [m.start * quota if m.of_quota and quota else m.start for m in measure.tiers if quota or not m.of_quota]
    said = f", {percent(row['attainment'])} of {near(quota)}" if row["attainment"] is not None else ""
    return bar(row["value"], quota, shown(f"{row['measure']}: {near(row['value'])}{said}"), marks)


def _visible(value: Any) -> Any:
    """Show control characters and direction marks of names as what they are."""
    return shown(value) if isinstance(value, str) and not isinstance(value, Markup) else value
