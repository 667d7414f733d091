"""The statement as one HTML page that needs nothing else: no script, no remote resource, light, dark and on paper."""

from __future__ import annotations

from decimal import Decimal

from markupsafe import Markup

from commcalc.base.render import shown
from commcalc.documents.charts import bar
from commcalc.documents.figures import amount, exact, many, near, percent, rate, window
from commcalc.documents.pages import environment, styled
from commcalc.documents.statement import MeasureShown, Statement

MOST_LISTED = 50


class Pages:
    """Makes pages from one compiled template."""

    def __init__(self) -> None:
        """Read the template and the style, whose digest is the only one that the page's policy lets in."""
        templates = environment()
        templates.globals.update(
            exact=exact, near=near, percent=percent, rate=rate, window=window, many=many, chart=chart, most=MOST_LISTED
        )
        self._style, self._digest = styled(templates, "statement.css")
        self._template = templates.get_template("statement.html.j2")

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
