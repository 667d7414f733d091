"""Why not, in words: for each component the rule that refused a deal, what would have made it count, and the lines it would give."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from typing import Any

from commcalc.base.money import minor_units
from commcalc.documents.figures import amount
from commcalc.studies.why_not import Answer

LINE = (
    "deal", "line", "plan", "component", "kind", "role", "window_first", "credit_date", "basis", "rate", "factor", "exact",
    "amount", "currency", "accrued", "held",
)  # fmt: skip


def in_words(answers: Sequence[Answer], deal: str, payee: str, period: str) -> Iterator[str]:
    """Yield the lines of text."""
    for answer in answers:
        what = deal + _lines(answer.lines)
        under = f" under {answer.component}" if answer.component else ""
        if not answer.rule:
            yield f"Deal {what} pays {payee}{under} in {period}:"
        else:
            fully = "not paid" if not sum(row["amount"] for row in answer.paid) else "not paid in full"
            yield f"Deal {what} is {fully} to {payee}{under} in {period}, by this rule:"
            yield f"  {answer.rule}: {answer.why}"
        if answer.mend:
            yield f"  mend: {answer.mend}"
        yield from (f"  {_line(row, row['amount'])}" for row in answer.paid)
        if not answer.change:
            continue
        if answer.then:
            yield f"  If {answer.change}, it would be refused still: {answer.then}"
        elif answer.problems.errors:
            yield f"  If {answer.change}, the run would be refused: {answer.problems.errors[0].message}"
        elif not answer.would_pay:
            yield f"  If {answer.change}, nothing would be paid more."
        else:
            yield f"  If {answer.change}, it would pay:"
            yield from (f"    {_line(row, row['more'])}" for row in answer.would_pay)


def _lines(numbers: Sequence[int]) -> str:
    if not numbers:
        return ""
    return f", line {numbers[0]}," if len(numbers) == 1 else f", lines {', '.join(map(str, numbers))},"


def _line(row: Mapping[str, Any], money: Any) -> str:
    what = row["deal"] + (f" line {row['line']}" if row["line"] else "") if row["deal"] else row["window_first"]
    marks = [row["kind"]] if row["kind"] != "earning" else []
    marks += ["earned, held back"] if row["held"] else ["earned, not payable yet"] if row["accrued"] else []
    sign = f" ({', '.join(marks)})" if marks else ""
    return f"{amount(money, minor_units(row['currency']))} {row['currency']} on {what} by {row['plan']}.{row['component']}{sign}"


def as_facts(answers: Sequence[Answer], deal: str, payee: str, period: str, changed: Sequence[str]) -> dict[str, Any]:
    """Return the answers as plain facts."""
    plain = [f.name for f in fields(Answer) if f.name not in ("would_pay", "paid", "problems")]
    return {
        "deal": deal,
        "payee": payee,
        "period": period,
        "changed_since_the_run": list(changed),
        "components": [
            {
                **{name: getattr(answer, name) for name in plain},
                "would_pay": [{**{c: row[c] for c in LINE}, "more": row["more"]} for row in answer.would_pay],
                "paid": [{c: row[c] for c in LINE} for row in answer.paid],
            }
            for answer in answers
        ],
    }
