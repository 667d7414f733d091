"""The statement as plain text, for a terminal or a mail; at any width every figure stands whole."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from commcalc.base.render import shown, width
from commcalc.documents.figures import amount, many, near, percent
from commcalc.documents.statement import ComponentShown, MeasureShown, Statement
from commcalc.documents.statement_lines import LineShown

WIDTH = 96
NARROWEST = 40
MOST_LISTED = 50


def text_of(statement: Statement, columns: int = WIDTH) -> str:
    """Return a statement as text of so many columns; words are cut or folded, amounts never."""
    page = _Page(max(columns, NARROWEST))
    return "\n".join(line.rstrip() for line in page.of(statement)) + "\n"


class _Page:
    """Lays a statement out in a number of columns."""

    def __init__(self, columns: int) -> None:
        self.columns = columns

    def of(self, s: Statement) -> Iterator[str]:
        payout, places = s.payout, s.places
        name = payout["name"] if payout["name"] and payout["name"] != s.payee else ""
        title = f"Commission statement {s.period}"
        yield from self._folded(f"{s.company}: {title}" if s.company else title)
        yield from self._folded(f"{s.payee}{', ' + name if name else ''}; {', '.join(s.plan_titles)}")
        yield "=" * self.columns
        yield from self._figure("Payable", f"{payout['currency']} {amount(payout['payable'], places)}")
        for component in s.components:
            yield from self._figure(f"  {component.title}", amount(component.amount, places))
        yield from self._figure(f"  Earned in {s.period}", amount(payout["earned"], places))
        for label, value in s.sums:
            yield from self._figure(f"  {label}", amount(value, places))
        for label, value in s.owed:
            yield from self._figure(label, amount(value, places))
        if s.abroad is not None:
            yield from self._figure(f"Paid in {s.abroad.currency}", f"{s.abroad.currency} {s.abroad.paid}")
            for step in s.abroad.steps:
                yield from self._figure(f"  {step.label}: {step.how}", step.paid)
        if payout["base_shown"]:
            yield from self._figure("Base pay, paid with the salary", amount(payout["base_shown"], places))
        yield from self._exceptions(s)
        if s.measures:
            yield from ("", "Where you stand")
        for measure in s.measures:
            yield from self._measure(measure)
        for component in s.components:
            yield from self._component(component, places)
        if not s.components:
            yield from ("", "Nothing was earned in this period.")
        yield from self._corrections(s)
        yield from self._not_credited(s)
        yield ""
        yield f"run {s.run}"  # never folded: it is copied

    def _figure(self, label: str, figure: str) -> Iterator[str]:
        """Yield a label and a figure at the right edge: a long label is cut, the figure never, and it has its own line at need."""
        label = shown(label)
        space = self.columns - len(figure) - 2
        if width(label) > space and space < NARROWEST // 2:
            yield from self._folded(label)
            label, space = "", max(self.columns - len(figure) - 2, 0)
        while width(label) > space:
            label = label.removesuffix("...")[:-1] + "..."
        yield f"{label}{' ' * (space - width(label))}  {figure}"

    def _folded(self, text: str) -> list[str]:
        """Fold a text between its words, what goes on a little further in; a word stays whole."""
        text = shown(text)
        if width(text) <= self.columns:
            return [text]
        indent = " " * (len(text) - len(text.lstrip()))
        return textwrap.wrap(
            text.lstrip(),
            self.columns,
            initial_indent=indent,
            subsequent_indent=indent + "  ",
            break_long_words=False,
            break_on_hyphens=False,
        )

    def _measure(self, measure: MeasureShown) -> Iterator[str]:
        row = measure.row
        value = near(row["value"]) if row["value"] is not None else "no figure yet"
        quota = f" of {near(row['quota'])}" if row["quota"] is not None else ""
        attained = f", {percent(row['attainment'])}" if row["attainment"] is not None else ""
        yield from self._folded(f"  {row['measure']} {row['window']}: {value}{quota}{attained}")
        ahead = f"the next begins at {near(row['next_at'])}, {near(measure.ahead)} from here"
        for number, ladder in enumerate(measure.ladders):
            marks = (f"{'*' if t.tier == ladder.tier else ''}{t.begins}: {t.pays}" for t in ladder.tiers)
            if ladder.tiers:
                yield from self._folded(f"    {ladder.title}: {'; '.join(marks)}")
            if ladder.said and number == 0:
                yield from self._folded(f"      tier {ladder.said}; {ahead if measure.ahead is not None else 'the highest'}")
            elif ladder.said:
                yield from self._folded(f"      tier {ladder.said}")

    def _component(self, component: ComponentShown, places: int) -> Iterator[str]:
        goal = f", serves {component.goal}" if component.goal else ""
        yield ""
        yield from self._figure(f"{component.title}{goal}", amount(component.amount, places))
        yield "-" * self.columns
        for line in component.lines:
            yield from self._line(line)

    def _line(self, line: LineShown) -> Iterator[str]:
        corrects = f"corrects {line.corrects}" if line.corrects else ""
        what = [line.date, line.what, line.role, line.kind, corrects, line.state]
        yield from self._figure("  " + "  ".join(filter(None, what)), line.amount)
        for made, tier in line.slices:
            yield from self._folded(f"      {made.replace('×', 'x')}{f'  ({tier})' if tier else ''}")

    def _exceptions(self, s: Statement) -> Iterator[str]:
        if s.exceptions:
            yield from ("", "Not calculated, and why")
        for row in s.exceptions[:MOST_LISTED]:
            yield from self._folded(f"  {row['deal'] or row['component']}: {row['reason']}")
            yield from self._folded(f"      to settle it: {row['mend']}")
        yield from _rest(len(s.exceptions))

    def _corrections(self, s: Statement) -> Iterator[str]:
        if s.corrections:
            yield ""
            yield from self._folded("Corrections of earlier periods (their lines are among those above)")
        for c in s.corrections:
            yield from self._figure(f"  {c.period}, {many(c.lines, 'line')}", amount(c.amount, s.places))

    def _not_credited(self, s: Statement) -> Iterator[str]:
        if s.left_out:
            yield from ("", "Not credited")
        for row in s.left_out[:MOST_LISTED]:
            yield from self._folded(f"  {row['deal']}: {row['status']} ({row['rule']})")
        yield from _rest(len(s.left_out))
        if s.later:
            yield ""
            yield from self._folded(
                f"{many(s.later, 'deal')} dated after {s.period} {'comes' if s.later == 1 else 'come'} later."
            )


def _rest(count: int) -> Iterator[str]:
    if count > MOST_LISTED:
        yield f"  and {count - MOST_LISTED} more"
