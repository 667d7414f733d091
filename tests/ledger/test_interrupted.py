"""`close` killed, out of room or beside another one: a period is closed whole or not at all, and closing again ends well: F183 to F193."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from months import closed, content, copied, environment, passed, program, rows

STRACE = shutil.which("strace")
FILES = (
    "ledger.sqlite", "ledger.sqlite-journal", ".ledger.sqlite.new", ".ledger.sqlite.new-journal", "ledger.sqlite.lock",
    "out/2026-01/.status.json.new", "out/2026-01/status.json", "out/2026-01", ".",
)  # fmt: skip
CALLS = ("write", "pwrite64", "fsync", "fdatasync", "ftruncate", "rename", "unlink")
CLOSE = ("close", "2026-01", "--by", "mia")
ERRORS = {
    "write": "ENOSPC:when={n}+", "pwrite64": "ENOSPC:when={n}+", "ftruncate": "ENOSPC:when={n}+", "rename": "ENOSPC:when={n}+",
    "fsync": "EIO:when={n}", "fdatasync": "EIO:when={n}", "unlink": "EIO:when={n}",
}  # fmt: skip
"""How each kind of call fails: a full disk stays full, a sector fails once."""
SAMPLE = {"pwrite64": (22, 44), "fdatasync": (10,), "rename": (2,), "unlink": (4,)}
"""Points of each stage - new ledger, journal, pages, commit, status - for every day; all of them take minutes."""
needs_strace = pytest.mark.skipif(STRACE is None, reason="strace is not installed")


def traced(folder: Path, *more: str) -> list[str]:
    """The command that runs another under strace, which sees only the calls about the ledger and the status."""
    assert STRACE is not None
    paths = [a for f in FILES for a in ("-P", str((folder / f).resolve()))]
    return [STRACE, "-f", "-qq", "-o", str(folder.parent / "trace"), "-e", f"trace={','.join(CALLS)}", *paths, *more]


@pytest.fixture(scope="module")
def whole(made_january: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """January closed without anything in the way."""
    folder = copied(made_january, tmp_path_factory.mktemp("whole") / "p")
    passed(*CLOSE, folder=folder)
    return folder


@pytest.fixture(scope="module")
def counts(made_january: Path, tmp_path_factory: pytest.TempPathFactory) -> Counter[str]:
    """How often closing makes each call."""
    folder = copied(made_january, tmp_path_factory.mktemp("counted") / "p")
    assert program(*CLOSE, folder=folder, before=traced(folder)).returncode == 0
    text = (folder.parent / "trace").read_text()
    return Counter(re.findall(r"^\d+ +(\w+)\(", text, re.MULTILINE))


def points(counts: Counter[str], sampled: bool) -> list[tuple[str, int]]:
    every = [(call, n) for call in CALLS for n in range(1, counts[call] + 1)]
    return [p for p in every if p[1] in SAMPLE.get(p[0], ())] if sampled else every


def entries(folder: Path) -> int:
    """How many entries the ledger has, once it was found to be sound."""
    done = program("ledger", "verify", folder=folder)
    assert done.returncode == 0, done.stderr
    ledger = folder / "ledger.sqlite"
    return len(rows(ledger, "SELECT 1 FROM entries")) if ledger.exists() else 0


def ends_well(folder: Path, whole: Path) -> None:
    """Closing again closes, and what is posted is what would have been, once."""
    passed(*CLOSE, folder=folder)
    assert content(folder / "ledger.sqlite") == content(whole / "ledger.sqlite")
    assert '"closed"' in (folder / "out" / "2026-01" / "status.json").read_text()
    assert entries(folder) == 1
    left = {p.name for p in folder.iterdir()}
    assert left == {p.name for p in whole.iterdir()}, "something is left behind"


def killed(january: Path, whole: Path, call: str, n: int, folder: Path) -> int:
    project = copied(january, folder / "p")
    done = program(*CLOSE, folder=project, before=traced(project, "-e", f"inject={call}:signal=SIGKILL:when={n}"))
    assert done.returncode in (137, -9), (call, n, done.returncode, done.stderr)
    found = entries(project)
    ends_well(project, whole)
    shutil.rmtree(folder)
    return found


def failed(january: Path, whole: Path, call: str, n: int, folder: Path) -> None:
    project = copied(january, folder / "p")
    error = ERRORS[call].format(n=n)
    done = program(*CLOSE, folder=project, before=traced(project, "-e", f"inject={call}:error={error}"))
    found = entries(project)
    at = (call, n, done.returncode, done.stderr)
    assert done.returncode in (0, 3), at
    if done.returncode == 3:
        assert re.search(r"error\[(L002|L030|O001)\]|error: ", done.stderr), at
        assert str(project) in done.stderr, at
        assert (found == 1) == ("L030" in done.stderr), at
    else:
        assert found == 1, at
    ends_well(project, whole)
    shutil.rmtree(folder)


@needs_strace
def test_f183_a_kill_at_a_write_leaves_the_period_closed_or_open(
    made_january: Path, whole: Path, counts: Counter[str], tmp_path: Path
) -> None:
    found = [killed(made_january, whole, *p, tmp_path / f"{p[0]}-{p[1]}") for p in points(counts, sampled=True)]
    assert set(found) == {0, 1}, "kills on both sides of the commit"


@needs_strace
@pytest.mark.slow
@pytest.mark.timeout(3_600)
def test_f183_a_kill_at_every_write_leaves_the_period_closed_or_open(
    made_january: Path, whole: Path, counts: Counter[str], tmp_path: Path
) -> None:
    every = points(counts, sampled=False)
    assert len(every) > 60
    for call, n in every:
        killed(made_january, whole, call, n, tmp_path / f"{call}-{n}")


@needs_strace
def test_f185_f186_a_write_that_fails_leaves_the_period_open_and_says_so(
    made_january: Path, whole: Path, counts: Counter[str], tmp_path: Path
) -> None:
    for call, n in points(counts, sampled=True):
        failed(made_january, whole, call, n, tmp_path / f"{call}-{n}")


@needs_strace
@pytest.mark.slow
@pytest.mark.timeout(3_600)
def test_f185_f186_every_write_that_fails_leaves_the_period_open_and_says_so(
    made_january: Path, whole: Path, counts: Counter[str], tmp_path: Path
) -> None:
    for call, n in points(counts, sampled=False):
        failed(made_january, whole, call, n, tmp_path / f"{call}-{n}")


@needs_strace
@pytest.mark.parametrize("error", ["EROFS", "EMFILE"])
def test_f186_a_folder_in_which_nothing_can_be_made_is_told(january: Path, whole: Path, error: str) -> None:
    paths = [a for f in (".ledger.sqlite.new", ".ledger.sqlite.new-journal") for a in ("-P", str((january / f).resolve()))]
    inject = ["-e", "trace=openat", *paths, "-e", f"inject=openat:error={error}"]
    done = program(*CLOSE, folder=january, before=[str(STRACE), "-f", "-qq", "-o", "/dev/null", *inject])
    assert done.returncode == 3
    assert f"error[L002]: {january}/.ledger.sqlite.new cannot be written: " in done.stderr
    assert entries(january) == 0
    ends_well(january, whole)


@pytest.mark.slow
@pytest.mark.timeout(3_600)
def test_f183_kills_at_two_hundred_moments_leave_the_period_closed_or_open(
    made_january: Path, whole: Path, tmp_path: Path
) -> None:
    for n in range(200):
        project = copied(made_january, tmp_path / str(n))
        with started(project) as process:
            time.sleep(0.006 * n)
            process.send_signal(signal.SIGKILL)
        assert entries(project) in (0, 1)
        ends_well(project, whole)
        shutil.rmtree(project)


def started(folder: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "commcalc", *CLOSE]
    return subprocess.Popen(
        command, cwd=folder, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )  # fmt: skip


@needs_strace
def test_f185_a_full_disk_is_told_with_the_path_and_the_bytes_needed(january: Path) -> None:
    done = program(*CLOSE, folder=january, before=traced(january, "-e", "inject=pwrite64:error=ENOSPC:when=20+"))
    assert done.returncode == 3
    assert f"error[L002]: {january / 'ledger.sqlite'} cannot be written: database or disk is full" in done.stderr
    assert re.search(r"make room, about [0-9,]{3,} bytes", done.stderr)


def test_f191_of_two_closers_at_once_one_closes_and_the_other_is_told_who(january: Path) -> None:
    done = []
    processes = [started(january) for _ in range(2)]
    for process in processes:
        _, said = process.communicate(timeout=120)
        done.append((process.returncode, said))
    assert entries(january) == 1
    for status, said in done:
        assert "Traceback" not in said
        again = "already closed, identical" in said
        assert status == 0 or (
            status == 5 and re.search(r"error\[L020\]: the ledger is locked by (pid [0-9]+ on|a process)", said)
        )
        assert (status, again) != (0, False) or "2026-01 is closed: entry 1" in said
    assert sum("2026-01 is closed: entry 1" in said for _, said in done) == 1


@needs_strace
def test_f191_who_holds_the_lock_is_named_with_pid_and_since(january: Path) -> None:
    slow = [*traced(january, "-e", "inject=ftruncate:delay_exit=0", "-e", "inject=rename:delay_enter=8000000:when=1")]
    command = [*slow, sys.executable, "-m", "commcalc", *CLOSE]
    with subprocess.Popen(command, cwd=january, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE) as first:
        lock = january / "ledger.sqlite.lock"
        for _ in range(200):
            if lock.exists() and lock.read_text():
                break
            time.sleep(0.05)
        words = lock.read_text()
        done = program(*CLOSE, folder=january)
        assert done.returncode == 5
        assert re.fullmatch(r"pid [0-9]+ on \S+ since [0-9-]{10} [0-9:]{8} UTC", words)
        assert f"error[L020]: the ledger is locked by {words}\n" in done.stderr
        assert first.wait(timeout=60) == 0
    assert entries(january) == 1
    assert not lock.exists()


@needs_strace
def test_f193_a_lock_that_a_dead_process_left_is_cleared_with_a_note(january: Path) -> None:
    done = program(*CLOSE, folder=january, before=traced(january, "-e", "inject=pwrite64:signal=SIGKILL:when=30"))
    assert done.returncode in (137, -9)
    words = (january / "ledger.sqlite.lock").read_text()
    said = passed(*CLOSE, folder=january)
    assert f"a lock was left behind by {words}, which has ended; it is cleared\n" in said
    assert not (january / "ledger.sqlite.lock").exists()


def test_f192_readers_while_somebody_closes_see_the_books_before_or_after(february: Path) -> None:
    seen: set[int] = set()
    process = subprocess.Popen(
        [sys.executable, "-m", "commcalc", "close", "2026-02", "--by", "mia"],
        cwd=february, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    while process.poll() is None:
        seen.add(entries(february))
    seen.add(entries(february))
    assert process.returncode == 0
    assert seen <= {1, 2}
    assert 2 in seen


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupt_before_the_posting_leaves_all_as_it_was(january: Path, number: int, status: int) -> None:
    process = started(january)
    while not (january / "ledger.sqlite.lock").exists() and process.poll() is None:
        time.sleep(0.01)
    process.send_signal(number)
    process.communicate(timeout=60)
    assert process.returncode in (status, 0)
    assert entries(january) == (1 if process.returncode == 0 else 0)
    assert {p.name for p in january.iterdir()} <= {"commcalc.yaml", "data", "plans", "out", "ledger.sqlite"}
    closed(january, *(["2026-01"] if process.returncode else []))
