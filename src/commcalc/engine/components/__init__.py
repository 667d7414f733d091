"""What each kind of component pays."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from commcalc.engine.components import bonus, commission, contest, pool, spiff
from commcalc.engine.earnings import Earned, Job

KINDS: Mapping[str, Callable[[Job, date], Earned]] = {
    "commission": commission.earn,
    "bonus": bonus.earn,
    "spiff": spiff.earn,
    "contest": contest.earn,
    "pool": pool.earn,
}
"""Each kind of component and what it earns to a day."""
