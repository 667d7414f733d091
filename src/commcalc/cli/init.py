"""`init`: a project that runs at once, with every house reading written out."""

from __future__ import annotations

import json
import shlex
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Annotated

import typer

from commcalc.base.money import CURRENCIES
from commcalc.cli import shown
from commcalc.language.names import nearest

EPILOG = """

**Examples**

```text
commcalc init my-plans                  # a folder that runs
commcalc init my-plans --company "Acme Ltd" --currency GBP
commcalc init my-plans --program orbit-launch      # a program beside the plan
commcalc init --list                    # the templates
```
"""
PROJECT = """commcalc: 1
company: {company}
currency: {currency}
time_zone: America/New_York
credit_date: close_date
calendar: {{period: month, year_starts: january}}
# The house's answers, wherever a plan does not give its own. Each of them decides money.
readings:
  rounding: half-up      # half-up (away from zero), half-even or down
  round: line            # line, deal or component: what is rounded once
  remainder: largest     # who takes the cents left when something is shared out
  split: credit          # credit: each payee under their own plan; pay: earned whole, then shared
  late: insert
  negative: carry
{tables}"""
ENDINGS = (".yaml", ".test.yaml")
IGNORE = "data/\nout/\nledger.sqlite\nledger.kept/\n"


def templates(folder: str = "") -> dict[str, Traversable]:
    """Return the template plans, or the programs of the library's folder `programs`, by name."""
    files = (_library() / folder if folder else _library()).iterdir()
    found = [f for f in files if f.name.endswith(".yaml") and not f.name.endswith(".test.yaml")]
    return {f.name.removesuffix(".yaml"): f for f in sorted(found, key=lambda f: f.name)}


def _library() -> Traversable:
    """Return the folder of the templates: of the installed package, or of the checkout it runs from."""
    packaged = resources.files("commcalc").joinpath("library")
    return packaged if packaged.is_dir() else Path(__file__).parents[3] / "plans"


def verb(
    folder: Annotated[Path, typer.Argument(help="Where the project goes; it must be new or empty.")] = Path(),
    template: Annotated[str, typer.Option("--template", help="The plan to begin with.")] = "saas-ae",
    program: Annotated[str | None, typer.Option("--program", help="A program beside it, for the payees of every plan.")] = None,
    company: Annotated[str, typer.Option("--company", help="The company's name.")] = "Acme",
    currency: Annotated[str, typer.Option("--currency", help="Currency of the plan and of the totals.")] = "USD",
    listed: Annotated[bool, typer.Option("--list", help="List the templates.")] = False,
) -> None:
    """Write a project that runs: commcalc.yaml with every reading, a plan, and small data to replace by yours."""
    known, programs = templates(), templates("programs")
    if listed:
        for name, file in (*known.items(), *programs.items()):
            print(f"{name:<20} {_about(file)}{' (--program)' if name in programs else ''}")
        return
    asked = (("template", template, known), ("program", program, programs), ("currency", currency, CURRENCIES))
    for what, said, names in asked:
        if said is not None and said not in names:
            near = nearest(said, names)
            there = f"did you mean `{near}`?" if near else f"for instance {', '.join(list(names)[:5])}"
            shown.note(f"there is no {what} `{said}`; {there}")
            raise typer.Exit(2)
    if folder.exists() and (not folder.is_dir() or any(f.name != ".git" for f in folder.iterdir())):
        shown.note(f"{folder} is not empty; name a new folder: commcalc init my-plans")
        raise typer.Exit(2)
    sources = [_library() / f"{template}{ending}" for ending in ENDINGS]
    sources += [_library() / "programs" / f"{program}{ending}" for ending in ENDINGS if program is not None]
    plans = {f"plans/{f.name}": f.read_text(encoding="utf-8").replace("USD", currency) for f in sources}
    data = {f.name: f.read_text(encoding="utf-8") for f in (_library() / "samples" / template).iterdir()}
    tables = data.pop("commcalc.yaml.part").replace("USD", currency)
    project = PROJECT.format(company=json.dumps(company, ensure_ascii=False), currency=currency, tables=tables)
    files = {"commcalc.yaml": project, **plans, **{f"data/{name}": text for name, text in sorted(data.items())}}
    try:
        _write(folder, {**files, ".gitignore": IGNORE})
    except OSError as error:
        shown.note(f"{error.filename or folder} cannot be written: {error.strerror}")
        raise typer.Exit(3) from None
    where = "" if folder == Path() else f" --project {shlex.quote(str(folder))}"
    shown.note(f"a project is in {folder.resolve()}; next: commcalc calculate{where} --period 2026-01")


def _about(file: Traversable) -> str:
    first = file.read_text(encoding="utf-8").splitlines()[0]
    return first.lstrip("# ") if first.startswith("#") else ""


def _write(folder: Path, files: dict[str, str]) -> None:
    for file, text in files.items():
        path = folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")


verb.__doc__ = (verb.__doc__ or "") + EPILOG
