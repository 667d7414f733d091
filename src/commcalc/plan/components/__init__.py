"""Components: what is paid, one file a kind."""

from typing import Annotated

from pydantic import Field

from commcalc.plan.components.bonus import Bonus
from commcalc.plan.components.commission import Commission
from commcalc.plan.components.spiff import Spiff

Component = Annotated[Commission | Bonus | Spiff, Field(discriminator="kind")]
KINDS = (Commission, Bonus, Spiff)

__all__ = ["KINDS", "Bonus", "Commission", "Component", "Spiff"]
