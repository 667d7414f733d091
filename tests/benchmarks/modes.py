"""What is measured, one function for each table: the yardstick and its rivals, growth, small runs, one large payee, a bad row."""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from processes import ENVIRONMENT, Command, Measured, in_turn, python
from table import Goal, against, goals

HERE = Path(__file__).parent
PERIOD = "2026-12"  # the plan pays once a year: this run holds every deal of it
COMMCALC, FLOOR, KERNEL = "commcalc calculate", "the floor: polars reads the CSV and writes Parquet", "polars, one kernel by hand"
DUCKDB, PANDAS, PYTHON = "DuckDB SQL with DECIMAL", "pandas with floats", "plain Python with Decimal"
RIVALS = {FLOOR: "floor", KERNEL: "polars_kernel", DUCKDB: "duckdb_sql", PANDAS: "pandas_floats", PYTHON: "plain_python"}
NEEDS = {DUCKDB: "duckdb", PANDAS: "pandas"}
EXACT = (KERNEL, DUCKDB, PYTHON)


@dataclass(frozen=True, slots=True)
class Bench:
    """Where the data is kept, how many deals, how many rounds."""

    cache: Path
    rows: int
    rounds: int

    def project(self, rows: int, *options: str) -> Path:
        """Return a made project, made once: its name holds all that its bytes depend on."""
        sources = [HERE / "make_data.py", *sorted((HERE / "yardstick").rglob("*.yaml"))]
        digest = sha256(b"".join(s.read_bytes() for s in sources)).hexdigest()[:8]
        folder = self.cache / "-".join(["deals", str(rows), *(o.strip("-") for o in options), digest])
        if not folder.exists():
            print(f"making {folder.name}", file=sys.stderr)
            part = folder.with_name(folder.name + ".part")
            shutil.rmtree(part, ignore_errors=True)
            subprocess.run(python(HERE / "make_data.py", part, "--rows", str(rows), *options), check=True)
            part.rename(folder)
        return folder

    def rival(self, name: str, project: Path) -> Command:
        """Return the command of a rival."""
        out = self.cache / "out" / RIVALS[name]
        return Command(python(HERE / "rivals" / f"{RIVALS[name]}.py", project, out), out)


def calculate(project: Path, ends: int = 0) -> Command:
    """Return the command that calculates the whole run, with every check."""
    return Command(
        python("-m", "commcalc", "calculate", "--project", project, "--period", PERIOD, "--quiet"), project / "out", ends
    )


def agreed(project: Path, payouts: dict[str, Path]) -> dict[str, str]:
    """Return what is to be said of each rival's payouts; an exact rival that pays otherwise ends everything."""
    files = [payouts[name] / "payouts.csv" for name in payouts]
    words = python(HERE / "agreement.py", project / "out" / PERIOD, *files)
    ran = subprocess.run(words, capture_output=True, text=True, check=False, env=ENVIRONMENT)
    if ran.returncode:
        raise SystemExit(f"the run's lines do not add up to its payouts:\n{ran.stderr[-2000:]}")
    notes = {}
    for name, line in zip(payouts, ran.stdout.splitlines(), strict=True):
        found = json.loads(line)
        if found["differ"] and name in EXACT:
            raise SystemExit(f"{name} does not pay what commcalc pays, so nothing is shown:\n" + "\n".join(found["first"]))
        wrong = f"wrong in {found['differ']:,} of {found['of']:,} payee-months"
        notes[name] = wrong if found["differ"] else f"the same {found['of']:,} payee-months to the cent"
    return notes


def yardstick(bench: Bench) -> str:
    """Calculate the yardstick against the floor and every rival that is installed."""
    project = bench.project(bench.rows)
    named = [name for name in RIVALS if name not in NEEDS or importlib.util.find_spec(NEEDS[name])]
    for name in RIVALS.keys() - named:
        print(f"{name} is left out: {NEEDS[name]} is not installed", file=sys.stderr)
    commands = {name: bench.rival(name, project) for name in named}
    commands = {FLOOR: commands.pop(FLOOR), COMMCALC: calculate(project), **commands}
    found = in_turn(commands, bench.rounds)
    notes = agreed(project, {name: Path(commands[name].words[-1]) for name in named if name != FLOOR})
    notes |= {FLOOR: "nothing checked, nothing paid", COMMCALC: "every check, every line and slice written"}
    ours = found[COMMCALC]
    listed = [
        Goal("time against the floor", ours.middle / found[FLOOR].middle, "at most", 3.0, 2.0),
        Goal("peak memory", ours.peak, "at most", 1.0 if bench.rows <= 10_000_000 else 1.5, unit="GiB"),
    ]
    for name, must, beat in ((DUCKDB, 1.0, 1.4), (PANDAS, 3.5, 5.0), (PYTHON, 12.0, 20.0)):
        if name in found:
            listed.append(Goal(f"{name}: its time over ours", found[name].middle / ours.middle, "at least", must, beat))
    if DUCKDB in found:
        listed.append(Goal(f"memory against {DUCKDB}", ours.peak / found[DUCKDB].peak, "at most", 0.5))
    return f"### {bench.rows:,} deals\n\n{against(list(found.items()), notes)}\n{goals(listed)}"


