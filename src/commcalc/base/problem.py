"""What is wrong, where, and how to mend it: problems are values that travel beside a result."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from commcalc.base.source import Place, Span

Severity = Literal["error", "warning", "advice", "exception"]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of problem: its stable code, the words it is said in, and its page.

    `says` and `mend` are templates filled from the problem's facts. `page` is what
    `commcalc explain code` prints. Codes are a letter and three digits and are never re-used:
    Y YAML, P plan, X expression, D data, K calculation, L ledger, O output, A advice.
    """

    code: str
    title: str
    says: str
    mend: str
    page: str
    severity: Severity = "error"

    def at(self, place: Place | None, **facts: object) -> Problem:
        """Return a problem of this kind at `place` with its facts as text; what was inherited says by whom."""
        via = place.via if isinstance(place, Span) else None
        also = ((via, "inherited by this `extends`"),) if via is not None else ()
        return Problem(self, place, {k: str(v) for k, v in facts.items()}, also)


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem of one kind at one place. Facts are fields; message and mend are derived."""

    kind: Kind
    place: Place | None
    facts: Mapping[str, str]
    also: tuple[tuple[Place, str], ...] = ()  # other places that matter, each with its label
    count: int = 1  # how many rows or places share this cause
    more: tuple[Place, ...] = ()  # the next few of them

    @property
    def code(self) -> str:
        """The stable code."""
        return self.kind.code

    @property
    def severity(self) -> Severity:
        """Error, warning, advice or exception."""
        return self.kind.severity

    @property
    def message(self) -> str:
        """What is wrong, with the value as written."""
        return self.kind.says.format_map(_Facts(self.facts))

    @property
    def mend(self) -> str:
        """The edit that mends it."""
        return self.kind.mend.format_map(_Facts(self.facts))

    def with_also(self, place: Place | None, label: str) -> Problem:
        """Return this problem with one more place that matters."""
        if place is None:
            return self
        return Problem(self.kind, self.place, self.facts, (*self.also, (place, label)), self.count, self.more)

    def times(self, count: int, more: Iterable[Place] = ()) -> Problem:
        """Return this problem standing for `count` rows of the same cause, with the next few places."""
        return Problem(self.kind, self.place, self.facts, self.also, count, tuple(more))


class _Facts(dict[str, str]):
    """Facts for a template; one that is missing shows its name instead of failing a message."""

    def __missing__(self, key: str) -> str:
        return "{" + key + "}"


@dataclass(slots=True)
class Report:
    """The problems a stage found, in the order found; `sorted()` gives the order of the files."""

    problems: list[Problem] = field(default_factory=list)

    def add(self, problem: Problem) -> None:
        """Take in one problem."""
        self.problems.append(problem)

    def extend(self, problems: Iterable[Problem]) -> None:
        """Take in several."""
        self.problems.extend(problems)

    def __iter__(self) -> Iterator[Problem]:
        return iter(self.problems)

    def __len__(self) -> int:
        return len(self.problems)

    @property
    def errors(self) -> list[Problem]:
        """Those that refuse the run."""
        return [p for p in self.problems if p.severity == "error"]

    @property
    def ok(self) -> bool:
        """True where nothing refuses the run."""
        return not self.errors

    def sorted(self) -> list[Problem]:
        """Return the problems by severity, file, line, column and code; equal ones once, where they stand before where inherited."""
        rank = {"error": 0, "exception": 1, "warning": 2, "advice": 3}
        first: dict[tuple[str, str, str], Problem] = {}
        for problem in self.problems:
            same = (problem.code, str(problem.place), problem.message)
            if same not in first or (_inherited(first[same]) and not _inherited(problem)):
                first[same] = problem
        return sorted(first.values(), key=lambda p: (rank[p.severity], _place_key(p.place), p.code))


def _inherited(problem: Problem) -> bool:
    return isinstance(problem.place, Span) and problem.place.via is not None


def _place_key(place: Place | None) -> tuple[str, int, int, str]:
    if place is None:
        return ("", 0, 0, "")
    line = place.line if isinstance(place, Span) else place.row
    column = place.column if isinstance(place.column, int) else 0
    return (place.file, line, column, str(place))
