"""The command line: verbs in the order of a month, one file each; nothing here imports polars, or the plan language before a verb asks for it."""

from __future__ import annotations

import importlib
import io
import os
import signal
import sys
from types import FrameType
from typing import TextIO

import typer

from commcalc.cli import (
    approve,
    calculate,
    close,
    dry_run,
    explain,
    export,
    init,
    ledger,
    reopen,
    schema,
    show,
    statements,
    test,
    validate,
)

app = typer.Typer(
    name="commcalc",
    help="Commission plans in YAML, deals in CSV: what everybody earned, to the cent, and why.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    context_settings={"help_option_names": ["-h", "--help"]},
    add_completion=False,
)


def _version(wanted: bool) -> None:
    if wanted:
        print(f"commcalc {importlib.import_module('commcalc.api').VERSION}")
        raise typer.Exit


@app.callback()
def _main(version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Print the version.")) -> None:
    del version


app.command("init", rich_help_panel="Set up")(init.verb)
app.command("schema", rich_help_panel="Set up")(schema.verb)
app.command("validate", rich_help_panel="Write plans")(validate.verb)
app.command("show", rich_help_panel="Write plans")(show.verb)
app.command("test", rich_help_panel="Write plans")(test.verb)
app.command("calculate", rich_help_panel="Every month")(calculate.verb)
app.command("explain", rich_help_panel="Every month")(explain.verb)
app.command("statements", rich_help_panel="Every month")(statements.verb)
app.command("approve", rich_help_panel="Every month")(approve.verb)
app.command("close", rich_help_panel="Every month")(close.verb)
app.add_typer(export.app, name="export", rich_help_panel="Every month")
app.command("dry-run", rich_help_panel="Change plans")(dry_run.verb)
app.add_typer(ledger.app, name="ledger", rich_help_panel="Books")
app.command("reopen", rich_help_panel="Books")(reopen.verb)


_interrupts: list[int] = []
"""The statuses of the signals that came: what goes wrong after one is its doing, wherever in a library it surfaced."""


def _terminated(number: int, frame: FrameType | None) -> None:
    del frame
    _interrupts.append(128 + number)
    raise SystemExit(128 + number)


def _interrupted(number: int, frame: FrameType | None) -> None:
    del frame
    _interrupts.append(128 + number)
    raise KeyboardInterrupt


def _discarded(stream: TextIO) -> None:
    """Let what is still to be written go nowhere, or the interpreter would try again at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _reopened() -> None:
    """Where the caller closed an output, let what is written to it go nowhere - and not into the next file that is opened."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_WRONLY), "w"))


def run() -> None:
    """Run the program: every ending has its exit status, and none is a traceback."""
    signal.signal(signal.SIGTERM, _terminated)
    signal.signal(signal.SIGINT, _interrupted)
    _reopened()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal that lacks a letter shows its number
    try:
        app()
    except BrokenPipeError:
        _discarded(sys.stdout)
        raise SystemExit(0) from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    except Exception as error:
        status = _interrupts[0] if _interrupts else _told(error)
        if status is None:
            raise
        raise SystemExit(status) from None


def _told(error: Exception) -> int | None:
    """Say what went wrong, without a traceback, and return the exit status: of the system, or that it is a fault of ours.

    None where somebody looks for that fault and wants the traceback.
    """
    if isinstance(error, OSError):  # a disk or a pipe of the system
        what = f"{error.filename}: " if error.filename else ""
        print(f"error: {what}{error.strerror or error}", file=sys.stderr)
        _discarded(sys.stdout)
        return 3
    if isinstance(error, MemoryError):
        print("error: there is not enough memory for this run; give it more, or calculate fewer deals", file=sys.stderr)
        return 3
    if os.environ.get("COMMCALC_DEBUG"):
        return None
    where = error.__traceback__
    while where is not None and where.tb_next is not None:
        where = where.tb_next
    line = f"{where.tb_frame.f_code.co_name}:{where.tb_lineno}" if where is not None else "?"
    print(
        f"error: this is a fault of commcalc ({type(error).__name__} in {line}); nothing was written.\n"
        "Please report it with the command and, where you may, the plan. COMMCALC_DEBUG=1 shows more.",
        file=sys.stderr,
    )
    return 70
