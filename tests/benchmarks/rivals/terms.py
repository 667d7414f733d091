"""What the yardstick plan pays, in plain numbers, for the rivals: the same words as yardstick/plans/yardstick.yaml."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

RATES = [
    "2.05",
    "2.15",
    "2.35",
    "2.45",
    "2.75",
    "2.95",
    "3.00",
    "3.15",
    "3.25",
    "3.35",
    "3.45",
    "3.75",
    "4.00",
    "4.05",
    "4.25",
    "4.55",
    "4.75",
    "5.00",
    "5.25",
    "6.00",
]
PERCENT = {f"Product {number}": rate for number, rate in enumerate(RATES, 1)}
TIERS = (("0.0", "1.0"), ("0.5", "1.2"), ("0.9", "1.5"))  # from this share of the year's quota, times the rate
SPIFF_PRODUCT, SPIFF_PAY, SPIFF_FIRST = "Product 7", 50, 5


def folders() -> tuple[Path, Path]:
    """Return the folder of the tables and the folder to write into, as the command line gives them."""
    project, out = map(Path, sys.argv[1:3])
    out.mkdir(parents=True, exist_ok=True)
    return project / "data", out


def write_payouts(out: Path, rows: Iterable[tuple[str, str, object]]) -> None:
    """Write payouts.csv: what each payee is paid on the deals of each month."""
    with (out / "payouts.csv").open("w", encoding="utf-8", newline="\n") as file:
        file.write("payee,month,amount\n")
        file.writelines(f"{payee},{month},{amount}\n" for payee, month, amount in sorted(rows, key=lambda row: row[:2]))
