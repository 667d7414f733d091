"""A plan test as data: what a case says, written out as a small project on disk that the program itself can run."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

Row = dict[str, str]

READINGS = {
    "rounding": "half-up",
    "round": "line",
    "remainder": "largest",
    "split": "credit",
    "late": "insert",
    "negative": "carry",
}
HEADER = {
    "version": "2026.1",
    "effective": "2026-01-01 .. 2026-12-31",
    "currency": "USD",
    "payment": {"every": "month", "negative": "carry"},
}
ONE_PAYEE = "P1"
IN_ASSIGNMENT = ("plan", "from", "to", "ote", "mix", "target")
RENAMED = {"id": "deal_id", "date": "close_date", "deal": "deal_id", "payee": "payee_id"}
MONTHS_OF = {"half": 6, "quarter": 3}


@dataclass(frozen=True, slots=True)
class Case:
    """One plan test: its plans, what is given, and what is expected by payee and period."""

    name: str
    file: str
    source: str
    plans: Mapping[str, Mapping[str, Any]]
    given: Mapping[str, Any]
    expect: Mapping[str, Mapping[str, Mapping[str, Any]]]

    @property
    def periods(self) -> list[str]:
        """The periods to calculate, in order."""
        return sorted({p for periods in self.expect.values() for p in periods})

    @property
    def refused(self) -> bool:
        """True where the project itself must be refused."""
        return any("refused" in what for periods in self.expect.values() for what in periods.values())


def read_cases(folder: Path) -> list[Case]:
    """Read every case file below a folder; numbers stay the text that they are."""
    found = []
    for path in sorted(folder.rglob("*.yaml")):
        for said in yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CBaseLoader):
            found.append(_case(said, path.relative_to(folder).as_posix()))
    names = [c.name for c in found]
    assert len(names) == len(set(names)), "two cases have one name"
    return found


def _case(said: Mapping[str, Any], file: str) -> Case:
    unknown = set(said) - {"test", "plan", "plans", "given", "expect", "source"}
    assert not unknown, f"{file}: {said['test']}: unknown {sorted(unknown)}"
    plans = said["plans"] if "plans" in said else {"tested": said["plan"]}
    given = said.get("given", {})
    expect = said["expect"] if "payees" in given else {ONE_PAYEE: said["expect"]}
    return Case(said["test"], file, said.get("source", ""), plans, given, expect)


def number(text: str) -> Decimal:
    """Read a figure of a case: 1_000.50, 8%, 1.5x or 500 USD."""
    plain = text.strip().replace("_", "").removesuffix("USD").strip()
    if plain.endswith("%"):
        return Decimal(plain[:-1]) / 100
    return Decimal(plain.removesuffix("x"))


def write_project(case: Case, folder: Path) -> Path:
    """Write the case as a project: commcalc.yaml, plans and tables, with neutral values for what it leaves out."""
    (folder / "plans").mkdir(parents=True)
    (folder / "data").mkdir()
    for name, said in case.plans.items():
        _write_yaml(folder / "plans" / f"{name}.yaml", {"plan": name, **HEADER, **said})
    tables = {}
    for name, rows in _tables(case).items():
        if rows:
            _write_csv(folder / "data" / f"{name}.csv", rows)
            tables[name] = {"file": f"data/{name}.csv", **_types(case, name, rows)}
    for name, options in case.given.get("tables", {}).items():
        tables[name] = {**tables.get(name, {}), **options}
    project = {
        "commcalc": "1",
        "company": "Acceptance",
        "currency": next(iter(case.plans.values())).get("currency", HEADER["currency"]),
        "time_zone": "UTC",
        "credit_date": "close_date",
        "calendar": {"period": "month", "year_starts": "january"},
        "readings": READINGS | case.given.get("readings", {}),
        "tables": tables,
    }
    _write_yaml(folder / "commcalc.yaml", project)
    return folder


def _tables(case: Case) -> dict[str, list[Row]]:
    given = case.given
    payees: Mapping[str, Mapping[str, str]] = given.get("payees") or {ONE_PAYEE: given.get("payee", {})}
    return {
        "deals": _deals(given.get("deals", [])),
        "payees": [_payee(key, said) for key, said in payees.items()],
        "assignments": _assignments(case, payees),
        "quotas": _quotas(case, list(payees)),
        "splits": [_plain(row) for row in given.get("splits", [])],
        "kpis": [{"payee_id": ONE_PAYEE, **_plain(row)} for row in given.get("kpis", [])],
        "openings": [{"payee_id": ONE_PAYEE, **_plain(row)} for row in given.get("openings", [])],
    }


def _deals(rows: Iterable[Mapping[str, str]]) -> list[Row]:
    return [{"deal_id": "", "owner": ONE_PAYEE, "close_date": "", **_plain(row)} for row in rows]


def _payee(key: str, said: Mapping[str, str]) -> Row:
    facts = {k: v for k, v in said.items() if k not in IN_ASSIGNMENT}
    return {"payee_id": key, "name": f"Payee {key}", **_plain(facts)}


def _assignments(case: Case, payees: Mapping[str, Mapping[str, str]]) -> list[Row]:
    if "assignments" in case.given:
        return [{"payee_id": ONE_PAYEE, "plan": "tested", **_plain(row)} for row in case.given["assignments"]]
    rows = []
    for key, said in payees.items():
        start = case.plans[said.get("plan", next(iter(case.plans)))].get("effective", HEADER["effective"])
        facts = {k: v for k, v in said.items() if k in IN_ASSIGNMENT}
        defaults = {"payee_id": key, "plan": next(iter(case.plans)), "from": str(start).split(" ")[0]}
        rows.append(defaults | _plain(facts))
    return rows


def _quotas(case: Case, payees: list[str]) -> list[Row]:
    said = case.given.get("quotas", [])
    if isinstance(said, list):
        return [({} if "team" in row or "plan" in row else {"payee_id": ONE_PAYEE}) | _plain(row) for row in said]
    rows = []
    for measure, amount in said.items():
        window = next(p["measures"][measure]["window"] for p in case.plans.values() if measure in p["measures"])
        for name in dict.fromkeys(_window_name(window, p) for p in case.periods):
            rows += [{"payee_id": p, "measure": measure, "period": name, "amount": _bare(amount)} for p in payees]
    return rows


def _window_name(window: str, period: str) -> str:
    year, month = period.split("-")
    if window == "year":
        return year
    if window in MONTHS_OF:
        return f"{year}-{window[0].upper()}{(int(month) - 1) // MONTHS_OF[window] + 1}"
    return period


def _bare(value: str) -> str:
    return value.replace("_", "") if value.replace("_", "").replace(".", "").lstrip("-").isdigit() else value


def _plain(row: Mapping[str, str]) -> Row:
    return {RENAMED.get(key, key): _bare(value) for key, value in row.items()}


def _types(case: Case, table: str, rows: list[Row]) -> dict[str, dict[str, str]]:
    del table
    columns = {c for row in rows for c in row}
    types = {c: t for c, t in case.given.get("types", {}).items() if c in columns}
    return {"types": types} if types else {}


def _write_csv(path: Path, rows: list[Row]) -> None:
    columns = list(dict.fromkeys(c for row in rows for c in row))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _write_yaml(path: Path, data: Mapping[str, Any]) -> None:
    text = yaml.dump(data, sort_keys=False, allow_unicode=True, width=100_000, Dumper=yaml.CSafeDumper)
    path.write_text(text, encoding="utf-8")
