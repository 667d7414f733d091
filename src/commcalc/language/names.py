"""The nearest of the names at hand: what a misspelt word was probably meant to be.

The names are laid out once, letter by letter and place by place, and compared with a word all at the same time: fifty
thousand payees take a thousandth of a second.
"""

from __future__ import annotations

from collections.abc import Iterable

MOST_EDITS = 3
Names = int
"""A set of names: bit n stands for the n-th."""
Reached = dict[tuple[int, int], Names]
"""By letters of the word and letters of a name: the names whose beginnings are so many edits, or fewer, from the word's."""


def nearest(word: str, candidates: Iterable[str]) -> str | None:
    """Return the candidate with the fewest edits (a swap of neighbours is one), if they are few enough for its length."""
    return NameIndex(candidates).nearest(word)


class NameIndex:
    """Names among which many words are looked for."""

    def __init__(self, candidates: Iterable[str]) -> None:
        self.names = list(candidates)
        lengths: dict[int, list[int]] = {}
        places: dict[tuple[str, int], list[int]] = {}
        for number, name in enumerate(map(_folded, self.names)):
            lengths.setdefault(len(name), []).append(number)
            for place, letter in enumerate(name, 1):
                places.setdefault((letter, place), []).append(number)
        self.all = (1 << len(self.names)) - 1
        self.lengths = {length: _set(numbers) for length, numbers in lengths.items()}
        self.places = {place: _set(numbers) for place, numbers in places.items()}

    def nearest(self, word: str) -> str | None:
        """Return the name with the fewest edits, the first of several; None where all have too many."""
        folded = _folded(word)
        if not any(abs(length - len(folded)) <= _allowed(len(folded), length) for length in self.lengths):
            return None
        fewer: Reached = {}
        for edits in range(MOST_EDITS + 1):
            fewer = self._reached(folded, edits, fewer)
            found = 0
            for length, names in self.lengths.items():
                if abs(length - len(folded)) <= edits <= _allowed(len(folded), length):
                    found |= fewer[len(folded), length] & names
            if found:
                return self.names[(found & -found).bit_length() - 1]
        return None

    def _reached(self, word: str, edits: int, fewer: Reached) -> Reached:
        """What is reached with so many edits, of what was with one fewer: a letter more, one less, another, or two swapped."""
        reached: Reached = {}
        for i in range(len(word) + 1):
            for j in range(max(0, i - edits), i + edits + 1):
                if min(i, j) == 0:
                    reached[i, j] = self.all
                    continue
                found = fewer.get((i - 1, j - 1), 0) | fewer.get((i - 1, j), 0) | fewer.get((i, j - 1), 0)
                found |= reached[i - 1, j - 1] & self.places.get((word[i - 1], j), 0)
                if min(i, j) > 1 and (before := fewer.get((i - 2, j - 2))):
                    found |= before & self.places.get((word[i - 1], j - 1), 0) & self.places.get((word[i - 2], j), 0)
                reached[i, j] = found
        return reached


def _folded(name: str) -> str:
    return name.casefold().replace("-", "_")


def _allowed(word: int, name: int) -> int:
    """How many edits may be between a word and a name of these lengths."""
    return 1 if min(word, name) <= 4 else 2 if name <= 8 else 3


def _set(numbers: list[int]) -> Names:
    bits = bytearray(numbers[-1] // 8 + 1)
    for number in numbers:
        bits[number >> 3] |= 1 << (number & 7)
    return int.from_bytes(bits, "little")
