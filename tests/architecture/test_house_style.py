"""The house style is held by tests: layers, ceilings, docstrings, one broad except, and nothing that starts slowly."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "commcalc"
LAYERS = {
    "base": 0,
    "language": 1,
    "tables": 1,
    "plan": 2,
    "checks": 3,
    "advice": 3,
    "inputs": 3,
    "engine": 3,
    "reference": 3,
    "documents": 4,
    "exports": 4,
    "ledger": 4,
    "studies": 4,
    "plans_and_tables": 4,
    "month_end": 5,
    "closing": 5,
    "paying": 5,
    "reproducing": 5,
    "plan_trial": 5,
    "boundaries": 5,
    "dry_run": 5,
    "api": 5,
    "cli": 6,
    "__init__": 6,
    "__main__": 7,
}
MOST_LINES, MOST_IN_FUNCTION = 400, 60
FILES = sorted(p for p in SOURCE.rglob("*.py"))


def _layer(module: str) -> str:
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else "__init__"


def _module(file: Path) -> str:
    return ".".join(["commcalc", *file.relative_to(SOURCE).with_suffix("").parts])


def _imports(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield node.module
        elif isinstance(node, ast.Import):
            yield from (name.name for name in node.names)


@pytest.mark.parametrize("file", FILES, ids=lambda f: str(f.relative_to(SOURCE)))
def test_a_file_imports_only_its_own_layer_or_a_lower_one(file: Path) -> None:
    mine = _layer(_module(file))
    for name in _imports(file):
        if name.startswith("commcalc"):
            assert LAYERS[_layer(name)] <= LAYERS[mine], f"{file.name} imports {name}"


def test_engine_and_reference_know_nothing_of_each_other() -> None:
    for file in FILES:
        mine = _layer(_module(file))
        other = {"engine": "reference", "reference": "engine"}.get(mine)
        if other:
            assert not any(name.startswith(f"commcalc.{other}") for name in _imports(file)), file


def test_only_tables_and_what_stands_on_them_know_polars() -> None:
    for file in FILES:
        if _layer(_module(file)) in ("base", "language", "plan", "checks", "advice", "reference"):
            assert not any(name.split(".")[0] == "polars" for name in _imports(file)), file
        if _layer(_module(file)) == "tables":
            assert not any(name.split(".")[0] == "pydantic" for name in _imports(file)), file


def test_no_circles_among_modules() -> None:
    graph = {_module(f): {n for n in _imports(f) if n.startswith("commcalc.")} for f in FILES}
    known = set(graph)
    done: set[str] = set()

    def visit(module: str, path: tuple[str, ...]) -> None:
        assert module not in path, " -> ".join((*path, module))
        if module in done:
            return
        for name in graph.get(module, ()):
            if name in known and not (module in ("commcalc.month_end", "commcalc.dry_run") and name == "commcalc.api"):
                visit(name, (*path, module))
        done.add(module)

    for module in sorted(graph):
        visit(module, ())


@pytest.mark.parametrize("file", FILES, ids=lambda f: str(f.relative_to(SOURCE)))
def test_files_and_functions_stay_small_and_say_what_they_are(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    tree = ast.parse(text)
    assert text.count("\n") <= MOST_LINES, f"{text.count(chr(10))} lines"
    assert ast.get_docstring(tree), "the first line of a module says what it is for"
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            size = (node.end_lineno or 0) - node.lineno + 1
            assert size <= MOST_IN_FUNCTION, f"{node.name} has {size} lines"


def test_one_broad_except() -> None:
    broad = []
    for file in FILES:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ExceptHandler) and (
                node.type is None or (isinstance(node.type, ast.Name) and node.type.id == "Exception")
            ):
                broad.append(str(file.relative_to(SOURCE)))
    assert broad == ["cli/main.py"]


def test_no_float_near_money() -> None:
    for file in FILES:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            called = node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""
            assert called != "float", f"{file}: float()"
            assert not (isinstance(node, ast.Attribute) and node.attr in ("Float64", "Float32")), file
            assert not (
                isinstance(node, ast.Constant)
                and isinstance(node.value, float)
                and _layer(_module(file)) in ("tables", "engine", "reference")
            ), file


def test_the_text_of_the_project_speaks_of_the_project_alone() -> None:
    shown = [
        *FILES,
        ROOT / "README.md",
        *(ROOT / "docs").rglob("*.md"),
        *(ROOT / "examples").rglob("*"),
        *(ROOT / "plans").rglob("*"),
    ]
    for file in (f for f in shown if f.is_file() and f.suffix in (".py", ".md", ".yaml", ".csv")):
        text = file.read_text(encoding="utf-8")
        assert not re.search(r"/work/|/root/|/tmp/|\bthis session\b|\bthe lead\b", text), file


def _loaded(*arguments: str, cwd: Path) -> set[str]:
    code = (
        "import sys\nsys.argv = ['commcalc', *sys.argv[1:]]\nfrom commcalc.cli.main import run\n"
        "try:\n    run()\nexcept SystemExit:\n    pass\nprint('LOADED', 'polars' in sys.modules, file=sys.stderr)\n"
    )
    ran = subprocess.run([sys.executable, "-c", code, *arguments], cwd=cwd, capture_output=True, text=True, check=False)
    return set(re.findall(r"LOADED (\w+)", ran.stderr))


@pytest.mark.parametrize("arguments", [("--help",), ("calculate", "--help"), ("validate",), ("explain", "code", "K120")])
def test_help_and_validate_do_without_polars(arguments: tuple[str, ...]) -> None:
    expected = {"True"} if arguments[0] == "explain" else {"False"}
    assert _loaded(*arguments, cwd=ROOT / "examples" / "first-month") == expected


def test_lint_and_types() -> None:
    for tool in (("ruff", "check", "src", "tests"), ("ruff", "format", "--check", "src", "tests"), ("mypy",)):
        ran = subprocess.run([sys.executable, "-m", *tool], cwd=ROOT, capture_output=True, text=True, check=False)
        assert ran.returncode == 0, ran.stdout[-3000:] + ran.stderr[-2000:]
