"""In Chromium pages fit a phone, load nothing, say nothing to the console, and axe finds nothing serious, light and dark.

Needs playwright, a Chromium, and axe-core: `npm i axe-core` in the project, or its axe.min.js named by AXE.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from made_run import one_of_each, written
from test_statement import WORDS

from commcalc.exports.statements import Order, write_statements

ROOT = Path(__file__).parents[2]
AXE = Path(os.environ.get("AXE") or ROOT / "node_modules" / "axe-core" / "axe.min.js")
BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1100])
def test_pages_are_readable_by_everybody(tmp_path: Path, scheme: str, width: int) -> None:
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if BROWSER is None or not AXE.is_file():
        pytest.skip("no Chromium, or no axe-core: see the first lines of this file")
    run = written(one_of_each(), tmp_path / "out")
    write_statements(run, Order(WORDS, "Acme", teams={"mia": ("ann", "nobody")}), lambda _: None)
    pages = sorted((run.folder / "statements").glob("*.html"))
    assert len(pages) == 3
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        size = {"width": width, "height": 900}
        for path in pages:
            strict = browser.new_page(color_scheme=scheme, viewport=size)
            said: list[str] = []
            asked: list[str] = []
            strict.on("console", lambda message, said=said: said.append(message.text))
            strict.on("request", lambda request, asked=asked: asked.append(request.url))
            strict.goto(path.as_uri())
            assert (said, asked) == ([], [path.as_uri()])
            assert strict.evaluate("document.documentElement.scrollWidth") <= width
            judged = browser.new_context(color_scheme=scheme, viewport=size, bypass_csp=True).new_page()
            judged.goto(path.as_uri())
            judged.evaluate(AXE.read_text(encoding="utf-8"))
            found = judged.evaluate("axe.run(document)")
            assert len(found["passes"]) > 10
            assert [v["id"] for v in found["violations"] if v["impact"] in ("serious", "critical")] == [], path.name
        browser.close()
