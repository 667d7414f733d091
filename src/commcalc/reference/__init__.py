"""What a plan pays, with a pencil: plain Python, one deal at a time."""

from commcalc.reference.job import Answer, Exceptional, House, Job, Line, Payout, Slice
from commcalc.reference.run import run

__all__ = ["Answer", "Exceptional", "House", "Job", "Line", "Payout", "Slice", "run"]
