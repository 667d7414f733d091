"""Components: what is paid, one file a kind."""

from typing import Annotated

from pydantic import Field

from commcalc.plan.components.bonus import Bonus
from commcalc.plan.components.commission import Commission
from commcalc.plan.components.contest import Contest
from commcalc.plan.components.pool import Pool
from commcalc.plan.components.spiff import Spiff

Component = Annotated[Commission | Bonus | Spiff | Contest | Pool, Field(discriminator="kind")]
KINDS = (Commission, Bonus, Spiff, Contest, Pool)

__all__ = ["KINDS", "Bonus", "Commission", "Component", "Contest", "Pool", "Spiff"]
