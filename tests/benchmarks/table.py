"""What was measured as Markdown: ratios beside what they must be, never a time by itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from processes import Measured


@dataclass(frozen=True, slots=True)
class Goal:
    """A figure, what it must be, and what we are out to beat."""

    what: str
    is_: float
    how: Literal["at most", "at least"]
    must: float
    beat: float | None = None
    unit: str = "x"

    def _reached(self, bound: float) -> bool:
        return self.is_ <= bound if self.how == "at most" else self.is_ >= bound

    def row(self) -> tuple[str, ...]:
        """The goal as a row of text."""
        verdict = "no" if not self._reached(self.must) else "beaten" if self._reached(self.beat or self.must) else "yes"
        beat = "" if self.beat is None else f"{self.beat:g} {self.unit}"
        return self.what, f"{self.is_:.2f} {self.unit}", f"{self.how} {self.must:g} {self.unit}", beat, verdict


def against(named: Sequence[tuple[str, Measured]], note: dict[str, str]) -> str:
    """Return a table of commands as multiples of the first one's median, with the spread over the rounds."""
    base = named[0][1].middle
    rows = []
    for name, one in named:
        low, high = min(one.seconds) / base, max(one.seconds) / base
        work = f"{one.work / named[0][1].work:.2f}"
        rows.append((name, f"{one.middle / base:.2f}", f"{low:.2f} to {high:.2f}", work, f"{one.peak:.2f}", note.get(name, "")))
    return markdown(("what", "times the first", "of all rounds", "processor time", "peak GiB", ""), rows)


def goals(found: Iterable[Goal]) -> str:
    """Return goals as a table."""
    return markdown(("goal", "is", "must", "out to beat", "reached"), [goal.row() for goal in found])


def markdown(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return rows as a Markdown table; the first column is text, figures stand to the right."""
    rule = ["---", *("---:" for _ in heads[1:])]
    return "\n".join("| " + " | ".join(row) + " |" for row in (heads, rule, *rows)) + "\n"
