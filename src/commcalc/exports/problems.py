"""What can go wrong while files are written or read back: no room, a link in the way, a run that was changed."""

from __future__ import annotations

from commcalc.base.problem import Kind

CANNOT_WRITE = Kind(
    "O001",
    "Cannot write",
    "{path} cannot be written: {why}",
    "make room, the folder that is missing, or give permission; then run again: nothing was changed",
    """Every file of a run is written into a folder beside the old one, which takes its place at the end. Where the disk is full
or may not be written, the new folder is removed and the old one stays as it was.

Fails: a full disk, or a folder that belongs to somebody else.
Works: room for the run, in a folder of one's own.""",
)
LINK = Kind(
    "O002",
    "A link where files should stand",
    "{path} is a link",
    "remove the link; files are never written through one",
    """A link in the way of the output could lead anywhere, so it is not followed: pay data must not land where nobody looks.

Fails: `out` is a link to a shared drive.
Works: `out` is a folder of the project.""",
)
INSIDE = Kind(
    "O003",
    "Output among the inputs",
    "{path} would be written where `{input}` is read from",
    "read tables from a folder of their own, for instance `data`",
    """A run must never be able to overwrite what it was made from.

Fails: `file: out/deals.csv` in commcalc.yaml.
Works: `file: data/deals.csv`.""",
)
NOT_WHOLE = Kind(
    "O004",
    "The run folder is not as it was written",
    "{path}: {why}",
    "calculate the period again",
    """A statement or an explanation is made from a run whose files match its manifest, or not at all. The manifest holds a digest
of every file, and the run's own digest is that of the manifest.

Fails: a payouts.csv changed by hand and saved.
Works: the run as `calculate` wrote it. Corrections belong into the inputs.""",
)
NOT_A_FOLDER = Kind(
    "O005",
    "A file where a folder should stand",
    "{path} is not a folder",
    "move the file away; the period's files go into a folder of that name",
    """A run is a folder. What stands there already and is something else is left alone.

Fails: a file called `out/2026-01`.
Works: no `out` at all, or the folder of the last run.""",
)
KINDS: tuple[Kind, ...] = (CANNOT_WRITE, LINK, INSIDE, NOT_WHOLE, NOT_A_FOLDER)