def growth(bench: Bench) -> str:
    """Three times the deals, many components for the same deals, and many payees for the same deals."""
    rows = bench.rows
    shapes: dict[str, tuple[int, tuple[str, ...]]] = {
        f"{rows:,} deals of 5,000 payees, 1 commission": (rows, ()),
        f"{3 * rows:,} deals": (3 * rows, ()),
        "50 commissions": (rows, ("--components", "50")),
        "200 commissions": (rows, ("--components", "200")),
        "500 payees": (rows, ("--payees", "500")),
        "50,000 payees": (rows, ("--payees", "50000")),
    }
    found = _checked(bench, shapes)
    base, three, fifty, many, few, crowd = found.values()
    listed = [
        Goal("three times the deals", three.middle / base.middle, "at most", 3.2, 3.0),
        Goal("50 commissions against 1", fifty.middle / base.middle, "at most", 6.0, 3.0),
        Goal("200 commissions against 1", many.middle / base.middle, "at most", 6.0, 3.0),
        Goal("50,000 payees against 500", crowd.middle / few.middle, "at most", 1.3, 1.1),
    ]
    return f"### Growth\n\n{against(list(found.items()), {})}\n{goals(listed)}"


def largest(bench: Bench) -> str:
    """One payee has 40% of the deals."""
    found = _checked(bench, {"even: all payees alike": (bench.rows, ()), "one payee has 40%": (bench.rows, ("--largest", "40"))})
    limit = 1.0 if bench.rows <= 10_000_000 else 1.5
    listed = [Goal("peak memory with one payee of 40%", found["one payee has 40%"].peak, "at most", limit, unit="GiB")]
    return f"### One large payee\n\n{against(list(found.items()), {})}\n{goals(listed)}"


def _checked(bench: Bench, shapes: dict[str, tuple[int, tuple[str, ...]]]) -> dict[str, Measured]:
    """Measure commcalc over projects of several shapes, then hold each one's payouts against the kernel's."""
    projects = {name: bench.project(rows, *options) for name, (rows, options) in shapes.items()}
    found = in_turn({name: calculate(project) for name, project in projects.items()}, bench.rounds)
    for project in projects.values():
        kernel = bench.rival(KERNEL, project)
        in_turn({KERNEL: kernel}, 1)
        agreed(project, {KERNEL: Path(kernel.words[-1])})
    return found


def small(bench: Bench) -> str:
    """Runs so small that starting is all there is, each against the libraries that it cannot do without."""
    project = bench.project(100, "--payees", "10")
    many = _fifty_plans(bench)
    bare = {
        "polars: `import polars`": Command(python("-c", "import polars")),
        "typer: `import typer`": Command(python("-c", "import typer")),
        "pydantic: `import pydantic, yaml`": Command(python("-c", "import pydantic, yaml")),
    }
    ours = {
        "100 deals": calculate(project),
        "`--help`": Command(python("-m", "commcalc", "--help")),
        "`validate` of 50 plans": Command(python("-m", "commcalc", "validate", many)),
    }
    found = in_turn({**bare, **ours}, max(bench.rounds, 5), warm_up=1)
    bounds = zip(bare, ours, ((3.0, 2.0), (3.0, 2.0), (6.0, 4.0)), strict=True)
    parts = []
    for library, one, (must, beat) in bounds:
        what = f"{one} against {library.split(': ')[1]}"
        parts.append(Goal(what, found[one].middle / found[library].middle, "at most", must, beat))
    return f"### Small runs\n\n{goals(parts)}"


def _fifty_plans(bench: Bench) -> Path:
    """Return a project of fifty plans: the yardstick's under other names."""
    project = bench.project(100, "--payees", "50")
    plan = project / "plans" / "yardstick.yaml"
    text = plan.read_text(encoding="utf-8") if plan.exists() else ""
    for number in range(50 if text else 0):
        name = f"yardstick-{number + 1}"
        plan.with_name(f"{name}.yaml").write_text(text.replace("plan: yardstick", f"plan: {name}"), encoding="utf-8")
    plan.unlink(missing_ok=True)
    return project


def bad_row(bench: Bench) -> str:
    """A number with an exponent in the second-last row is refused with its row, and nothing is written."""
    project = bench.project(bench.rows, "--bad-row")
    found = in_turn({"a bad row is refused": calculate(project, ends=1)}, 1)
    said = found["a bad row is refused"].said
    place = f"deals.csv:{bench.rows}:amount"  # the heading is row 1
    if place not in said or (project / "out" / PERIOD).exists():
        raise SystemExit(f"the bad row {place} was not refused by its row:\n{said[-2000:]}")
    return f"### A bad row\n\n`1e3` as the amount in the second-last of {bench.rows:,} rows: refused, with its place `{place}`.\n"


def statements(bench: Bench) -> str:
    """All payees' statements against the calculation that they show."""
    project = bench.project(bench.rows)
    writes = project / "out" / PERIOD / "statements"
    one = Command(python("-m", "commcalc", "statements", "--project", project, "--period", PERIOD, "--quiet"), writes)
    found = in_turn({COMMCALC: calculate(project), "statements of 5,000 payees": one}, bench.rounds)
    base, made = found.values()
    listed = [Goal("statements against the calculation", made.middle / base.middle, "at most", 1.0, 0.3)]
    return f"### Statements\n\n{against(list(found.items()), {})}\n{goals(listed)}"


MODES = {
    "yardstick": yardstick,
    "growth": growth,
    "largest": largest,
    "small": small,
    "bad-row": bad_row,
    "statements": statements,
}
