"""The example of a quarter runs as its page says, and pays what the page works out by hand."""

from __future__ import annotations

import csv
import re
import shutil
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

from months import environment, rows

EXAMPLE = Path(__file__).parents[2] / "examples" / "a-quarter"


def test_the_commands_of_the_page_run_and_pay_what_it_says(tmp_path: Path) -> None:
    folder = tmp_path / "a-quarter"
    shutil.copytree(EXAMPLE, folder)
    page = (folder / "README.md").read_text()
    block = re.search(r"```sh\n(.*?)```", page, re.DOTALL)
    assert block is not None
    for command in block[1].splitlines():
        line = command.replace("commcalc", f"{sys.executable} -m commcalc", 1) if command.startswith("commcalc") else command
        done = subprocess.run(["bash", "-c", line], cwd=folder, env=environment(), capture_output=True, text=True, check=False)
        assert done.returncode == 0, (command, done.stdout, done.stderr)
    head, *table = re.findall(r"^\| (\w+) \| ([-\d,. ]*)\| ([-\d,. ]*)\| ([-\d,. ]*)\|$", page, re.MULTILINE)
    assert head[0] == "payable"
    for column, period in enumerate(p.strip() for p in head[1:]):
        with (folder / "out" / period / "payouts.csv").open() as file:
            paid = {r["payee"]: Decimal(r["payable"]) for r in csv.DictReader(file)}
        said = {r[0]: r[column + 1].strip().replace(",", "") for r in table}
        assert paid == {payee: Decimal(amount) for payee, amount in said.items() if amount}
    with (folder / "out" / "2026-02" / "lines.csv").open() as file:
        late = [(r["deal"], r["amount"], r["corrects"]) for r in csv.DictReader(file) if r["cause"] == "true-up"]
    assert late == [("T-104", "900.00", "2026-01")]
    assert rows(folder / "quarter.sqlite", "SELECT count(*) FROM entries") == [(3,)]
