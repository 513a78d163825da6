"""A small editor: starts the real server and speaks the protocol over its standard input and output.

Not pytest-lsp, though its newest release fits pygls 2: it brings pytest-asyncio into every test of the project, and its client is pygls' own,
so that a fault in pygls' framing or types would be on both sides. What is sent and what comes back here is plain JSON.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[2]
PATIENCE = 60.0
"""Seconds: far beyond what anything takes, so that only what never comes fails."""

# As `python -I -m hitsave_server.lsp` where HitSave is installed; -I leaves out PYTHONPATH, so a tree that is not is put on the path by hand.
START = f"import sys, runpy; sys.path[:0] = [{str(REPOSITORY)!r}, {str(REPOSITORY / 'server')!r}]; runpy.run_module('hitsave_server.lsp', run_name='__main__', alter_sys=True)"

CAPABILITIES: dict[str, Any] = {
    "general": {"positionEncodings": ["utf-16"]},
    "workspace": {
        "inlayHint": {"refreshSupport": True},
        "codeLens": {"refreshSupport": True},
        "workspaceFolders": True,
        "configuration": False,
        "didChangeWatchedFiles": {"dynamicRegistration": True},
        "applyEdit": True,
    },
    "window": {"workDoneProgress": True, "showDocument": {"support": True}},
    "textDocument": {
        "inlayHint": {"resolveSupport": {"properties": ["tooltip"]}},
        "publishDiagnostics": {"relatedInformation": True},
        "codeAction": {"codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["quickfix", "refactor", "source"]}}},
        "hover": {"contentFormat": ["markdown"]},
    },
    "notebookDocument": {"synchronization": {"dynamicRegistration": False}},
}


class ResponseError(Exception):
    """The server answered with an error."""


class Editor:
    """One editor with one server."""

    def __init__(self, environment: Mapping[str, str], *, cwd: Path, command: list[str] | None = None) -> None:
        command = command or [sys.executable, "-I", "-X", "utf8", "-c", START]
        # Tests wait as long as it takes for what they typed to be analysed, so that a busy machine changes nothing.
        environment = {"HITSAVE_LSP_PATIENCE": str(PATIENCE / 2), **environment}
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment, cwd=cwd)
        self.notifications: list[dict[str, Any]] = []
        self.requests: list[dict[str, Any]] = []
        self.slow_with: set[str] = set()
        """Methods of the server's requests that are not answered by themselves, but by `reply`."""
        self.log: list[str] = []
        self.capabilities: dict[str, Any] = {}
        self.encoding = "utf-16"
        self._answers: dict[int, queue.Queue[dict[str, Any]]] = {}
        self._news = threading.Condition()
        self._number = 0
        self._versions: dict[str, int] = {}
        self.texts: dict[str, str] = {}
        threading.Thread(target=self._read, daemon=True).start()
        threading.Thread(target=self._read_log, daemon=True).start()

    # --- messages --------------------------------------------------------------------------------------------------

    def request(self, method: str, params: Any = None) -> Any:
        """Ask, and wait for the answer."""
        return self.result(self.ask(method, params))

    def ask(self, method: str, params: Any = None) -> int:
        """Ask without waiting; the request's number."""
        self._number += 1
        self._answers[self._number] = queue.Queue()
        self._send({"jsonrpc": "2.0", "id": self._number, "method": method, "params": params})
        return self._number

    def result(self, number: int) -> Any:
        """The answer to a request."""
        try:
            answer = self._answers[number].get(timeout=PATIENCE)
        except queue.Empty:
            raise AssertionError(f"no answer; the server's log: {''.join(self.log)}") from None
        if "error" in answer:
            raise ResponseError(answer["error"])
        return answer.get("result")

    def notify(self, method: str, params: Any = None) -> None:
        """Tell."""
        self._send({"jsonrpc": "2.0", "method": method, "params": params})

    def until(self, found: Callable[[], Any]) -> Any:
        """What `found` gives, once it gives something; asked again whenever the server says something, and now and then."""
        deadline = time.monotonic() + PATIENCE
        while True:
            value = found()
            if value:
                return value
            if time.monotonic() > deadline or self.process.poll() is not None:
                raise AssertionError(f"it did not come; the server's log: {''.join(self.log)}")
            with self._news:
                self._news.wait(0.1)

    def _send(self, message: dict[str, Any]) -> None:
        assert self.process.stdin is not None
        content = json.dumps(message).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(content) + content)
        self.process.stdin.flush()

    def _read(self) -> None:
        stream = self.process.stdout
        assert stream is not None
        while True:
            length = 0
            while (line := stream.readline()).strip():
                if line.lower().startswith(b"content-length:"):
                    length = int(line.split(b":")[1])
            if not line or not length:
                return
            self._take(json.loads(stream.read(length)))

    def _take(self, message: dict[str, Any]) -> None:
        if "method" not in message:
            self._answers.setdefault(message["id"], queue.Queue()).put(message)
        elif "id" in message:
            self.requests.append(message)
            if message["method"] not in self.slow_with:
                self.reply(message)
        else:
            self.notifications.append(message)
        with self._news:
            self._news.notify_all()

    def reply(self, message: dict[str, Any]) -> None:
        """Answer a request of the server's."""
        self._send({"jsonrpc": "2.0", "id": message["id"], "result": self.answer(message)})

    def answer(self, message: dict[str, Any]) -> Any:
        """What is answered to the server's own requests."""
        if message["method"] == "workspace/applyEdit":
            return {"applied": True}
        return {"success": True} if message["method"] == "window/showDocument" else None

    def _read_log(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.log.append(line.decode("utf-8", "replace"))

    # --- a session -------------------------------------------------------------------------------------------------

    def begin(
        self, *folders: Path, options: dict[str, Any] | None = None, capabilities: dict[str, Any] | None = None, encodings: list[str] | None = None
    ) -> dict[str, Any]:
        """Initialize, with these workspace folders."""
        wanted = dict(CAPABILITIES if capabilities is None else capabilities)
        if encodings is not None:
            wanted["general"] = {"positionEncodings": encodings}
        answer = self.request(
            "initialize",
            {
                "processId": os.getpid(),
                "rootUri": folders[0].as_uri() if folders else None,
                "workspaceFolders": [{"uri": f.as_uri(), "name": f.name} for f in folders] or None,
                "capabilities": wanted,
                "initializationOptions": options or {},
            },
        )
        self.capabilities = answer["capabilities"]
        self.encoding = self.capabilities["positionEncoding"]
        self.notify("initialized", {})
        return answer

    def open(self, path: Path, text: str | None = None) -> str:
        """Open a file; its URI."""
        uri = path.as_uri()
        self.texts[uri] = path.read_text(encoding="utf-8") if text is None else text
        self._versions[uri] = 1
        self.notify("textDocument/didOpen", {"textDocument": {"uri": uri, "languageId": "python", "version": 1, "text": self.texts[uri]}})
        return uri

    def change(self, uri: str, text: str) -> None:
        """Replace the whole text."""
        self._versions[uri] += 1
        self.texts[uri] = text
        self.notify("textDocument/didChange", {"textDocument": {"uri": uri, "version": self._versions[uri]}, "contentChanges": [{"text": text}]})

    def replace(self, uri: str, old: str, new: str) -> None:
        """Replace a passage, as a change of a range of it."""
        text = self.texts[uri]
        start = text.index(old)
        self._versions[uri] += 1
        self.texts[uri] = text[:start] + new + text[start + len(old) :]
        edit = {"range": {"start": self.position(text, start), "end": self.position(text, start + len(old))}, "text": new}
        self.notify("textDocument/didChange", {"textDocument": {"uri": uri, "version": self._versions[uri]}, "contentChanges": [edit]})

    def position(self, text: str, offset: int) -> dict[str, int]:
        """An offset as a position in the encoding that was agreed on."""
        line = text.count("\n", 0, offset)
        start = text.rfind("\n", 0, offset) + 1
        before = text[start:offset]
        size = {"utf-8": len(before.encode()), "utf-16": len(before.encode("utf-16-le")) // 2, "utf-32": len(before)}[self.encoding]
        return {"line": line, "character": size}

    def at(self, uri: str, passage: str, inside: int = 0) -> dict[str, Any]:
        """The parameters of a request about the place of a passage."""
        text = self.texts[uri]
        return {"textDocument": {"uri": uri}, "position": self.position(text, text.index(passage) + inside)}

    def hints(self, uri: str) -> dict[str, list[str]]:
        """The labels of the hints of a document, by the text of their lines."""
        found: dict[str, list[str]] = {}
        lines = self.texts[uri].splitlines()
        for hint in self.raw_hints(uri):
            found.setdefault(lines[hint["position"]["line"]].strip(), []).append(hint["label"])
        return found

    def raw_hints(self, uri: str) -> list[dict[str, Any]]:
        """The hints of a document."""
        everything = {"start": {"line": 0, "character": 0}, "end": {"line": 1_000_000, "character": 0}}
        return self.request("textDocument/inlayHint", {"textDocument": {"uri": uri}, "range": everything})

    def hint(self, uri: str, line: str) -> str:
        """The first hint at a line with this text, once there is one."""
        return self.until(lambda: self.hints(uri).get(line))[0]

    def said(self, method: str) -> list[Any]:
        """The parameters of all notifications of one method."""
        return [n.get("params") for n in self.notifications if n["method"] == method]

    def close(self) -> None:
        """End the session, and the server."""
        if self.process.poll() is None:
            try:
                self.request("shutdown")
                self.notify("exit")
                self.process.wait(PATIENCE)
            except (OSError, AssertionError):
                self.process.kill()
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()
        self.process.wait(PATIENCE)
