"""What crediting rules leave undecided: exceptions of a deal row."""

from __future__ import annotations

from fractions import Fraction

import polars as pl

from commcalc.base.problem import Kind, Problem
from commcalc.base.render import cut
from commcalc.engine.book import Book
from commcalc.language.names import NameIndex
from commcalc.tables.exact import D

UNDECIDED = Kind(
    "K105",
    "A crediting rule met an empty field",
    "crediting rule `{rule}` could not be decided for this deal: {why}",
    "fill in {fields}, or say in the rule what an empty one means: `{first} is not empty and ...`",
    """A crediting rule that reads an empty field cannot say whose the deal is. No answer is not `no`: nobody is credited with
the deal until it is settled, and it stays on the list of exceptions.

Fails: `when: region = 'EMEA'` on a deal without a region.
Works: `when: region is not empty and region = 'EMEA'`.""",
    "exception",
)
NO_PAYEE = Kind(
    "K106",
    "A crediting rule names no payee",
    "crediting rule `{rule}` credits whom `{column}` names: {what}{near}",
    "{mend}",
    """A rule with `to:` credits the payee whom a column of the deal names, by id or alias, exactly as written. Where the column is
empty, or names somebody who is no payee, nobody is credited with the deal until it is settled.

Fails: `{rule: overlay, to: se, role: SE, share: 10%}` on a deal whose `se` is empty.
Works: `{rule: overlay, when: se is not empty, to: se, role: SE, share: 10%}`.""",
    "exception",
)
BAD_SUM = Kind(
    "K107",
    "Owner shares of crediting rules do not add up",
    "the crediting rules that hold for this deal ({rules}) give owners {sum}, not 100%",
    "give the rest to somebody or to `nobody: yes`, let conditions exclude each other, or give an overlay a `role` of its own",
    """Whoever owns a deal owns the whole of it: the owner shares of all rules that hold for it add up to exactly 100%. What is
credited on top of that has a role of its own.

Fails: `match: all` with two rules that both hold and give an owner 100%.
Works: 50% and 50%; or the second with `role: overlay`.""",
    "exception",
)
TOO_FINE = Kind(
    "K108",
    "Shares too fine to be added",
    "the shares of this deal ({rules} and what goes before them) have no common divisor of fifteen digits",
    "write rounder shares: 33.3333%, or 1/3",
    """Shares of a deal, in all roles, are added up exactly, over their common divisor. Where that has more than fifteen digits nothing would be exact any
more, and nobody is credited with the deal.

Fails: three shares of 1/999999999999989, 1/999999999999947 and 1/999999999999883.
Works: 33.3333%, 33.3333% and 33.3334%.""",
    "exception",
)
KINDS: tuple[Kind, ...] = (UNDECIDED, NO_PAYEE, BAD_SUM, TOO_FINE)


def undecided_rows(book: Book, rows: pl.DataFrame) -> pl.DataFrame:
    """Return an exception for each row that the rules do not decide, as columns of EXCEPTIONS but the id. rows: `~row ~shares`."""
    assert book.refused is not None or rows.is_empty()
    refused = book.refused if book.refused is not None else pl.DataFrame(schema={"~shares": pl.UInt32, **_TEXT})
    causes = refused.select(list(_TEXT)).unique(maintain_order=True)
    said = _said(book, causes)
    causes = causes.with_columns(
        pl.Series("reason", [p.message for p in said], dtype=pl.String), pl.Series("mend", [p.mend for p in said], dtype=pl.String)
    )  # fmt: skip
    found = rows.join(refused, on="~shares").join(causes, on=list(_TEXT), nulls_equal=True)
    found = found.unique(["~row", *_TEXT], maintain_order=True).join(book.deals, on="~row", how="left", suffix="_deal")
    return found.select(
        (pl.col("file").cast(pl.String) if "file" in found.columns else pl.lit("deals")).alias("file"),
        (pl.col("row") if "row" in found.columns else pl.lit(0)).cast(pl.UInt32).alias("row"),
        pl.col("deal_id").alias("deal"),
        pl.col("owner").fill_null("").alias("payee"),
        pl.lit("").alias("component"),
        pl.col("amount").cast(D),
        "code",
        "reason",
        "mend",
    )


_TEXT = dict.fromkeys(("code", "rule", "fields", "text"), pl.String)


def _said(book: Book, causes: pl.DataFrame) -> list[Problem]:
    names: NameIndex | None = None
    found = []
    for code, rule, fields, text in causes.iter_rows():
        if code == UNDECIDED.code:
            empty = [f"`{f}`" for f in fields.split(", ") if f]
            why = f"{', '.join(empty)} {'is' if len(empty) == 1 else 'are'} empty" if empty else f"`{cut(text)}` has no answer"
            found.append(
                UNDECIDED.at(
                    None,
                    rule=rule,
                    why=why,
                    fields=", ".join(empty) or "what it reads",
                    first=empty[0].strip("`") if empty else "column",
                )
            )
        elif code == NO_PAYEE.code and not text:
            mend = f"fill it in, or say `when: {fields} is not empty` in the rule"
            found.append(NO_PAYEE.at(None, rule=rule, column=fields, what="it is empty", near="", mend=mend))
        elif code == NO_PAYEE.code:
            names = names or NameIndex(book.people.ids["payee_id"].to_list())
            near = names.nearest(text)
            mend = f"add `{cut(text)}` to the payees table, or to the `aliases` of the payee who is meant"
            found.append(
                NO_PAYEE.at(
                    None,
                    rule=rule,
                    column=fields,
                    what=f"`{cut(text)}` is not a payee",
                    near=f"; the nearest name is `{near}`" if near else "",
                    mend=mend,
                )
            )
        elif code == TOO_FINE.code:
            found.append(TOO_FINE.at(None, rules=rule))
        else:
            found.append(BAD_SUM.at(None, rules=rule, sum=_percent(Fraction(fields))))
    return found


def _percent(total: Fraction) -> str:
    """A sum of shares in percent where that is a short number, else as a fraction."""
    whole = total * 100
    return f"{whole.numerator}%" if whole.denominator == 1 else f"{total} of it"
