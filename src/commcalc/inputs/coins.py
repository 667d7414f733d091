"""Coins: an amount of a deal has the decimals of the deal's own currency - none in yen, three in dinars."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import polars as pl

from commcalc.base.money import CURRENCIES, minor_units
from commcalc.inputs.mapped import Job, Marked
from commcalc.inputs.typed import Typed, Typing

MOST_PLACES = max(CURRENCIES.values())


def other_currencies(job: Job, frame: pl.DataFrame) -> bool:
    """Tell whether deals, still as text, are in other currencies than the project's, and amounts have the decimals of theirs."""
    if job.table != "deals" or "currency" not in frame.columns or job.source.read.extra_decimals is not None:
        return False
    return any(c in CURRENCIES and c != job.project.model.currency for c in frame["currency"].unique().to_list())


def by_currency(job: Job, frame: pl.DataFrame, how: Typing, found: Typed) -> Iterator[Marked]:
    """Yield, for each currency, what is wrong with a column of money: it is read with as many decimals as any currency has.

    What is no currency has the project's decimals; that it is none is told elsewhere.
    """
    home = job.project.model.currency
    said = frame["currency"].fill_null(home)
    places = said.replace_strict(CURRENCIES, default=minor_units(home), return_dtype=pl.UInt8)
    for number in sorted(places.unique().to_list()):
        too_fine = (found.value != found.value.round(number)).fill_null(value=False)
        bad = (too_fine | found.bad if found.bad is not None else too_fine) & (places == number)
        if bad.any():
            yield replace(how, places=number), Typed(found.value, bad, found.text)
