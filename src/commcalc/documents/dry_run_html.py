"""The report of a dry run as one HTML page for those who sign: no script, no remote resource, light, dark and on paper."""

from __future__ import annotations

from markupsafe import Markup

from commcalc.documents.charts import histogram
from commcalc.documents.dry_run import DryRunPage, percent
from commcalc.documents.figures import many
from commcalc.documents.pages import environment, styled


def html_of(page: DryRunPage) -> str:
    """Return the report as a page."""
    made = environment()
    style, digest = styled(made, "statement.css", "dry_run.css")
    comparison = page.comparison

    def touched(cause: int) -> str:
        return f"{sum(1 for p in comparison.payees if any(x.cause == cause for x in p.parts)):,}"

    bins = [(b.label, b.count, ("loss", "same", "gain")[b.sign + 1]) for b in page.histogram]
    chart = histogram(bins, "How many payees are paid how much more or less") if bins else Markup("")
    template = made.get_template("dry_run.html.j2")
    facts = {"p": page, "c": comparison, "percent": percent, "many": many, "touched": touched, "chart": chart}
    return template.render(facts, style=style, style_digest=digest)
