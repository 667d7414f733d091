"""A misspelt key finds the one that was meant."""

from __future__ import annotations

import itertools
import random

from commcalc.language.names import nearest

KEYS = [
    "plan",
    "title",
    "owner",
    "status",
    "version",
    "effective",
    "currency",
    "goals",
    "params",
    "columns",
    "tables",
    "measures",
    "components",
    "payment",
    "announce",
    "kind",
    "on",
    "basis",
    "rate",
    "accelerators",
    "apply",
    "tiers",
    "by",
    "multiply",
    "gate",
    "cap",
    "floor",
    "prorate",
    "returns",
    "rounding",
    "window",
    "quota",
    "against",
    "credit",
    "weight",
    "where",
    "when",
    "release",
    "clawback",
    "draw",
    "debts",
    "minimum",
    "maximum",
    "negative",
    "every",
    "payday",
    "mix",
    "base",
]


def typos(word: str) -> set[str]:
    found = set()
    for at in range(len(word)):
        found.add(word[:at] + word[at + 1 :])
        found.add(word[:at] + word[at + 1 : at + 2] + word[at] + word[at + 2 :])
        for char in "aeiostrz_":
            found.add(word[:at] + char + word[at:])
            found.add(word[:at] + char + word[at + 1 :])
    return found - set(KEYS) - {""}


def test_ninety_of_a_hundred_typos_find_their_key() -> None:
    tried = [(word, typo) for word in KEYS if len(word) > 2 for typo in typos(word)]
    right = sum(nearest(typo, KEYS) == word for word, typo in tried)
    assert right >= 0.97 * len(tried)


def test_a_word_that_is_like_none_finds_none() -> None:
    assert nearest("elephant", KEYS) is None
    assert nearest("x", KEYS) is None
    assert nearest("lead", ["team"]) is None


def test_case_and_hyphens_do_not_count() -> None:
    assert nearest("Pay-Day", ["payday", "pay_day"]) == "pay_day"


def edits_between(a: str, b: str) -> int:
    """How many edits make one of the other: the table of all beginnings, as it is taught."""
    table = {(i, 0): i for i in range(len(a) + 1)} | {(0, j): j for j in range(len(b) + 1)}
    for i, j in itertools.product(range(1, len(a) + 1), range(1, len(b) + 1)):
        table[i, j] = min(table[i - 1, j] + 1, table[i, j - 1] + 1, table[i - 1, j - 1] + (a[i - 1] != b[j - 1]))
        if i > 1 and j > 1 and a[i - 1] == b[j - 2] and a[i - 2] == b[j - 1]:
            table[i, j] = min(table[i, j], table[i - 2, j - 2] + 1)
    return table[len(a), len(b)]


def test_the_nearest_name_is_the_first_with_the_fewest_edits_that_its_length_allows() -> None:
    chance = random.Random(20)
    for _ in range(400):
        letters = chance.choice(("ab", "abc_", "abcdefgh"))
        word, *names = ("".join(chance.choices(letters, k=chance.randint(0, 12))) for _ in range(20))
        allowed = {n: 1 if min(len(word), len(n)) <= 4 else 2 if len(n) <= 8 else 3 for n in names}
        near = [(edits_between(word, n), at, n) for at, n in enumerate(names) if edits_between(word, n) <= allowed[n]]
        assert nearest(word, names) == (min(near)[2] if near else None), (word, names)
