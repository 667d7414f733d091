"""File names made of payee ids: safe on every system, and different for different ids."""

from __future__ import annotations

import hashlib
import re
import unicodedata

RESERVED = {"con", "prn", "aux", "nul", *(f"com{i}" for i in range(1, 10)), *(f"lpt{i}" for i in range(1, 10))}


def file_name(payee: str) -> str:
    """Return a name of plain letters, cut to forty, with eight characters of the id's digest."""
    plain = unicodedata.normalize("NFKD", payee).encode("ascii", "ignore").decode()
    cleaned = re.sub(r"[^A-Za-z0-9]+", "-", plain).strip("-").lower()[:40] or "payee"
    if cleaned in RESERVED:
        cleaned = f"{cleaned}-"
    return f"{cleaned}-{hashlib.sha256(payee.encode()).hexdigest()[:8]}"
