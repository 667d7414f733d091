"""A made world written as a project, for what wants the whole program."""

from __future__ import annotations

import csv
from pathlib import Path

import yaml
from worlds import TERRITORY_KEYS, Row, World, types_of

MADE = ("share_num", "share_den", "mix_base", "mix_variable", "start", "row")


def written(world: World, folder: Path) -> Path:
    """Write commcalc.yaml, the plans and the tables."""
    (folder / "plans").mkdir(parents=True)
    (folder / "data").mkdir()
    for name, said in world.plans.items():
        _yaml(folder / "plans" / f"{name}.yaml", said)
    tables = {}
    for name, rows in world.tables.items():
        columns = [c for c in types_of(name) if any(r.get(c) is not None for r in rows)]
        if name == "deals":
            columns = [c for c in types_of(name) if c in columns or c not in ("line", "returns", "currency")]
        if not rows:
            continue
        _csv(folder / "data" / f"{name}.csv", columns, rows)
        tables[name] = {"file": f"data/{name}.csv"}
        if name == "deals":
            tables[name] |= {
                "types": {"paid_on": "date"},
                "read": {"extra_decimals": "keep"},
            }  # cents of a yen, where deals are in it
        if name == "payees" and "upline" in columns:
            tables[name]["types"] = {"upline": "payee"}
        if name == "territories":
            tables[name]["key"] = list(TERRITORY_KEYS)
    said = {
        "commcalc": "1",
        "currency": world.currency,
        "time_zone": "UTC",
        "credit_date": "close_date",
        "readings": world.readings,
    }
    rules = {k: v for k, v in (("crediting", world.crediting), ("fx", world.fx)) if v}
    _yaml(folder / "commcalc.yaml", {**said, "tables": tables, **rules})
    return folder


def _csv(path: Path, columns: list[str], rows: list[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        for row in rows:
            said = {**row, **({"period": row["start"]} if row.get("start") else {})}
            writer.writerow(["" if said.get(c) is None else said[c] for c in columns])


def _yaml(path: Path, data: object) -> None:
    path.write_text(yaml.dump(data, sort_keys=False, width=100_000, Dumper=yaml.CSafeDumper), encoding="utf-8")
