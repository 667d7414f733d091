"""`dry-run`: a changed plan tried against a past span: before, after, who, and why, before anybody signs it."""

from __future__ import annotations

import importlib
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

import commcalc
from commcalc.base.problem import Report
from commcalc.cli import shown

if TYPE_CHECKING:
    from commcalc.api import Project
    from commcalc.documents.dry_run import DryRunPage
    from commcalc.dry_run import DryRun
    from commcalc.studies.limits import Limit

EPILOG = """

**Examples**

```text
commcalc dry-run proposals/sales-rep.yaml        # the last full quarter
commcalc dry-run new-rates --against 2026-01..2026-03  # a branch of git
commcalc dry-run proposals --fail-on 'total > 2%' --fail-on 'losers > 0'
commcalc dry-run proposals --output dry-run.html # for those who sign
commcalc dry-run . --base main --format markdown # a pull request
```
"""
NOTHING = ("K203", "K209")  # nothing to try, or nothing to set it against
Style = Literal["text", "json", "markdown", "html"]
ENDINGS: dict[str, Style] = {".txt": "text", ".json": "json", ".md": "markdown", ".html": "html"}


def verb(
    changed: Annotated[str, typer.Argument(help="A changed plan file, a folder with plans (or a project), or a git ref.")],
    against: Annotated[
        str, typer.Option("--against", help="The past span: last-quarter, 2026-Q1, 2026-01..2026-03, or two dates.")
    ] = "last-quarter",
    base: Annotated[
        str | None, typer.Option("--base", help="What is before, as git has it at this ref; the project, where left out.")
    ] = None,
    project: Annotated[Path, typer.Option("--project", help="The project's folder.")] = Path(),
    fail_on: Annotated[
        list[str] | None, typer.Option("--fail-on", help="A limit; past it the exit status is 1: 'total > 2%', 'payee < -5%'.")
    ] = None,
    waive: Annotated[
        str | None, typer.Option("--waive", help="Why deals credited before the announcement may pay less; it is printed.")
    ] = None,
    style: Annotated[Style | None, typer.Option("--format", help="How the report is written.")] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write it to this file: .txt, .json, .md or .html.")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No messages.")] = False,
) -> None:
    """Try a changed plan against a past span: what each payee is paid before and after, and which change moved each cent."""
    chosen = _style(style, output)
    if waive is not None and not waive.strip():
        raise typer.BadParameter("say why: the reason is printed in the report", param_hint="--waive")
    opened = commcalc.open(project)
    if opened.file is None:
        _refused(opened.report, opened)
    limits = [_limit(text) for text in fail_on or ()]
    ran = _tried(opened, changed, (against, base), quiet=quiet)
    if ran.compared is None or ran.guard is None:
        shown.problems(ran.report, ran.sources, "full")
        raise typer.Exit(shown.status(ran.report))
    past = [_said(limit, limit.passed(ran.compared.comparison)) for limit in limits if limit.passed(ran.compared.comparison)]
    told = [p.message for p in ran.report if p.severity != "error"]
    company = (opened.file.model.company if opened.file else None) or ""
    page = importlib.import_module("commcalc.documents.dry_run").page_of(
        ran.compared, ran.guard, told, (waive or "").strip(), past, company
    )
    _show(page, chosen, output, quiet=quiet)
    if ran.report.errors and waive is None:
        shown.problems(Report(ran.report.errors), ran.sources, "full")
        raise typer.Exit(5)
    if past:
        raise typer.Exit(1)


verb.__doc__ = (verb.__doc__ or "") + EPILOG


def _style(style: Style | None, output: Path | None) -> Style:
    if output is not None and output.suffix not in ENDINGS:
        raise typer.BadParameter(
            f"the file ends in one of {', '.join(ENDINGS)}, so that no input is overwritten", param_hint="--output"
        )
    return style or (ENDINGS[output.suffix] if output is not None else "text")


def _limit(text: str) -> Limit:
    found: Limit | str = importlib.import_module("commcalc.studies.limits").limit_of(text)  # brings polars; help does without
    if isinstance(found, str):
        raise typer.BadParameter(found, param_hint="--fail-on")
    return found


def _said(limit: Limit, passed: tuple[str, ...]) -> str:
    if limit.subject != "payee":
        return limit.text
    named = ", ".join(passed[:5]) + (f" and {len(passed) - 5:,} more" if len(passed) > 5 else "")
    return f"{limit.text} ({named})"


def _refused(report: Report, opened: Project) -> None:
    shown.problems(report, opened.sources, "full")
    raise typer.Exit(3)


def _tried(opened: Project, changed: str, set_against: tuple[str, str | None], *, quiet: bool) -> DryRun:
    module = importlib.import_module("commcalc.dry_run")
    span, ref = set_against
    with ExitStack() as sides:
        before, found = sides.enter_context(module.base_project(opened, ref)) if ref is not None else (opened, Report())
        after, report = sides.enter_context(module.changed_project(opened, changed)) if before is not None else (None, found)
        if before is None or after is None or report.errors:
            sources = after.sources if after is not None else opened.sources
            shown.problems(report, sources, "full")
            raise typer.Exit(3 if any(p.code in NOTHING for p in report) else shown.status(report))
        ran: DryRun = module.compare_projects(before, after, span, shown.progress(quiet=quiet))
        if ran.base_refused and ref is not None:
            shown.progress_over(quiet=quiet)
            shown.problems(module.no_base(ref, ran.report), opened.sources, "full")
            raise typer.Exit(3)
    shown.progress_over(quiet=quiet)
    return ran


def _show(page: DryRunPage, style: Style, output: Path | None, *, quiet: bool) -> None:
    if output is None and style == "text":
        _blocks(page)
        return
    text = _text(page, style)
    if output is None:
        print(text, end="")
        return
    shown.written(output, text)
    if not quiet:
        shown.line(page.head)
        shown.note(f"written to {output}")


def _text(page: DryRunPage, style: Style) -> str:
    if style == "html":
        return str(importlib.import_module("commcalc.documents.dry_run_html").html_of(page))
    if style == "json":
        return shown.json_text(importlib.import_module("commcalc.documents.dry_run_json").facts_of(page)) + "\n"
    texts = importlib.import_module("commcalc.documents.dry_run_text")
    return str(texts.markdown_of(page) if style == "markdown" else texts.text_of(page))


def _blocks(page: DryRunPage) -> None:
    """Print the report on the terminal: tables as wide as it is, no amount cut."""
    blocks = importlib.import_module("commcalc.documents.blocks")
    for number, block in enumerate(blocks.blocks_of(page)):
        if number:
            shown.line("")
        if isinstance(block, blocks.Grid):
            shown.table(block.columns, block.rows, block.title)
            continue
        for text in (*([block.title] if block.title else []), *block.lines):
            shown.line(text)
