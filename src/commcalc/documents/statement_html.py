"""The statement as one HTML page that needs nothing else: no script, no remote resource, light, dark and on paper."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from jinja2 import Environment, PackageLoader, select_autoescape
from markupsafe import Markup

from commcalc.base.render import shown
from commcalc.documents.charts import bar
from commcalc.documents.statement import Statement, amount, exact, percent, rate

MOST_LISTED = 50


class Pages:
    """Makes pages from one compiled template."""

    def __init__(self) -> None:
        environment = Environment(
            loader=PackageLoader("commcalc.documents", "templates"), autoescape=select_autoescape(default=True), trim_blocks=True,
            lstrip_blocks=True, finalize=_visible,
        )
        assert environment.loader is not None
        style = environment.loader.get_source(environment, "statement.css")[0]
        self.style = Markup(style)
        self.hash = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
        self.template = environment.get_template("statement.html.j2")

    def html_of(self, statement: Statement) -> str:
        """Return a statement as a page."""
        payout, places = statement.payout, statement.places
        labels = (("Base", "base"), ("Earned", "earned"), ("Released", "released"), ("Held back", "held"), ("Accrued, payable later", "accrued"))
        waiting = [r for r in statement.left_out if r["status"] != "later"]
        return self.template.render(
            s=statement,
            style=self.style,
            style_hash=self.hash,
            figures=[(label, payout[key]) for label, key in labels if payout[key] or key == "earned"],
            money=lambda v: amount(v, places),
            exact=exact,
            percent=percent,
            rate=rate,
            bar=bar,
            window=lambda r: f"{r['window_first'] or 'start'} to {r['window_last'] or 'now'}",
            waiting=waiting[:MOST_LISTED],
            later=len(statement.left_out) - len(waiting),
        )


def _visible(value: Any) -> Any:
    """Show control characters and direction marks of names as what they are."""
    return shown(value) if isinstance(value, str) and not isinstance(value, Markup) else value
