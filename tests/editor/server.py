"""A language server as an editor talks to it: a process, messages over its pipes, one open file at a time."""

from __future__ import annotations

import json
import os
import queue
import shutil
import subprocess
import threading
from pathlib import Path
from typing import Any

PATIENCE = 60


def found() -> str | None:
    """Return the yaml-language-server of this machine, where there is one."""
    return os.environ.get("COMMCALC_YAML_LANGUAGE_SERVER") or shutil.which("yaml-language-server")


class Server:
    """The server, started and told about a folder."""

    def __init__(self, program: str, folder: Path) -> None:
        self.process = subprocess.Popen(
            [program, "--stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=folder
        )
        self.underlined: queue.Queue[dict[str, Any]] = queue.Queue()
        self.answers: queue.Queue[dict[str, Any]] = queue.Queue()
        self.count = 0
        threading.Thread(target=self._listen, daemon=True).start()
        can = {
            "workspace": {"configuration": True},
            "textDocument": {
                "completion": {"completionItem": {"snippetSupport": False}},
                "hover": {"contentFormat": ["markdown", "plaintext"]},
            },
        }
        self.ask("initialize", {"processId": os.getpid(), "rootUri": folder.as_uri(), "capabilities": can})
        self.tell("initialized", {})

    def close(self) -> None:
        """End the process."""
        self.ask("shutdown", None)
        self.tell("exit", None)
        self.process.wait(PATIENCE)

    def ask(self, method: str, params: object) -> Any:
        """Send a request and return its answer."""
        self.count += 1
        mine = self.count
        self._send({"id": mine, "method": method, "params": params})
        while True:
            answer = self.answers.get(timeout=PATIENCE)
            if answer.get("id") == mine:
                assert "error" not in answer, answer
                return answer.get("result")

    def tell(self, method: str, params: object) -> None:
        """Send what has no answer."""
        self._send({"method": method, "params": params})

    def open(self, file: Path, text: str) -> None:
        """Show the server a file that is not saved yet."""
        self.tell(
            "textDocument/didOpen", {"textDocument": {"uri": file.as_uri(), "languageId": "yaml", "version": 1, "text": text}}
        )

    def wrong(self, file: Path) -> list[str]:
        """Return what the server underlines in a file that was opened."""
        while True:
            told = self.underlined.get(timeout=PATIENCE)
            if told["uri"] == file.as_uri():
                return [f"{d['range']['start']['line'] + 1}: {d['message']}" for d in told["diagnostics"]]

    def offered(self, file: Path, line: int, column: int) -> dict[str, dict[str, Any]]:
        """Return what completion offers at a place counted from 0, by label."""
        at = {"textDocument": {"uri": file.as_uri()}, "position": {"line": line, "character": column}}
        answer = self.ask("textDocument/completion", at) or {}
        return {item["label"]: item for item in (answer["items"] if isinstance(answer, dict) else answer)}

    def told(self, file: Path, line: int, column: int) -> str:
        """Return what hovering over a place shows."""
        at = {"textDocument": {"uri": file.as_uri()}, "position": {"line": line, "character": column}}
        answer = self.ask("textDocument/hover", at)
        return "" if answer is None else json.dumps(answer["contents"], ensure_ascii=False)

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self.process.stdin is not None
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self.process.stdin.flush()

    def _listen(self) -> None:
        """Hand on answers, and answer what the server itself asks: nothing is configured but its own defaults."""
        out = self.process.stdout
        assert out is not None
        while True:
            size = 0
            while (header := out.readline().strip()) != b"":
                if header.lower().startswith(b"content-length:"):
                    size = int(header.split(b":")[1])
            if not size:
                return
            message = json.loads(out.read(size))
            if "method" not in message:
                self.answers.put(message)
            elif message["method"] == "textDocument/publishDiagnostics":
                self.underlined.put(message["params"])
            elif "id" in message:
                asked = message["params"].get("items", []) if isinstance(message.get("params"), dict) else []
                given = [SETTINGS if item.get("section") == "yaml" else None for item in asked]
                self._send({"id": message["id"], "result": given if message["method"] == "workspace/configuration" else None})


SETTINGS = {"completion": True, "hover": True, "validate": True, "schemaStore": {"enable": False}}
