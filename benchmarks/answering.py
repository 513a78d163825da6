"""How often a server answers one request, and what that costs of the processor, beside a route of Starlette's that does nothing."""

from __future__ import annotations

import os
import select
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from statistics import median
from typing import NamedTuple

from hitsave.storage import wire
from tests.hub.running import Hub
from tests.hub.servers import free_port, until

CONNECTIONS = 32
ROUNDS = 3


class Figure(NamedTuple):
    """One line of the table: what was done, how fast the hub is and how fast its floor, the ratio of these, what to say besides, and processor time of one request in µs, PostgreSQL's with it."""

    what: str
    hub: str
    floor: str = ""
    ratio: float | None = None
    beside: str = ""
    micros: float = 0.0

    def __str__(self) -> str:
        return f"| {self.what} | {self.hub} | {self.floor} | {'' if self.ratio is None else f'{self.ratio:.2f}'} | {self.beside} |"


BARE = """
import sys, uvicorn
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, Router

ANSWER = bytes(int(sys.argv[2]))

async def answer(request: Request) -> Response:
    await request.body()
    return Response(ANSWER, media_type="application/msgpack")

app = Router([Route("/bare", answer, methods=["POST"])])

if __name__ == "__main__":
    uvicorn.run("bare:app", port=int(sys.argv[1]), workers=int(sys.argv[3]), http="httptools", access_log=False, log_level="warning",
        server_header=False, proxy_headers=True, timeout_keep_alive=75, backlog=2048)
"""


def asked(port: int, request: bytes, seconds: float, connections: int = CONNECTIONS) -> list[float]:
    """How long this request takes each time that it is answered within so many seconds, over these connections at once.

    The client shares the processors with what it measures, so it does as little as can be, the same for the hub and for the bare route: bytes out, and as many in as the first answer had.
    """
    sockets: dict[int, socket.socket] = {}
    with ExitStack() as stack:
        poll = stack.enter_context(select.epoll())
        for _ in range(connections):
            one = stack.enter_context(socket.create_connection(("127.0.0.1", port)))
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sockets[one.fileno()] = one
            poll.register(one, select.EPOLLIN)
        length = _length(one, request)
        came, began, took = dict.fromkeys(sockets, 0), dict.fromkeys(sockets, 0.0), list[float]()
        now = time.perf_counter()
        end = now + seconds
        for number, each in sockets.items():
            began[number] = now
            each.sendall(request)
        while now < end:
            for number, _ in poll.poll(1):
                answer = sockets[number].recv(1 << 18)
                assert came[number] or answer.startswith(b"HTTP/1.1 200"), answer[:500]
                came[number] += len(answer)
                if came[number] >= length:
                    assert came[number] == length, "answers differ in length"
                    now = time.perf_counter()
                    took.append(now - began[number])
                    came[number], began[number] = 0, now
                    sockets[number].sendall(request)
            now = time.perf_counter()
    return sorted(took)


def _length(one: socket.socket, request: bytes) -> int:
    """How many bytes the answer to a request has, head and all."""
    one.sendall(request)
    answer = b""
    while b"\r\n\r\n" not in answer:
        answer += one.recv(1 << 18)
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200"), answer[:500]
    left = next(int(line.partition(b":")[2]) for line in head.lower().splitlines() if line.startswith(b"content-length")) - len(body)
    while left:
        answer += (more := one.recv(1 << 18))
        left -= len(more)
    return len(answer)


def post(path: str, content: bytes, token: str = "") -> bytes:
    """A request as bytes."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: hub\r\nContent-Type: {wire.MEDIA}\r\nAuthorization: Bearer {token}\r\nContent-Length: {len(content)}\r\n\r\n"
    )
    return head.encode() + content


@contextmanager
def bare(folder: Path, answer: int, workers: int) -> Iterator[tuple[int, int]]:
    """A Starlette application with one route that answers so many bytes: its port, and its process."""
    (folder / "bare.py").write_text(BARE)
    port = free_port()
    process = subprocess.Popen([sys.executable, "bare.py", str(port), str(answer), str(workers)], cwd=folder)
    try:
        import httpx

        def answers() -> bool:
            try:
                return httpx.post(f"http://127.0.0.1:{port}/bare").status_code == 200
            except httpx.HTTPError:
                return False

        until(answers, "the bare route")
        yield port, process.pid
    finally:
        process.terminate()
        process.wait()


def against_bare(
    what: str, hub: Hub, request: bytes, postgres: int, folder: Path, *, content: bytes, token: str, answer: int, workers: int, seconds: float
) -> Figure:
    """One request of a hub, in turns with the bare route, which is sent the same `content` and `token`, answers as many bytes, and has the hub's uvicorn, with its settings."""
    rates: dict[str, list[float]] = {"hub": [], "bare": []}
    cost: dict[str, list[float]] = {"hub": [], "bare": [], "database": []}
    latencies: list[float] = []
    assert hub.process is not None
    with bare(folder, answer, workers) as (port, pid):
        # The same bytes in and out: the bare route is sent a token that it does not look at.
        asked_of = {"bare": (port, pid, post("/bare", content, token)), "hub": (hub.port, hub.process.pid, request)}
        for _ in range(ROUNDS):
            for name, (where, process, sent) in asked_of.items():
                before, before_database = processor_seconds(process), processor_seconds(postgres)
                took = asked(where, sent, seconds)
                answered = len(took)
                rates[name].append(answered / seconds)
                cost[name].append(1e6 * (processor_seconds(process) - before) / answered)
                if name == "hub":
                    cost["database"].append(1e6 * (processor_seconds(postgres) - before_database) / answered)
                    latencies += took
    latencies.sort()
    median_ms, slow_ms = (latencies[int(len(latencies) * share)] * 1000 for share in (0.5, 0.99))
    used = {name: median(each) for name, each in cost.items()}
    return Figure(
        what,
        f"{median(rates['hub']):,.0f}/s",
        f"{median(rates['bare']):,.0f}/s, a bare route",
        median(h / b for h, b in zip(rates["hub"], rates["bare"], strict=True)),
        f"{median_ms:.1f} ms, 99 % in {slow_ms:.1f} ms, over {CONNECTIONS} connections; of a processor {used['hub']:.0f} µs each, the bare route {used['bare']:.0f} µs"
        f" (ratio {used['bare'] / used['hub']:.2f}), PostgreSQL {used['database']:.0f} µs",
        used["hub"] + used["database"],
    )


def processor_seconds(pid: int) -> float:
    """What a process and its children have used of processors, those that have ended too. Unlike what is answered in a second, it hardly depends on what else the machine does."""
    ticks = 0
    for each in family(pid):
        with suppress(FileNotFoundError):  # it ends meanwhile
            ticks += sum(map(int, Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")


def family(pid: int) -> list[str]:
    """A process and its children."""
    return [str(pid), *Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
