"""The statement as plain text, for a terminal or a mail."""

from __future__ import annotations

from commcalc.base.render import shown
from commcalc.documents.figures import amount, exact, many, near, percent, rate, window
from commcalc.documents.statement import ComponentShown, LineShown, MeasureShown, Statement

WIDTH = 96
MOST_LISTED = 50


def text_of(statement: Statement) -> str:
    """Return a statement as text; every amount whole, whatever the width."""
    payout, places = statement.payout, statement.places
    name = payout["name"] if payout["name"] and payout["name"] != statement.payee else ""
    title = f"Commission statement {statement.period}"
    out = [f"{statement.company}: {title}" if statement.company else title]
    out += [f"{statement.payee}{', ' + name if name else ''}; {', '.join(statement.plans)}", "=" * WIDTH]
    out.append(_figure("Payable", f"{payout['currency']} {amount(payout['payable'], places)}"))
    out += [_figure(f"  {c.title}", amount(c.amount, places)) for c in statement.components]
    out.append(_figure(f"  Earned in {statement.period}", amount(payout["earned"], places)))
    out += [_figure(f"  {label}", amount(value, places)) for label, value in statement.sums]
    if payout["base_shown"]:
        out.append(_figure("Base pay, paid with the salary", amount(payout["base_shown"], places)))
    out += _exceptions(statement)
    if statement.measures:
        out += ["", "Where you stand"]
        for measure in statement.measures:
            out += _measure(measure)
    for component in statement.components:
        out += _component(component, places)
    if not statement.components:
        out += ["", "Nothing was earned in this period."]
    out += _corrections(statement)
    out += _not_credited(statement)
    out += ["", f"run {statement.run}"]
    return "\n".join(shown(line) for line in out) + "\n"


def _figure(label: str, figure: str) -> str:
    """Return a label and a figure at the right edge; a long label is cut, the figure never."""
    space = WIDTH - len(figure) - 2
    cut = label if len(label) <= space else label[: space - 3] + "..."
    return f"{cut:<{space}}  {figure}"


def _measure(measure: MeasureShown) -> list[str]:
    row = measure.row
    value = near(row["value"]) if row["value"] is not None else "no figure yet"
    quota = f" of {near(row['quota'])}" if row["quota"] is not None else ""
    attained = f", {percent(row['attainment'])}" if row["attainment"] is not None else ""
    out = [f"  {row['measure']} {row['window']}: {value}{quota}{attained}"]
    if measure.tiers:
        marks = (f"{'*' if t.tier == measure.tier else ''}{t.begins}: {t.pays}" for t in measure.tiers)
        out.append(f"    {'; '.join(marks)}")
    if row["tier"]:
        ahead = f"the next begins at {near(row['next_at'])}, {near(measure.ahead)} from here"
        out.append(f"    tier {row['tier']}; {ahead if measure.ahead is not None else 'the highest'}")
    return out


def _component(component: ComponentShown, places: int) -> list[str]:
    goal = f", serves {component.goal}" if component.goal else ""
    heading = _figure(f"{component.title}{goal}", amount(component.amount, places))
    out = ["", heading, "-" * WIDTH]
    for line in component.lines:
        out += _line(line, places, each=component.each)
    return out


def _line(line: LineShown, places: int, *, each: bool) -> list[str]:
    row = line.row
    what = [str(row["credit_date"]), row["deal"] or window(row["window_first"], row["window_last"])]
    what += [row["role"]] if row["role"] not in ("", "owner") else []
    what += [row["kind"]] if row["kind"] != "earning" else []
    what += [f"corrects {row['corrects']}"] if row["corrects"] else []
    what += ["held"] if row["held"] else ["accrued"] if row["accrued"] else []
    out = [_figure("  " + "  ".join(what), amount(row["amount"], places))]
    for part in line.slices:
        bounds = f", {near(part['start'])} to {near(part['stop'])}" if None not in (part["start"], part["stop"]) else ""
        tier = f"  (tier {part['tier']}{bounds})" if part["tier"] else ""
        factor = f" x {exact(part['factor'])}" if part["factor"] not in (None, 1) else ""
        out.append(f"      {exact(part['basis'])} x {rate(part['rate'], each=each)}{factor} = {exact(part['exact'])}{tier}")
    return out


def _exceptions(statement: Statement) -> list[str]:
    rows = statement.exceptions
    if not rows:
        return []
    out = ["", "Not calculated, and why"]
    for row in rows[:MOST_LISTED]:
        out += [f"  {row['deal'] or row['component']}: {row['reason']}", f"      to settle it: {row['mend']}"]
    return out + _rest(len(rows))


def _corrections(statement: Statement) -> list[str]:
    if not statement.corrections:
        return []
    out = ["", "Corrections of earlier periods (their lines are among those above)"]
    shown_ = ((f"  {c.period}, {many(c.lines, 'line')}", amount(c.amount, statement.places)) for c in statement.corrections)
    return out + [_figure(label, figure) for label, figure in shown_]


def _not_credited(statement: Statement) -> list[str]:
    out: list[str] = []
    if statement.left_out:
        out += ["", "Not credited"]
        out += [f"  {r['deal']}: {r['status']} ({r['rule']})" for r in statement.left_out[:MOST_LISTED]]
        out += _rest(len(statement.left_out))
    if statement.later:
        come = "comes" if statement.later == 1 else "come"
        out += ["", f"{many(statement.later, 'deal')} dated after {statement.period} {come} later."]
    return out


def _rest(count: int) -> list[str]:
    return [f"  and {count - MOST_LISTED} more"] if count > MOST_LISTED else []
