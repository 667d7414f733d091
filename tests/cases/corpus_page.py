"""Writes docs/corpus.md: which file says each published pay structure, and what it is, from the comments on top of the files."""

from __future__ import annotations

import itertools
from pathlib import Path

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs" / "corpus.md"
LAST = 82
HEAD = """# Published pay structures

Pay structures that companies have published, each as a plan with tests that people can check by hand: `commcalc test tests/cases/corpus`.
Made from the files: `python tests/cases/corpus_page.py`.

| structure | file |
|---|---|
"""


def page() -> str:
    """Return the page as the files have it."""
    paths = sorted(HERE.glob("corpus/C*.test.yaml"))
    rows = [f"| {_told(path)} | `{path.name}` |" for path in paths]
    there = {path.name[:3] for path in paths}
    missing = [name for name in (f"C{n:02d}" for n in range(1, LAST + 1)) if name not in there]
    return HEAD + "\n".join(rows) + f"\n\nOf C01 to C{LAST} not here yet: {', '.join(missing) or 'none'}.\n"


def _told(path: Path) -> str:
    """The comment on top of a file, as one line."""
    lines = itertools.takewhile(lambda line: line.startswith("#"), path.read_text(encoding="utf-8").splitlines())
    return " ".join(line.removeprefix("#").strip() for line in lines).replace("|", "/")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
