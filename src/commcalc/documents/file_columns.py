"""The columns of every table in and out, as a page to read and for a script: made from the tables' own definitions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from commcalc.tables import results, schemas

INTRO = "Every table that commcalc reads and writes; made from the program by `commcalc schema files --format markdown`."
IN = """What a table in needs is found by these names, or by what `columns:` of its entry in commcalc.yaml says they are called in
the file. A column of your own states its type there. Every field is checked as it was written before it is read."""
OUT = """A run is the folder `out/PERIOD`. Its tables have these columns, in this order. `lines`, `slices`, `credits` and `left_out` are
Parquet (of at most a million lines there is a `lines.csv` besides), the others CSV. Amounts are exact decimals, never floats."""

ABROAD = "Of a run in which {} another currency than the plan's, also:"


def columns() -> dict[str, Any]:
    """Return every table with its key and columns: name, type, whether it is required, meaning."""
    into = {
        t.name: {
            "key": list(t.key),
            "columns": [{"name": c.name, "type": c.type, "required": c.required, "meaning": c.meaning} for c in t.columns],
        }
        for t in schemas.TABLES.values()
    }
    out = {
        t.name: {
            "key": list(t.key),
            "columns": [{"name": c.name, "type": c.type, "meaning": c.meaning} for c in t.columns],
            **({"abroad": [{"name": c.name, "type": c.type, "meaning": c.meaning} for c in t.abroad]} if t.abroad else {}),
        }
        for t in results.TABLES
    }
    return {"in": into, "out": out}


def page() -> str:
    """Return the page in Markdown."""
    found = columns()
    blocks = ["# Tables in and out: reference", INTRO, "## Tables in", IN]
    blocks += _tables(found["in"])
    blocks += ["## Tables out", OUT, *_tables(found["out"])]
    return "\n\n".join(blocks) + "\n"


def _tables(tables: dict[str, Any]) -> Iterator[str]:
    for name, table in tables.items():
        yield f"### {name}"
        yield f"One row is told from another by {', '.join(f'`{k}`' for k in table['key'])}."
        yield _columns(table["columns"])
        if "abroad" in table:
            yield ABROAD.format("deals are in" if name == "lines" else "somebody is paid in")
            yield _columns(table["abroad"])


def _columns(columns: list[dict[str, Any]]) -> str:
    rows = ["| column | type | meaning |", "|---|---|---|"]
    for c in columns:
        must = " (required)" if c.get("required") else ""
        rows.append(f"| `{c['name']}` | {c['type']}{must} | {c['meaning']} |")
    return "\n".join(rows)
