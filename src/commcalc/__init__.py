"""commcalc: what everybody earned, to the cent, and why. `commcalc.open(path)` opens a project."""

from commcalc.api import VERSION as __version__
from commcalc.api import Project, Run
from commcalc.api import open_project as open

__all__ = ["Project", "Run", "__version__", "open"]
