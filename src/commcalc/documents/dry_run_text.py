"""The report of a dry run as plain text and as Markdown for a pull request."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from commcalc.base.render import shown, width
from commcalc.documents.blocks import Block, Grid, blocks_of
from commcalc.documents.dry_run import DryRunPage

MOST_PAYEES = 50
"""Payees and deals listed in Markdown: a comment of a pull request has its limits. The others are summed up."""


def text_of(page: DryRunPage) -> str:
    """Return the report as plain text, every amount whole."""
    return "\n\n".join("\n".join(_plain(block)) for block in blocks_of(page)) + "\n"


def _plain(block: Block) -> Iterator[str]:
    if block.title:
        yield shown(block.title)
    if not isinstance(block, Grid):
        yield from (shown(line) for line in block.lines)
        return
    rows = [tuple(name for name, _ in block.columns), *(tuple(shown(cell) for cell in row) for row in block.rows)]
    sizes = [max(width(row[n]) for row in rows) for n in range(len(block.columns))]
    for row in rows:
        cells = (_padded(c, s, how) for c, s, (_, how) in zip(row, sizes, block.columns, strict=True))
        yield "  ".join(cells).rstrip()


def _padded(cell: str, size: int, how: str) -> str:
    space = " " * (size - width(cell))
    return space + cell if how == "right" else cell + space


def markdown_of(page: DryRunPage) -> str:
    """Return the report as Markdown: tables as GitHub and GitLab show them; nothing in a name is taken for markup."""
    parts = [f"**{_safe(page.head)}**"]
    first, *others = blocks_of(page, MOST_PAYEES)
    assert not isinstance(first, Grid), "the report begins with its head"
    parts += [_safe(line) for line in first.lines[1:]]
    parts += ["\n".join(_marked(block)) for block in others]
    return "\n\n".join(parts) + "\n"


def _marked(block: Block) -> Iterator[str]:
    yield f"### {_safe(block.title)}"
    yield ""
    if isinstance(block, Grid):
        yield _row(_safe(name) for name, _ in block.columns)
        yield _row("---:" if how == "right" else "---" for _, how in block.columns)
        yield from (_row(_safe(cell) for cell in row) for row in block.rows)
    elif block.code:
        fence = "`" * max(3, *(len(run) + 1 for line in block.lines for run in re.findall("`+", line) or [""]))
        yield from (f"{fence}text", *(shown(line) for line in block.lines), fence)
    else:
        yield from (f"- {_safe(line)}" for line in block.lines)


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _safe(text: str) -> str:
    """Return text that Markdown shows as it is."""
    return re.sub(r"([\\`*_\[\]<|~])", r"\\\1", shown(text)).replace("@", "&#64;")
