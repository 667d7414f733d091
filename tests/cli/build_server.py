"""A machine as a build server lends it: an empty home, the action's own steps run as its runner does, and GitHub's comments."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml

ROOT = Path(__file__).parents[2]
ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
(HOOK,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
TOKEN = "token-of-the-job"
NO_REGISTRY = ("ConnectionError", "NewConnectionError", "No matching distribution", "Could not find a version", "timed out")


def tool(name: str) -> str:
    """Return a program that checks our files, or skip the test where it is not installed."""
    program = shutil.which(name) or shutil.which(name, path=str(Path(sys.executable).parent))
    if program is None:
        pytest.skip(f"{name} is not installed")
    return program


@dataclass(frozen=True)
class Runner:
    """A machine as a build server lends it: an empty home, and commcalc installed by the action's own step."""

    folder: Path

    def run(self, *command: str, at: Path, **more: str) -> subprocess.CompletedProcess[str]:
        """Run a command with the action's program on the path and nothing of this machine's settings."""
        given = {
            "PATH": f"{self.folder}/temp/commcalc/bin:{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin",
            "HOME": str(self.folder / "home"),
            "PRE_COMMIT_HOME": str(self.folder / "pre-commit"),
            "RUNNER_TEMP": str(self.folder / "temp"),
            "GITHUB_PATH": str(self.folder / "path"),
            "GIT_CONFIG_NOSYSTEM": "1",
            "LANG": "C.UTF-8",
            **{f"GIT_{who}_{what}": "a@b.example" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
            **{k: v for k, v in os.environ.items() if k.startswith("PIP_") or k.lower().endswith("_proxy")},
        }
        return subprocess.run(command, cwd=at, env={**given, **more}, capture_output=True, text=True, check=False)

    def step(self, name: str, at: Path, inputs: Mapping[str, str], **more: str) -> subprocess.CompletedProcess[str]:
        """Run a step of the action as its runner does: the script in a file, bash with -e and pipefail."""
        (step,) = (s for s in ACTION["runs"]["steps"] if s["name"] == name)
        known = {
            "github.action_path": str(ROOT),
            "github.token": TOKEN,
            **{f"inputs.{k}": i["default"] for k, i in ACTION["inputs"].items()},
        }
        known |= {key if key.startswith("github.") else f"inputs.{key}": value for key, value in inputs.items()}

        def filled(text: str) -> str:
            return re.sub(r"\$\{\{ ([\w.-]+) \}\}", lambda m: filled(known[m[1]]), text)

        variables = {k: filled(v) for k, v in step["env"].items()}
        place = Path(tempfile.mkdtemp(dir=self.folder))
        script = place / "step.sh"
        script.write_text(step["run"], encoding="utf-8")
        temporary = {} if name == "Install commcalc" else {"RUNNER_TEMP": str(place)}
        shell = ("bash", "--noprofile", "--norc", "-eo", "pipefail", str(script))
        return self.run(*shell, at=at, GITHUB_ACTIONS="true", **temporary, **variables, **more)


@dataclass
class Comments:
    """The comments of pull request 7, as GitHub's API has them; `fails`: statuses with which it answers first."""

    every: list[dict[str, Any]] = field(default_factory=list)
    fails: list[int] = field(default_factory=list)
    asked: list[tuple[str, str]] = field(default_factory=list)
    address: str = ""

    def ours(self) -> list[str]:
        """The texts of the comments that the action made."""
        return [c["body"] for c in self.every if c["body"].startswith("<!-- commcalc ")]

    def answer(self, method: str, path: str, data: dict[str, str] | None) -> tuple[int, object]:
        """Answer as GitHub does: pages of comments, a new one, a changed one."""
        self.asked.append((method, path))
        if self.fails:
            return self.fails.pop(0), {"message": "no"}
        url = urlsplit(path)
        if method == "GET" and url.path == "/repos/acme/plans/issues/7/comments":
            size, page = (int(parse_qs(url.query)[k][0]) for k in ("per_page", "page"))
            return 200, self.every[(page - 1) * size : page * size]
        if method == "POST" and url.path == "/repos/acme/plans/issues/7/comments" and data:
            self.every.append({"id": 1_000 + len(self.every), **data})
            return 201, self.every[-1]
        found = [c for c in self.every if url.path == f"/repos/acme/plans/issues/comments/{c['id']}"]
        if method == "PATCH" and found and data:
            found[0].update(data)
            return 200, found[0]
        return 404, {"message": "Not Found"}


@contextmanager
def github() -> Iterator[Comments]:
    """Serve the comments of a pull request on a port of this machine."""
    comments = Comments()

    class Handler(BaseHTTPRequestHandler):
        def do_any(self) -> None:
            size = int(self.headers.get("Content-Length") or 0)
            data = json.loads(self.rfile.read(size)) if size else None
            allowed = self.headers["Authorization"] == f"Bearer {TOKEN}"
            status, answer = comments.answer(self.command, self.path, data) if allowed else (401, {})
            text = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        do_GET = do_POST = do_PATCH = do_any

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    comments.address = f"http://127.0.0.1:{server.server_port}"
    try:
        yield comments
    finally:
        server.shutdown()
        server.server_close()
