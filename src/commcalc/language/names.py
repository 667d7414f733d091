"""The nearest of the names at hand: what a misspelt word was probably meant to be."""

from __future__ import annotations

from collections.abc import Iterable


def nearest(word: str, candidates: Iterable[str]) -> str | None:
    """Return the candidate with the fewest edits (a swap of neighbours is one), if they are few enough for its length."""
    folded = word.casefold().replace("-", "_")
    best: tuple[int, int, str] | None = None
    for number, candidate in enumerate(candidates):
        other = candidate.casefold().replace("-", "_")
        allowed = 1 if min(len(folded), len(other)) <= 3 else 2 if len(other) <= 8 else 3
        if abs(len(folded) - len(other)) > allowed:
            continue
        edits = _edits(folded, other)
        if edits <= allowed and (best is None or (edits, number) < best[:2]):
            best = (edits, number, candidate)
    return best[2] if best else None


def _edits(a: str, b: str) -> int:
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        last, before, row = before, row, [i]
        for j, y in enumerate(b, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
    return row[-1]
