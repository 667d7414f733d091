"""The page of published pay structures says what the files say."""

from __future__ import annotations

from corpus_page import PAGE, page


def test_the_page_of_published_structures_is_made_from_the_files() -> None:
    assert PAGE.read_text(encoding="utf-8") == page()
