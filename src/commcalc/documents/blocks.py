"""The report of a dry run as blocks - sentences, lists and tables - that text and Markdown print each in its own way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from commcalc.documents.dry_run import DryRunPage, percent
from commcalc.documents.figures import many
from commcalc.studies.compare import PayeeChange

WIDEST_BAR = 40
MOST_HARMED = 20
"""Deals of the guard that are listed, the worst first; JSON and HTML hold them all."""
Columns = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Lines:
    """A heading and lines under it; `code` where they are to stand as they are."""

    title: str
    lines: tuple[str, ...]
    code: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """A heading and a table: columns as (name, left or right), and rows of text."""

    title: str
    columns: Columns
    rows: tuple[tuple[str, ...], ...]


Block = Lines | Grid


def blocks_of(page: DryRunPage, most: int | None = None) -> Iterator[Block]:
    """Yield the report block by block; at most `most` payees, and then how many more there are and what they come to."""
    base = "; base pay counts on both sides" if page.comparison.with_base else ""
    yield Lines("", (page.head, f"Tried against {page.span}{base}."))
    for diff in page.diffs:
        title = f"{diff.plan} ({diff.versions})" if diff.plan else "The house"
        yield Lines(title, tuple(f"{f'[{x.cause}]' if x.cause else '   '} {x.text}" for x in diff.lines), code=True)
    if page.warnings:
        yield Lines("To know", page.warnings)
    if page.comparison.differing:
        yield _causes(page)
        yield _payees(page, most)
        yield Lines("Winners and losers", tuple(_sides(page)))
        yield Lines("Payees by how much their pay changes", tuple(_bars(page)), code=True)
        yield _groups(page, "component")
        yield _groups(page, "goal")
        if page.factors:
            yield Lines("Goals that factors serve", page.factors)
    if page.verdict:
        yield Lines("Announcement and limits", page.verdict)
    if page.guard.harms:
        yield _harms(page)


def _causes(page: DryRunPage) -> Grid:
    c = page.comparison
    rows = []
    for number, cause in enumerate(c.causes):
        payees = sum(1 for p in c.payees if any(x.cause == number for x in p.parts))
        rows.append((f"[{number + 1}]", cause.label, f"{payees:,}", page.signed(c.moved(number))))
    columns = (("", "left"), ("change", "left"), ("payees", "right"), ("moves", "right"))
    return Grid("What each change moves", columns, (*rows, ("", "all", f"{len(c.differing):,}", page.signed(c.difference))))


def _payees(page: DryRunPage, most: int | None) -> Grid:
    c = page.comparison
    kept = c.differing
    if most is not None:
        chosen = {p.payee for p in sorted(kept, key=lambda p: (-abs(p.difference), p.payee))[:most]}
        kept = tuple(p for p in kept if p.payee in chosen)
    rows = [
        (p.payee, p.name, *_figures(page, p.before, p.after), "; ".join(page.why(p.parts)))
        for p in kept
    ]  # fmt: skip
    listed = {p.payee for p in kept}
    rest = [p for p in c.payees if p.payee not in listed]
    moved = [p for p in rest if p.parts]
    if moved:
        rows.append(("", f"{many(len(moved), 'payee')} more", *_summed(page, moved), ""))
    same = [p for p in rest if not p.parts]
    if same:
        rows.append(("", f"{many(len(same), 'payee')} as before", *_summed(page, same), ""))
    rows.append(("", "total", *_figures(page, c.before, c.after), ""))
    figures = tuple((n, "right") for n in ("before", "after", "difference", "%"))
    return Grid("Payees", (("payee", "left"), ("name", "left"), *figures, ("why", "left")), tuple(rows))


def _figures(page: DryRunPage, before: Decimal, after: Decimal) -> tuple[str, str, str, str]:
    return page.money(before), page.money(after), page.signed(after - before), percent(after - before, before)


def _summed(page: DryRunPage, payees: Sequence[PayeeChange]) -> tuple[str, str, str, str]:
    zero = Decimal(0)
    return _figures(page, sum((p.before for p in payees), zero), sum((p.after for p in payees), zero))


def _sides(page: DryRunPage) -> Iterator[str]:
    c, zero = page.comparison, Decimal(0)
    gained = sum((p.difference for p in c.winners), zero)
    yield f"{many(len(c.winners), 'payee')} gain{'s' if len(c.winners) == 1 else ''} {page.money(gained)}."
    yield f"{many(len(c.losers), 'payee')} lose{'s' if len(c.losers) == 1 else ''} {page.money(c.keep_whole)}."
    whole = page.signed(c.difference + c.keep_whole)
    yield f"To keep everybody whole costs {page.money(c.keep_whole)} {c.currency}: the change then costs {whole}."


def _bars(page: DryRunPage) -> Iterator[str]:
    bins = page.histogram
    most = max(b.count for b in bins)
    widest = max(len(b.label) for b in bins)
    for one in bins:
        length = -(-one.count * WIDEST_BAR // most) if one.count else 0
        yield f"{one.label:>{widest}}  {'#' * length}{' ' if length else ''}{one.count:,}"


def _groups(page: DryRunPage, what: str) -> Grid:
    c = page.comparison
    groups = c.components if what == "component" else c.goals
    rows = [(g.name or "no goal", *_figures(page, g.before, g.after)) for g in groups]
    rows.append(("total", *_figures(page, c.before, c.after)))
    figures = tuple((n, "right") for n in ("before", "after", "difference", "%"))
    return Grid(f"By {what}", ((what, "left"), *figures), tuple(rows))


def _harms(page: DryRunPage) -> Grid:
    worst = sorted(page.guard.harms, key=lambda h: (h.difference, h.payee, h.deal, h.component))[:MOST_HARMED]
    rows = [
        (
            h.payee,
            h.plan,
            h.deal or h.component,
            str(h.credit_date),
            page.money(h.before),
            page.money(h.after),
            page.signed(h.difference),
        )
        for h in worst
    ]
    more = len(page.guard.harms) - len(worst)
    if more:
        rest = sum((h.difference for h in worst), page.guard.lost)
        rows.append(("", "", f"{more:,} more", "", "", "", page.signed(-rest)))
    names = (("payee", "left"), ("plan", "left"), ("deal", "left"), ("credited", "left"))
    return Grid(
        "Credited before the announcement", (*names, *((n, "right") for n in ("before", "after", "difference"))), tuple(rows)
    )
