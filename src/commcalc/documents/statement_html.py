"""Statements as HTML pages that need nothing else: no script, no remote resource, light, dark, on a phone and on paper."""

from __future__ import annotations

from decimal import Decimal

from markupsafe import Markup

from commcalc.base.render import shown
from commcalc.documents.charts import bar, gauge
from commcalc.documents.figures import amount, many, near, percent
from commcalc.documents.overview import Overview, Team
from commcalc.documents.pages import environment, styled
from commcalc.documents.statement import MeasureShown, Statement

MOST_LISTED = 50


class Pages:
    """Makes pages from templates that are compiled once."""

    def __init__(self) -> None:
        """Read the templates and the style, whose digest is the only one that the pages' policy lets in."""
        templates = environment()
        style, digest = styled(templates, "statement.css")
        templates.globals.update(
            near=near, percent=percent, many=many, money=amount, chart=chart, gauge=gauge, most=MOST_LISTED,
            style=style, style_digest=digest,
        )  # fmt: skip
        self._statement = templates.get_template("statement.html.j2")
        self._index = templates.get_template("index.html.j2")
        self._team = templates.get_template("team.html.j2")

    def html_of(self, statement: Statement) -> str:
        """Return a statement as a page."""
        return self._statement.render(s=statement, money=lambda value: amount(value, statement.places))

    def index_of(self, overview: Overview) -> str:
        """Return the page that lists everybody."""
        return self._index.render(o=overview)

    def team_of(self, team: Team) -> str:
        """Return a manager's page."""
        return self._team.render(t=team)


def chart(measure: MeasureShown) -> Markup:
    """Return a measure's bar: value, quota, and where its tiers begin."""
    row = measure.row
    if row["value"] is None:
        return Markup("")
    quota: Decimal | None = row["quota"]
    tiers = [m for ladder in measure.ladders for m in ladder.tiers]
    marks = sorted({m.start * quota if m.of_quota and quota else m.start for m in tiers if quota or not m.of_quota})
    said = f", {percent(row['attainment'])} of {near(quota)}" if row["attainment"] is not None else ""
    return bar(row["value"], quota, shown(f"{row['measure']}: {near(row['value'])}{said}"), marks)
