"""A small client of the Debug Adapter Protocol: runs a program under debugpy, stops at breakpoints, says where, and lets it go on."""

from __future__ import annotations

import json
import socket
import subprocess
import time
from pathlib import Path
from typing import Any


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def stops_of(process: subprocess.Popen[str], port: int, file: Path, lines: list[int]) -> list[tuple[str, int]]:
    """The places, as (function, line), where a program that waits for a client at `port` stopped; ends when it does."""
    with _connected(process, port) as connection:
        client = _Client(connection)
        client.ask("initialize", adapterID="tests", linesStartAt1=True, pathFormat="path")
        client.ask("attach", justMyCode=False)
        return client.run(file, lines)


def _connected(process: subprocess.Popen[str], port: int) -> socket.socket:
    for _ in range(600):
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=120)
        except OSError:
            assert process.poll() is None, process.communicate()
            time.sleep(0.1)
    raise AssertionError("nobody listens")


class _Client:
    def __init__(self, connection: socket.socket) -> None:
        self.file = connection.makefile("rwb")
        self.number = 0

    def ask(self, command: str, **arguments: Any) -> int:
        """Send a request; its number."""
        self.number += 1
        content = json.dumps({"seq": self.number, "type": "request", "command": command, "arguments": arguments}).encode()
        self.file.write(b"Content-Length: %d\r\n\r\n%s" % (len(content), content))
        self.file.flush()
        return self.number

    def hear(self) -> dict[str, Any]:
        """The next message."""
        length = 0
        while (line := self.file.readline().strip()) or not length:
            if not line:
                return {"event": "terminated"}
            if line.lower().startswith(b"content-length:"):
                length = int(line.partition(b":")[2])
        return json.loads(self.file.read(length))

    def run(self, file: Path, lines: list[int]) -> list[tuple[str, int]]:
        """Set the breakpoints, and go on from each until the program has ended."""
        stops: list[tuple[str, int]] = []
        while True:
            match self.hear():
                case {"event": "initialized"}:
                    self.ask("setBreakpoints", source={"path": str(file)}, breakpoints=[{"line": line} for line in lines])
                    self.ask("configurationDone")
                case {"event": "stopped", "body": {"threadId": thread}}:
                    self.ask("stackTrace", threadId=thread, levels=1)
                case {"command": "stackTrace", "body": {"stackFrames": [top, *_]}}:
                    stops.append((top["name"], top["line"]))
                    self.ask("continue", threadId=thread)
                case {"event": "terminated" | "exited"}:
                    return stops
                case _:
                    pass
