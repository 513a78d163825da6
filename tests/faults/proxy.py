"""A network that is at fault: a proxy before a team server, which does with requests of a kind what the first part of their path asks for.

    python -m tests.faults.proxy HUB_PORT

It prints its port. ``/silent.value.7/v1/…`` is ``/v1/…`` of the hub, but that requests for values get no answer; after ``/heal/silent.value.7`` they do.
``/sunk`` says how many requests followed a redirect to where no request of a client may go.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import socket
import struct
import sys
from typing import Final, NamedTuple

PHASES: Final[dict[str, re.Pattern[str]]] = {
    "every request": re.compile(r"."),
    "look-up": re.compile(r"POST .*/lookup$"),
    "value": re.compile(r"POST .*/fetch$|GET .*/(objects|chunks)/"),
    "lease": re.compile(r"POST .*/leases/"),
    "identity": re.compile(r"GET .*/whoami$"),
    "objects": re.compile(r"POST .*/(missing|objects)$|PUT .*/(objects|chunks)/"),
    "entries": re.compile(r"POST .*/entries$"),
}
FAULTS: Final = ("reset", "silent", "late", "dripping", "cut", "garbage", "corrupted", "failing", "busy", "redirected")
_LATE_SECONDS: Final = 1.5
_DRIP_SECONDS: Final = 0.05


class Request(NamedTuple):
    """A request as it came: what it asks (method and path), the head of it for the hub, and its body."""

    asked: str
    head: bytes
    body: bytes


class Proxy:
    """Between clients and the hub at `port`."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._healed: set[str] = set()
        self._sunk = 0

    async def serve(self) -> None:
        """Until it is killed."""
        server = await asyncio.start_server(self._connected, "127.0.0.1", 0, limit=1 << 20)
        print(server.sockets[0].getsockname()[1], flush=True)  # noqa: T201 - what it is started for
        await server.serve_forever()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            while await self._answer(reader, writer):
                pass
        writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answer one request; whether another may follow on this connection."""
        head = await reader.readuntil(b"\r\n\r\n")
        method, path, _ = head.split(b"\r\n", 1)[0].decode().split(" ")
        length = re.search(rb"(?i)\ncontent-length: *(\d+)", head)
        body = await reader.readexactly(int(length[1])) if length else b""
        _, named, *rest = path.split("/")
        if named in {"heal", "sunk", "sink"}:
            self._healed.update(rest if named == "heal" else ())
            self._sunk += named == "sink"
            writer.write(_plain(200, str(self._sunk)))
            return True
        fault, phase, _ = named.split(".")
        own = "/" + "/".join(rest)
        request = Request(f"{method} {own}", head.replace(path.encode(), own.encode(), 1), body)
        if named in self._healed or not PHASES[phase.replace("_", " ")].search(request.asked.partition("?")[0]):
            writer.write(await self._from_hub(request))
            return True
        return await self._fail(fault, request, writer)

    async def _fail(self, fault: str, request: Request, writer: asyncio.StreamWriter) -> bool:
        match fault:
            case "reset":  # the hub has done it, and nobody learns that
                await self._from_hub(request)
                raw: socket.socket = writer.get_extra_info("socket")
                raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                return False
            case "silent":
                await asyncio.sleep(3600)
            case "late":
                answer = await self._from_hub(request)
                await asyncio.sleep(_LATE_SECONDS)
                writer.write(answer)
            case "dripping":
                for byte in await self._from_hub(request):
                    writer.write(bytes([byte]))
                    await writer.drain()
                    await asyncio.sleep(_DRIP_SECONDS)
            case "cut":
                answer = await self._from_hub(request)
                writer.write(answer[: len(answer) * 2 // 3])
                await writer.drain()
                return False
            case "garbage":
                writer.write(bytes(range(256)) * 40)
                await writer.drain()
                return False
            case "corrupted":
                head, _, body = (await self._from_hub(request)).partition(b"\r\n\r\n")
                writer.write(head + b"\r\n\r\n" + bytes(byte ^ (place % 7 == 3) for place, byte in enumerate(body)))
            case "failing":
                writer.write(_plain(500, "it failed"))
            case "busy":
                writer.write(_plain(503, "not now", "Retry-After: 1"))
            case "redirected":
                here = writer.get_extra_info("sockname")[1]
                writer.write(_plain(307, "", f"Location: http://127.0.0.1:{here}/sink"))
            case _:
                raise ValueError(fault)
        return True

    async def _from_hub(self, request: Request) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        writer.write(
            request.head.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n", 1).replace(b"Connection: keep-alive\r\n", b"", 1) + request.body
        )
        answer = await reader.read()
        writer.close()
        return re.sub(rb"(?i)\r\nconnection: close", b"", answer, count=1)


def _plain(status: int, text: str, *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status} Said", "Content-Type: text/plain", f"Content-Length: {len(text)}", *headers, "", text]
    return "\r\n".join(lines).encode()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(Proxy(int(sys.argv[1])).serve())
