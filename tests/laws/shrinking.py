"""A failing world made small: plans, keys and rows are left out while the difference stays."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Iterator
from typing import Any

from worlds import World, differences, load

from commcalc.tables.schemas import TABLES

Fails = Callable[[World], bool]
KEPT = ("payee_id", "name", "deal_id", "amount", "period", "value", "share", "share_num", "share_den", "kpi", "plan", "kind", "as_of", "to", "from", "role",
        "type", "margin", "units", "term_months", "owner", "line", "hired", "left")  # fmt: skip
"""Cells that a row is not a row without."""


def differs(world: World) -> bool:
    """Whether the plans pass every check and the two calculations differ."""
    plans, report = load(world)
    return bool(plans) and not report.errors and next(differences(world, plans), None) is not None


def small(world: World, fails: Fails = differs, seconds: float = 120) -> World:
    """Leave out all that can go."""
    stop = time.monotonic() + seconds
    for period in world.periods:
        one = copy.deepcopy(world)
        one.periods = [period]
        if fails(one):
            world = one
            break
    again = True
    while again and time.monotonic() < stop:
        again = False
        for step in (_components, _rows, _plan_parts):
            for smaller in step(world, fails, stop):
                world, again = smaller, True
    return world


def _components(world: World, fails: Fails, stop: float) -> Iterator[World]:
    """One component alone, where one is enough."""
    del stop
    for plan, said in world.plans.items():
        for name in said["components"] if len(said.get("components", ())) > 1 else ():
            one = copy.deepcopy(world)
            one.plans[plan]["components"] = {name: one.plans[plan]["components"][name]}
            if fails(one):
                yield one
                return


def _rows(world: World, fails: Fails, stop: float) -> Iterator[World]:
    """Leave out rows: halves first, then fewer and fewer."""
    for table in (
        "deals",
        "payees",
        "assignments",
        "splits",
        "quotas",
        "kpis",
        "events",
        "adjustments",
        "openings",
        "territories",
        "fx",
    ):
        size = max(len(world.tables.get(table, [])) // 2, 1)
        while size >= 1:
            at = 0
            while at < len(world.tables.get(table, [])) and time.monotonic() < stop:
                one = copy.deepcopy(world)
                gone = one.tables[table][at : at + size]
                del one.tables[table][at : at + size]
                if table == "splits":  # the shares of a deal go together
                    deals = {r["deal_id"] for r in gone}
                    one.tables[table] = [r for r in one.tables[table] if r["deal_id"] not in deals]
                if table == "payees":
                    _forget(one, {r["payee_id"] for r in gone} - {r["payee_id"] for r in one.tables["payees"]})
                if fails(one):
                    world = one
                    yield world
                else:
                    at += size
            size //= 2


def _forget(world: World, payees: set[str]) -> None:
    for table in ("assignments", "quotas", "kpis", "openings", "adjustments", "territories", "splits"):
        gone = {r["deal_id"] for r in world.tables.get(table, []) if r.get("payee_id") in payees} if table == "splits" else set()
        world.tables[table] = [
            r for r in world.tables.get(table, []) if r.get("payee_id") not in payees and r.get("deal_id") not in (gone or {None})
        ]
    world.tables["deals"] = [d for d in world.tables["deals"] if d.get("owner") not in payees]
    for row in world.tables["payees"]:
        if row.get("manager") in payees:
            row["manager"] = None


def _plan_parts(world: World, fails: Fails, stop: float) -> Iterator[World]:
    """Leave out parts of plans, the largest first, and facts of rows."""
    for path in [
        *_paths(("plans",), world.plans),
        *_paths(("tables",), world.tables),
        *_paths((), {"crediting": world.crediting}),
    ]:
        one = copy.deepcopy(world)
        if _remove(one, path) and time.monotonic() < stop and fails(one):
            world = one
            yield world


def _paths(path: tuple[Any, ...], node: Any) -> Iterator[tuple[Any, ...]]:
    inner = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in inner:
        yield (*path, key)
        yield from _paths((*path, key), value)


def _remove(world: World, path: tuple[Any, ...]) -> bool:
    if path == ("crediting",):
        gone, world.crediting = bool(world.crediting), {}
        return gone
    node: Any = getattr(world, path[0])
    for key in path[1:-1]:
        if key not in node if isinstance(node, dict) else not isinstance(node, list) or key >= len(node):
            return False
        node = node[key]
    if not isinstance(node, dict | list):
        return False
    if path[0] == "tables" and (len(path) < 4 or path[-1] in KEPT or path[-1] in TABLES[path[1]].required):
        return False
    if isinstance(node, dict) and node.get(path[-1]) is None:
        return False
    if isinstance(node, list) and path[-1] >= len(node):
        return False
    if path[0] == "crediting" and (len(path) < 4 or path[-1] in ("rule", "to", "payees", "table", "nobody")):
        return len(path) == 3 and len(node) > 1 and node.pop(path[-1]) is not None
    if path[0] == "plans" and (
        len(node) == 1 or path[-1] in ("quota", "basis", "cells", "from", "to", "round", "returns", "spread")
    ):
        return False  # a table without rows, or attainment without a quota, is another fault
    if path[0] == "plans" and path[-3:-1] and "matrix" in path:
        return False
    del node[path[-1]]
    return True
