"""The status of a run: what has been done with it - approved, closed - beside the run and outside its digest."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from commcalc.exports.whole_folder import new_file, sync

FILE = "status.json"


@dataclass(frozen=True, slots=True)
class Status:
    """What is known of a run: its digest, its state, who approved it, and the last entry of the ledger about its period.

    State: open; approved; closed; reopened; differs, where the period was closed with another run than this one.
    approved: by, at, run. ledger: entry, hash, run.
    """

    run: str
    state: str = "open"
    approved: Mapping[str, str] = field(default_factory=dict)
    ledger: Mapping[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The status as it is written."""
        said = {"run": self.run, "state": self.state, "approved": dict(self.approved), "ledger": dict(self.ledger)}
        return json.dumps({k: v for k, v in said.items() if v}, indent=1, ensure_ascii=False) + "\n"


def read_status(folder: Path) -> Status | None:
    """Return the status of a run's folder; None where there is none, or none that can be read."""
    try:
        said = json.loads((folder / FILE).read_bytes())
        texts = {key: {str(k): str(v) for k, v in said.get(key, {}).items()} for key in ("approved", "ledger")}
        return Status(str(said["run"]), str(said["state"]), texts["approved"], texts["ledger"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def status_after(before: Status | None, run: str) -> Status:
    """Return the status of a run that takes the place of another: what was done with this very run still holds."""
    if before is None:
        return Status(run)
    if before.run == run:
        return before
    held = before.ledger.get("run")
    if not held:
        return replace(Status(run), ledger=before.ledger)
    return Status(run, "closed" if held == run else "differs", {}, before.ledger)


def write_status(folder: Path, status: Status) -> None:
    """Let the status take the place of the former one, whole."""
    beside: Any = folder / f".{FILE}.new"
    beside.unlink(missing_ok=True)
    with new_file(beside).open("w", encoding="utf-8") as file:
        file.write(status.text)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(folder / FILE)
    sync(folder)
