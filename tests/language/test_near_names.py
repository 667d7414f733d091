"""A misspelt key finds the one that was meant."""

from __future__ import annotations

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


def test_case_and_hyphens_do_not_count() -> None:
    assert nearest("Pay-Day", ["payday", "pay_day"]) == "pay_day"
