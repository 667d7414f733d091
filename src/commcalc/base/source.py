"""Where a thing stands: a place in a text file or in a row of a table, and the text that was read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of a text file; lines and columns count from 1, the end is exclusive.

    What a plan has from another part by `extends` stands where that part was written; `via` is the `extends` that brought it in.
    """

    file: str
    line: int
    column: int
    end_line: int
    end_column: int
    via: Span | None = field(default=None, compare=False, repr=False)

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"

    def within(self, start: int, end: int) -> Span:
        """Return characters `start` to `end` (from 0, end exclusive) of this one-line span."""
        if self.line != self.end_line:
            return self
        return replace(self, column=self.column + start, end_column=self.column + end)


@dataclass(frozen=True, slots=True, order=True)
class Cell:
    """A field of a table file: the physical line on which its record starts, the column's header, and the deal of the row."""

    file: str
    row: int
    column: str = ""
    deal: str = ""

    def __str__(self) -> str:
        column = f":{self.column}" if self.column else ""
        return f"{self.file}:{self.row}{column}" + (f" (deal {self.deal})" if self.deal else "")


Place = Span | Cell


@dataclass(frozen=True, slots=True)
class Sources:
    """The texts that were read, by the file name used in spans; for excerpts only."""

    texts: Mapping[str, str]

    def line(self, file: str, number: int) -> str | None:
        """Return line `number` (from 1) of `file`, or None where it is not at hand."""
        text = self.texts.get(file)
        if text is None:
            return None
        lines = text.splitlines()
        return lines[number - 1] if 0 < number <= len(lines) else None
