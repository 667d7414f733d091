"""Puts a report into the one comment of a pull request that is its own: made once, then always the same one changed.

It is run by action.yml and needs nothing but Python. What keeps it from writing is told as a warning and fails nothing: a pull
request from a fork has a token that may only read.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

MOST = 65_536  # characters of a comment, as GitHub has it
PAGE = 100
PAUSES = (1, 3)  # seconds before it is tried again where the server fails
CUT = "\n\n*The report is longer than a comment may be: the summary of this check has the whole of it.*\n"


def main() -> int:
    """Write the report of a file; return the exit status."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("report", type=Path)
    options.add_argument("key", help="what tells this comment from others on the same pull request")
    options.add_argument("--only-update", action="store_true", help="change a comment that is there, but make none")
    given = options.parse_args()
    mark = f"<!-- commcalc dry-run {given.key} -->"
    body = shortened(f"{mark}\n{given.report.read_text(encoding='utf-8')}")
    issue = f"/repos/{os.environ['GITHUB_REPOSITORY']}/issues"
    try:
        found = next((c for c in comments(f"{issue}/{os.environ['COMMCALC_NUMBER']}/comments") if begins(c, mark)), None)
        if found is not None:
            if found["body"] != body:
                asked("PATCH", f"{issue}/comments/{found['id']}", {"body": body})
        elif not given.only_update:
            asked("POST", f"{issue}/{os.environ['COMMCALC_NUMBER']}/comments", {"body": body})
    except urllib.error.HTTPError as error:
        why = (
            " (the job needs `permissions: pull-requests: write`; a fork's token may only read)"
            if error.code in (401, 403, 404)
            else ""
        )
        print(f"::warning title=commcalc::the report is not in a comment: GitHub says {error.code}{why}")
    except (urllib.error.URLError, TimeoutError, ConnectionError) as error:
        print(f"::warning title=commcalc::the report is not in a comment: {' '.join(str(error).split())}")
    return 0


def begins(comment: dict[str, Any], mark: str) -> bool:
    """Whether a comment is the one that was made for the mark."""
    return str(comment.get("body") or "").splitlines()[:1] == [mark]


def shortened(body: str) -> str:
    """Return a text that a comment holds, cut at a line."""
    if len(body) <= MOST:
        return body
    kept = body[: MOST - len(CUT) - 8]
    kept = kept[: kept.rindex("\n")]
    fence = "\n```" if kept.count("\n```") % 2 else ""
    return kept + fence + CUT


def comments(path: str) -> Iterator[dict[str, Any]]:
    """Yield the comments of a pull request, the oldest first."""
    page = 1
    while True:
        found = asked("GET", f"{path}?per_page={PAGE}&page={page}")
        yield from found
        if len(found) < PAGE:
            return
        page += 1


def asked(method: str, path: str, data: dict[str, str] | None = None) -> Any:
    """Ask GitHub; a server that fails is asked again."""
    request = urllib.request.Request(
        os.environ["GITHUB_API_URL"] + path,
        method=method,
        data=json.dumps(data).encode() if data is not None else None,
        headers={
            "Accept": "application/vnd.github+json",
            "Authorization": f"Bearer {os.environ['GITHUB_TOKEN']}",
            "Content-Type": "application/json",
            "X-GitHub-Api-Version": "2022-11-28",
        },
    )
    for pause in (*PAUSES, None):
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            if error.code < 500 or pause is None:
                raise
        time.sleep(pause)
    return None


if __name__ == "__main__":
    sys.exit(main())
