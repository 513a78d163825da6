"""A hostile team server: it answers what files in a folder say, to whom and whatever is asked.

    python -m tests.faults.liar FOLDER

It prints its port. A client of ``/NAME/v1/…`` is lied to as FOLDER/NAME says: msgpack {route: [status, {header: value}, body]}, where a route is "whoami", "lookup", "fetch",
"objects/HEX" or "chunks/HEX". "leases" is the owner of every lease, "" whoever asks for one. Instead of a body there may be [bytes, times], which is sent piece by piece, and as long as the other side takes it. What is not said is forbidden.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import sys
from pathlib import Path
from typing import Any

from hitsave.storage.packing import pack, unpack


async def _answer(folder: Path, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
    """Answer one request; whether another may follow on this connection."""
    head = await reader.readuntil(b"\r\n\r\n")
    _, name, path = head.split(b" ", 2)[1].decode().split("/", 2)
    length = re.search(rb"(?i)\ncontent-length: *(\d+)", head)
    asked = await reader.readexactly(int(length[1]) if length else 0)
    parts = path.split("/")
    route = "/".join(parts[3:]) or parts[-1]
    lies: dict[str, Any] = unpack((folder / name).read_bytes())
    if route.startswith("leases/") and "leases" in lies:
        # Somebody else holds the lease, for ever: who these words say, or whoever asks.
        owner = lies["leases"] or unpack(asked)["owner"]
        lies[route] = [409, {}, pack({"granted": False, "owner": owner, "ttl_ms": 60_000})]
    status, headers, body = lies.get(route, (403, {}, pack({"error": "forbidden", "message": "no"})))
    piece, times = body if isinstance(body, list) else (body, 1)
    told = {"Content-Length": str(len(piece) * times), **headers}
    writer.write("\r\n".join([f"HTTP/1.1 {status} Said", *(f"{key}: {value}" for key, value in told.items()), "", ""]).encode())
    for _ in range(times):
        writer.write(piece)
        await writer.drain()
    return "Connection" not in headers


async def _serve(folder: Path) -> None:
    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            while await _answer(folder, reader, writer):
                pass
        writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", 0, limit=1 << 20)
    print(server.sockets[0].getsockname()[1], flush=True)  # noqa: T201 - what it is started for
    await server.serve_forever()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(Path(sys.argv[1])))
