"""Pages: the templates, in which every text is escaped, and the style that alone a page's policy lets in."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from jinja2 import Environment, PackageLoader
from markupsafe import Markup

from commcalc.base.render import shown


def environment() -> Environment:
    """Return what reads the templates; what stands in a name is shown as what it is."""
    loader = PackageLoader("commcalc.documents", "templates")
    return Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True, finalize=_visible)


def styled(templates: Environment, *files: str) -> tuple[Markup, str]:
    """Return the styles of these files as one, and the digest by which the page's policy knows it."""
    assert templates.loader is not None
    style = "".join(templates.loader.get_source(templates, file)[0] for file in files)
    return Markup(style), base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()


def _visible(value: Any) -> Any:
    """Show control characters and direction marks of names as what they are."""
    return shown(value) if isinstance(value, str) and not isinstance(value, Markup) else value
