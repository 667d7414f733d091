from __future__ import annotations

from pathlib import Path

import pytest
from months import approved, closed, copied, written


@pytest.fixture(scope="session")
def made_january(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project with January approved, and nothing closed."""
    folder = written(tmp_path_factory.mktemp("january") / "p")
    approved(folder, "2026-01")
    return folder


@pytest.fixture(scope="session")
def made_february(made_january: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project with January closed and February approved."""
    folder = copied(made_january, tmp_path_factory.mktemp("february") / "p")
    closed(folder, "2026-01")
    approved(folder, "2026-02")
    return folder


@pytest.fixture
def january(made_january: Path, tmp_path: Path) -> Path:
    return copied(made_january, tmp_path / "p")


@pytest.fixture
def february(made_february: Path, tmp_path: Path) -> Path:
    return copied(made_february, tmp_path / "p")
