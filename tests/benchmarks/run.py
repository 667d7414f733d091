"""Measure commcalc against its rivals and its goals; run by hand, never by the suite.

python tests/benchmarks/run.py --rows 10_000_000 --rounds 5 --markdown docs/performance-table.md
python tests/benchmarks/run.py --only small bad-row
"""

from __future__ import annotations

import argparse
import importlib.metadata
import os
import platform
import sys
import tempfile
from pathlib import Path

from modes import MODES, Bench

PACKAGES = ("polars", "duckdb", "pandas", "pydantic", "typer")


def main() -> None:
    """Measure what is asked for and print the tables."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--rows", type=int, default=1_000_000, help="deals of the yardstick (default: %(default)s)")
    words.add_argument("--rounds", type=int, default=5, help="rounds in turn; the median counts (default: %(default)s)")
    words.add_argument("--only", nargs="+", choices=MODES, default=list(MODES), metavar="MODE", help=", ".join(MODES))
    cache = Path(tempfile.gettempdir()) / "commcalc-benchmarks"
    words.add_argument("--cache", type=Path, default=cache, help="where data is kept between runs (default: %(default)s)")
    words.add_argument("--markdown", type=Path, help="write the tables here too")
    said = words.parse_args()
    bench = Bench(said.cache.resolve(), said.rows, said.rounds)
    bench.cache.mkdir(parents=True, exist_ok=True)
    parts = [_about(said.rows, said.rounds, said.only)]
    for mode in said.only:
        print(f"{mode}:", file=sys.stderr)
        parts.append(MODES[mode](bench))
        print(parts[-1], flush=True)
    if said.markdown is not None:
        said.markdown.write_text("\n".join(parts), encoding="utf-8")


def _about(rows: int, rounds: int, only: list[str]) -> str:
    """Say by which command, on what machine and with which versions."""
    known = {d.metadata["Name"].lower(): d.version for d in importlib.metadata.distributions()}
    versions = ", ".join(f"{name} {known[name]}" for name in PACKAGES if name in known)
    modes = "" if only == list(MODES) else f" --only {' '.join(only)}"
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"`python tests/benchmarks/run.py --rows {rows:_} --rounds {rounds}{modes}`\n\n"
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, {memory:.0f} GiB; "
        f"Python {platform.python_version()}, {versions}. Whole processes in turn, median of {rounds}.\n"
    )


if __name__ == "__main__":
    main()
