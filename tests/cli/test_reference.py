"""The pages of the language say what the program takes: they are made from it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from commcalc.cli.main import app

DOCS = Path(__file__).parents[2] / "docs"
LANGUAGE = (("plan", "plan-language.md"), ("project", "project-file.md"))
PAGES = (*LANGUAGE, ("files", "files.md"))


def _printed(*words: str) -> str:
    done = CliRunner().invoke(app, ["schema", *words])
    assert done.exit_code == 0, done.output
    return done.stdout


@pytest.mark.parametrize(("what", "page"), PAGES)
def test_the_page_is_what_the_program_prints(what: str, page: str) -> None:
    made = _printed(what, "--format", "markdown")
    assert (DOCS / page).read_text() == made, f"make it anew: commcalc schema {what} --format markdown --output docs/{page}"


@pytest.mark.parametrize(("what", "page"), LANGUAGE)
def test_every_key_stands_on_the_page_once_in_its_part_and_every_link_leads_to_a_part(what: str, page: str) -> None:
    text = (DOCS / page).read_text()
    schema = json.loads(_printed(what))
    parts = [schema, *schema["definitions"].values()]
    for key, found in ((k, v) for part in parts for k, v in part.get("properties", {}).items()):
        meaning = " ".join(found.get("description", "").split()).replace("|", "\\|")
        assert re.search(rf"^\| `{re.escape(key)}` \|.*{re.escape(meaning)}", text, re.MULTILINE), key
    anchors = {h.lower().replace(" ", "-") for h in re.findall(r"^## (.+)$", text, re.MULTILINE)}
    assert set(re.findall(r"\]\(#([^)]+)\)", text)) <= anchors
    sections = re.split(r"^## ", text, flags=re.MULTILINE)[1:]
    assert len({s.partition("\n")[0] for s in sections}) == len(sections)
    for section in sections:
        keys = re.findall(r"^\| `([^`]+)` \|", section, re.MULTILINE)
        assert len(set(keys)) == len(keys)
