"""The statement as Markdown, for a wiki or a chat: names stand there as they are and do nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator

from commcalc.base.render import shown
from commcalc.documents.figures import amount, many, near, percent
from commcalc.documents.plan_words import TierMark
from commcalc.documents.statement import ComponentShown, MeasureShown, Statement

MOST_LISTED = 50
ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", ":": "&#58;", "@": "&#64;"}  # `:` and `@` begin a link
ESCAPED = str.maketrans({**{c: f"\\{c}" for c in "\\`*_[]()!|#~$"}, **ENTITIES})


def plainly(text: object) -> str:
    """Return a text that Markdown shows letter for letter: no markup, link, image, table cell or tag."""
    return re.sub(r"(?i)\bwww\.", lambda m: f"{m[0][:-1]}&#46;", shown(str(text)).translate(ESCAPED))


def markdown_of(s: Statement) -> str:
    """Return a statement as Markdown."""
    return "\n".join(_blocks(s)) + "\n"


def _blocks(s: Statement) -> Iterator[str]:
    payout, places = s.payout, s.places
    name = payout["name"] if payout["name"] and payout["name"] != s.payee else ""
    yield f"# {plainly(s.company) + ' · ' if s.company else ''}Commission statement {plainly(s.period)}"
    yield ""
    yield f"Payee {plainly(s.payee)}{f' ({plainly(name)})' if name else ''}, {plainly(', '.join(s.plan_titles))}"
    yield ""
    yield f"**Payable: {amount(payout['payable'], places)} {payout['currency']}**"
    yield ""
    yield from _table(("", "Amount"))
    for component in s.components:
        yield _row(component.title, amount(component.amount, places))
    yield _row(f"Earned in {s.period}", amount(payout["earned"], places))
    for label, value in s.sums:
        yield _row(label, amount(value, places))
    yield _row("Payable", amount(payout["payable"], places))
    for label, value in s.owed:
        yield f"\n{label}: {amount(value, places)} {payout['currency']}"
    if s.abroad is not None:
        yield f"\n**Paid: {s.abroad.paid} {s.abroad.currency}**\n"
        yield from _table(("", "Rate", s.abroad.currency))
        yield from (_row(step.label, step.how, step.paid) for step in s.abroad.steps)
    if payout["base_shown"]:
        yield f"\nBase pay, paid with the salary: {amount(payout['base_shown'], places)} {payout['currency']}"
    yield from _exceptions(s)
    if s.measures:
        yield "\n## Where you stand\n"
    for measure in s.measures:
        yield from _measure(measure)
    for component in s.components:
        yield from _component(component, places)
    if not s.components:
        yield "\nNothing was earned in this period."
    if s.corrections:
        yield "\n## Corrections of earlier periods\n\nTheir lines are among those above.\n"
        yield from _table(("Period", "Amount"))
        for c in s.corrections:
            yield _row(f"{c.period}, {many(c.lines, 'line')}", amount(c.amount, places))
    yield from _not_credited(s)
    yield f"\nRun {s.run}"


def _table(heads: tuple[str, ...]) -> Iterator[str]:
    """Yield a table's head; figures, in the last column, stand to the right."""
    yield f"| {' | '.join(heads)} |"
    yield f"|{'---|' * (len(heads) - 1)}---:|"


def _row(*cells: str) -> str:
    return f"| {' | '.join(map(plainly, cells))} |"


def _measure(measure: MeasureShown) -> Iterator[str]:
    row = measure.row
    value = near(row["value"]) if row["value"] is not None else "no figure yet"
    quota = f" of {near(row['quota'])}" if row["quota"] is not None else ""
    attained = f", **{percent(row['attainment'])}**" if row["attainment"] is not None else ""
    yield f"- {plainly(row['measure'])} {plainly(row['window'])}: **{value}**{quota}{attained}"
    for number, ladder in enumerate(measure.ladders):
        marks = (_mark(mark, here=mark.tier == ladder.tier) for mark in ladder.tiers)
        ahead = (
            f"; the next begins at {near(row['next_at'])}, {near(measure.ahead)} from here" if measure.ahead is not None else ""
        )
        said = f" (tier {ladder.said}{ahead if number == 0 else ''})" if ladder.said else ""
        yield f"  - {plainly(ladder.title)}: {'; '.join(marks)}{said}"


def _mark(mark: TierMark, *, here: bool) -> str:
    text = plainly(f"{mark.begins}: {mark.pays}")
    return f"**{text}**" if here else text


def _component(component: ComponentShown, places: int) -> Iterator[str]:
    yield f"\n## {plainly(component.title)}: {amount(component.amount, places)}\n"
    if component.goal:
        yield f"Serves {plainly(component.goal)}\n"
    yield from _table(("Date", "Deal", "How", "Amount"))
    for line in component.lines:
        corrects = f"corrects {line.corrects}" if line.corrects else ""
        notes = "".join(f" ({plainly(n)})" for n in (line.role, line.kind, corrects, line.state) if n)
        how = "; ".join(f"{made}{f' ({tier})' if tier else ''}" for made, tier in line.slices)
        yield f"| {line.date} | {plainly(line.what)}{notes} | {how} | {line.amount} |"


def _exceptions(s: Statement) -> Iterator[str]:
    if s.exceptions:
        yield "\n## Not calculated, and why\n"
    for row in s.exceptions[:MOST_LISTED]:
        yield f"- {plainly(row['deal'] or row['component'])}: {plainly(row['reason'])}. To settle it: {plainly(row['mend'])}."
    yield from _rest(len(s.exceptions))


def _not_credited(s: Statement) -> Iterator[str]:
    if s.left_out:
        yield "\n## Not credited\n"
    for row in s.left_out[:MOST_LISTED]:
        yield f"- {plainly(row['deal'])}: {plainly(row['status'])} ({plainly(row['rule'])})"
    yield from _rest(len(s.left_out))
    if s.later:
        yield f"\n{many(s.later, 'deal')} dated after {plainly(s.period)} {'comes' if s.later == 1 else 'come'} later."


def _rest(count: int) -> Iterator[str]:
    if count > MOST_LISTED:
        yield f"- and {count - MOST_LISTED} more"
