"""The statement as plain text, for a terminal or a mail."""

from __future__ import annotations

from commcalc.base.render import shown
from commcalc.documents.statement import ComponentShown, LineShown, Statement, amount, exact, percent, rate

WIDTH = 96


def text_of(statement: Statement) -> str:
    """Return a statement as text; every amount whole, whatever the width."""
    payout, places = statement.payout, statement.places
    currency = payout["currency"]
    name = payout["name"] if payout["name"] and payout["name"] != statement.payee else ""
    out = [
        f"Statement {statement.period}",
        f"{statement.payee}{'  ' + name if name else ''}   plan {payout['plan']}",
        "=" * WIDTH,
        _figure("Payable", f"{amount(payout['payable'], places)} {currency}"),
    ]
    for label, key in (("  base", "base"), ("  earned", "earned"), ("  held back", "held"), ("  accrued, payable later", "accrued")):
        if payout[key]:
            out.append(_figure(label, amount(payout[key], places)))
    out += _measures(statement)
    for component in statement.components:
        out += _component(component, places)
    if not statement.components:
        out += ["", "Nothing was earned in this period."]
    out += _not_credited(statement)
    out += ["", f"run {statement.run}"]
    return "\n".join(shown(line) for line in out) + "\n"


def _figure(label: str, figure: str) -> str:
    return f"{label:<40}{figure:>{WIDTH - 40}}"


def _measures(statement: Statement) -> list[str]:
    if not statement.measures:
        return []
    out = ["", "Where you stand"]
    for row in statement.measures:
        attained = f"  {percent(row['attainment'])} of {exact(row['quota'])}" if row["attainment"] is not None else ""
        out.append(f"  {row['measure']} {row['window']}: {exact(row['value'])}{attained}")
        if row["tier"]:
            ahead = row["next_at"] - row["value"] if row["next_at"] is not None and row["value"] is not None else None
            further = f"; the next begins at {exact(row['next_at'])}, {exact(ahead)} from here" if ahead is not None else "; the highest"
            out.append(f"    tier: {row['tier']}{further}")
    return out


def _component(component: ComponentShown, places: int) -> list[str]:
    goal = f" ({component.goal})" if component.goal else ""
    out = ["", _figure(f"{component.plan} / {component.name}{goal}"[:70], amount(component.amount, places)), "-" * WIDTH]
    for line in component.lines:
        out += _line(line, places)
    return out


def _line(line: LineShown, places: int) -> list[str]:
    row = line.row
    what = row["deal"] or f"{row['window_first'] or 'start'} to {row['window_last'] or 'now'}"
    kind = "" if row["kind"] == "earning" else f" {row['kind']}"
    why = f" corrects {row['corrects']}" if row["corrects"] else ""
    held = " held" if row["held"] else " accrued" if row["accrued"] else ""
    label = f"  {row['credit_date']} {what}{kind}{why}{held}"
    figure = amount(row["amount"], places)
    space = max(1, WIDTH - len(label) - len(figure))
    out = [f"{label}{' ' * space}{figure}"]
    for part in line.slices if row["kind"] == "earning" else ():
        tier = f"tier {part['tier']}" + (f" ({exact(part['start'])} to {exact(part['stop'])})" if part["start"] is not None else "") if part["tier"] else ""
        factor = f" x {exact(part['factor'])}" if part["factor"] not in (None, 1) else ""
        if part["basis"] is not None:
            out.append(f"      {exact(part['basis'])} x {rate(part['rate'])}{factor} = {exact(part['exact'])}  {tier}".rstrip())
    return out


def _not_credited(statement: Statement) -> list[str]:
    out: list[str] = []
    if statement.exceptions:
        out += ["", "Not calculated, and why"]
        out += [f"  {r['deal'] or r['component']}: {r['reason']}; {r['mend']}" for r in statement.exceptions]
    waiting = [r for r in statement.left_out if r["status"] != "later"]
    if waiting:
        out += ["", "Not credited"]
        out += [f"  {r['deal']}: {r['status']} ({r['rule']})" for r in waiting[:50]]
        if len(waiting) > 50:
            out.append(f"  and {len(waiting) - 50} more")
    later = [r for r in statement.left_out if r["status"] == "later"]
    if later:
        out += ["", f"{len(later)} deals are dated after {statement.period} and come later."]
    return out
