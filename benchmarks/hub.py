"""What a hub on PostgreSQL and S3 does: look-ups a second against a route that does nothing, bytes a second against the store itself, and a crowd of clients.

    python benchmarks/hub.py [--seconds N] [--crowd N] [--crowd-seconds N] [--print]

It writes its figures into docs/hub.md; with --print it only prints them. Each number has a floor that is taken in the same run, in turns with it. On one machine all of it shares the processors: clients, hub, PostgreSQL and Ceph.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "server")]

from answering import ROUNDS, Figure, against_bare, family, post  # noqa: E402 - after the path is set

from hitsave.digest import Digest  # noqa: E402
from hitsave.storage import wire  # noqa: E402
from hitsave.storage.team.client import Hub as Team  # noqa: E402
from hitsave.storage.team.receiving import chunks_of  # noqa: E402
from hitsave.storage.team.sending import send_large  # noqa: E402
from hitsave.storage.team.transport import Transport  # noqa: E402
from hitsave.storage.wire import CHUNK_SIZE, chunk_digest, object_digest  # noqa: E402
from tests.hub.running import Client, Hub  # noqa: E402
from tests.hub.servers import Postgres, Radosgw, signed  # noqa: E402

PAGE = ROOT / "docs" / "hub.md"
MARKS = "<!-- measured -->", "<!-- end of measured -->"


def look_ups(hub: Hub, client: Client, postgres: int, folder: Path, workers: int, seconds: float) -> Iterator[Figure]:
    """Look-ups of 1 and of 100 keys, half of which are there, in turns with the bare route."""
    entries = [client.put(b"value %d" % n) for n in range(50)]
    for count in (1, 100):
        keys = [bytes(entries[n // 2].key) if n % 2 == 0 else secrets.token_bytes(32) for n in range(count)]
        content = wire.encode({"wanted": [{"key": key} for key in keys], "tiers": ["ci", "member"]})
        answer = len(client.send("POST", "…/lookup", content=content, headers={"Content-Type": wire.MEDIA}).content)
        request = post(f"/v1/projects/{client.project}/lookup", content, client.token)
        what = f"look-ups of {count} key{'s' * (count > 1)}, {workers} worker{'s' * (workers > 1)}"
        yield against_bare(what, hub, request, postgres, folder, content=content, token=client.token, answer=answer, workers=workers, seconds=seconds)


def lease_words(hub: Hub, client: Client, postgres: int, folder: Path, seconds: float) -> Figure:
    """The word of a client that still computes what it holds the lease of, in turns with the bare route."""
    path = f"…/leases/{secrets.token_bytes(32).hex()}"
    asked = {"owner": "a benchmark", "ttl_ms": 600_000}
    content = wire.encode({**asked, "token": client.ask("POST", path, asked)["token"]})
    answer = len(client.send("POST", path, content=content, headers={"Content-Type": wire.MEDIA}).content)
    request = post(path.replace("…", f"/v1/projects/{client.project}"), content, client.token)
    return against_bare(
        "words of one lease, 1 worker", hub, request, postgres, folder, content=content, token=client.token, answer=answer, workers=1, seconds=seconds
    )


def transfers(client: Client, store: Radosgw, bucket: str, size: int) -> Iterator[Figure]:
    """A value of `size` bytes up and down through the hub, in turns with curl to the store. By curl, too, so that both clients are the same program; and by HitSave's client, of which a chunk travels while the hub stores the one before."""
    took: dict[str, list[tuple[float, float]]] = {"upload by HitSave": [], "upload by curl": [], "download by HitSave": [], "download by curl": []}
    base = f"{client.url}/v1/projects/{client.project}"
    key = ("-H", f"Authorization: Bearer {client.token}")
    with tempfile.TemporaryDirectory() as name, Transport(client.url, client.token) as transport:
        folder, team = Path(name), Team(transport, client.project)
        for _ in range(ROUNDS):
            for program in ("HitSave", "curl"):
                content = secrets.token_bytes(size)
                digest = object_digest("blob", content)
                source = folder / "value"
                source.write_bytes(content)
                url = f"http://127.0.0.1:{store.port}/{bucket.removeprefix('s3://')}/curl-{secrets.token_hex(4)}"
                direct = curl("PUT", url, content, "--upload-file", str(source))
                if program == "curl":
                    through = upload_by_curl(client, base, key, folder, content, digest)
                else:
                    began = time.perf_counter()
                    send_large(team, "blob", digest, memoryview(content))
                    through = time.perf_counter() - began
                took[f"upload by {program}"].append((through, direct))
                direct = curl("GET", url, b"", "-o", "/dev/null")
                began = time.perf_counter()
                if program == "curl":
                    subprocess.run(["curl", "-sSf", "-o", "/dev/null", *key, f"{base}/objects/{digest}/bytes"], check=True)
                else:
                    for _chunk in chunks_of(team, digest, size, size, 60.0):
                        pass
                took[f"download by {program}"].append((time.perf_counter() - began, direct))
    for what, pairs in took.items():
        through, direct = median(pair[0] for pair in pairs), median(pair[1] for pair in pairs)
        ratio = median(d / t for t, d in pairs)
        yield Figure(f"{what}, {size >> 20} MiB", f"{size / through / 1e6:,.0f} MB/s", f"{size / direct / 1e6:,.0f} MB/s, curl to the store", ratio)


def upload_by_curl(client: Client, base: str, key: tuple[str, str], folder: Path, content: bytes, digest: Digest) -> float:
    """How long curl takes to upload an object's chunks, one after the other."""
    chunks = [content[start : start + CHUNK_SIZE] for start in range(0, len(content), CHUNK_SIZE)]
    names = [chunk_digest(chunk) for chunk in chunks]
    files = [folder / f"chunk-{place}" for place in range(len(chunks))]
    for file, chunk in zip(files, chunks, strict=True):
        file.write_bytes(chunk)
    transfers = [
        part
        for place, (file, name) in enumerate(zip(files, names, strict=True))
        for part in (
            *(["--next"] if place else []),
            *("-sSf", "-o", "/dev/null", *key, "-H", f"HitSave-Object: {digest}"),
            *("-H", f"HitSave-Place: {place}", "--upload-file", str(file), f"{base}/chunks/{name}"),
        )
    ]
    began = time.perf_counter()
    subprocess.run(["curl", *transfers], check=True)
    client.ask("PUT", f"…/objects/{digest}", {"kind": "blob", "size": len(content), "chunks": [bytes(name) for name in names]}, status=201)
    return time.perf_counter() - began


def curl(method: str, url: str, content: bytes, *more: str) -> float:
    """How long curl takes."""
    headers = [part for name, value in signed(method, url, content).items() if name != "host" for part in ("-H", f"{name}: {value}")]
    began = time.perf_counter()
    subprocess.run(["curl", "-sSf", "-o", "/dev/null", *headers, *more, url], check=True)
    return time.perf_counter() - began


def crowd(hub: Hub, client: Client, count: int, seconds: float) -> Figure:
    """So many clients at once for so long, each with look-ups and, every tenth time, a new entry; errors, and the hub's memory as it goes."""
    entries = [client.put(b"crowd %d" % n) for n in range(20)]
    prepared = client.prepared(b"of the crowd")
    path = f"/v1/projects/{client.project}"
    lookup = post(f"{path}/lookup", wire.encode({"wanted": [{"key": bytes(each.key)} for each in entries[:5]], "tiers": ["member"]}), client.token)
    errors = answered = 0
    took: list[float] = []
    memory: list[tuple[float, int]] = []
    began = time.monotonic()

    async def one() -> None:
        nonlocal errors, answered
        from hitsave.storage.ids import new_id
        from tests.hub.running import signed as signed_entry

        reader, writer = await asyncio.open_connection("127.0.0.1", hub.port)
        turn = 0
        while time.monotonic() - began < seconds:
            turn += 1
            request = lookup
            if turn % 10 == 0:
                fresh = prepared._replace(id=new_id(), key=Digest(secrets.token_bytes(32)))
                request = post(f"{path}/entries", wire.encode({"entries": [signed_entry(fresh)]}), client.token)
            sent = time.perf_counter()
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            length = next(int(line.partition(b":")[2]) for line in head.lower().splitlines() if line.startswith(b"content-length"))
            await reader.readexactly(length)
            took.append(time.perf_counter() - sent)
            answered += 1
            errors += not head.startswith(b"HTTP/1.1 200")
            await asyncio.sleep(0.5 * secrets.randbelow(1000) / 1000)
        writer.close()

    async def watch() -> None:
        while time.monotonic() - began < seconds:
            memory.append((time.monotonic() - began, resident(hub)))
            await asyncio.sleep(max(1.0, seconds / 20))

    async def all_of_them() -> None:
        everyone: list[Awaitable[None]] = [one() for _ in range(count)]
        await asyncio.gather(watch(), *everyone)

    asyncio.run(all_of_them())
    took.sort()
    quarter = len(memory) // 4 or 1
    early, late = median(m for _, m in memory[quarter : 2 * quarter] or memory), median(m for _, m in memory[-quarter:])
    return Figure(
        f"{count} clients for {seconds:,.0f} s, 4 workers",
        f"{answered:,} requests, {errors:,} errors",
        "",
        None,
        f"{took[len(took) // 2] * 1000:.1f} ms, 99 % in {took[int(len(took) * 0.99)] * 1000:.1f} ms;"
        f" memory of the hub {early / 1e6:.0f} MB in the second quarter, {late / 1e6:.0f} MB in the last",
    )


def resident(hub: Hub) -> int:
    """Bytes that the hub's processes take of memory."""
    assert hub.process is not None
    return sum(int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in family(hub.process.pid)) * os.sysconf("SC_PAGE_SIZE")


def on_paper(figures: list[Figure]) -> str:
    """What the measured costs come to for 10,000 clients."""
    looked, worded = (next(each.micros for each in figures if each.what.startswith(what)) for what in ("look-ups of 1 key", "words"))
    return (
        f"A look-up takes {looked:.0f} µs of a processor and a word {worded:.0f} µs, PostgreSQL's share included. So 1,000 look-ups and 1,700 words a second take"
        f" {(1_000 * looked + 1_700 * worded) / 1e6:.1f} of such processors: with room for twice as much, {2 * (1_000 * looked + 1_700 * worded) / 1e6:.0f} cores for workers and PostgreSQL together."
    )


def measured(figures: list[Figure], loads: tuple[float, float]) -> str:
    """The section of the page."""
    today = datetime.now(UTC).date()
    where = f"Python {platform.python_version()}, {os.cpu_count()} processors, on which clients, hub, PostgreSQL and Ceph all run"
    lines = [
        f"{today.day} {today:%B %Y}, {where}; load {loads[0]:.1f} before, {loads[1]:.1f} at the end. Each ratio is the median of {ROUNDS} turns of both.",
        "",
        "| | the hub | its floor | ratio | |",
        "|---|---:|---:|---:|---|",
        *map(str, figures),
        "",
        on_paper(figures),
    ]
    return "\n".join(lines)


def put(text: str) -> None:
    """Put the section in its place on the page."""
    begin, end = MARKS
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(begin)
    PAGE.write_text(f"{before}{begin}\n{text}\n{end}{rest.partition(end)[2]}", encoding="utf-8")


def main() -> None:
    """All of it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=5, help="of each measurement of look-ups")
    parser.add_argument("--size", type=int, default=256, help="of what is transferred, in MiB")
    parser.add_argument("--crowd", type=int, default=200)
    parser.add_argument("--crowd-seconds", type=float, default=600)
    parser.add_argument("--print", action="store_true", dest="only_print", help="write no page")
    given = parser.parse_args()
    before = os.getloadavg()[0]
    figures: list[Figure] = []

    def note(figure: Figure) -> None:
        print(figure, flush=True)
        figures.append(figure)

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        postgres, store = Postgres(durable=True), Radosgw(folder / "radosgw")
        stop: list[Callable[[], object]] = [postgres.stop, store.stop]
        try:
            bucket = store.new_bucket()
            environment = {**store.environment, "HITSAVE_HUB_DATABASE": postgres.new_database(), "HITSAVE_HUB_BLOBS": bucket}
            for workers in (1, 4):
                hub = Hub(folder / f"hub-{workers}", environment, "--workers", str(workers))
                if workers == 1:
                    hub.member()
                hub.start()
                stop.append(hub.stop)
                client = hub.key()
                for figure in look_ups(hub, client, postgres.pid, folder, workers, given.seconds):
                    note(figure)
                if workers == 1:
                    note(lease_words(hub, client, postgres.pid, folder, given.seconds))
                    for figure in transfers(client, store, bucket, given.size << 20):
                        note(figure)
                else:
                    note(crowd(hub, client, given.crowd, given.crowd_seconds))
                hub.stop()
        finally:
            for each in reversed(stop):
                each()
    text = measured(figures, (before, os.getloadavg()[0]))
    if given.only_print:
        print(text)
    else:
        put(text)


if __name__ == "__main__":
    main()
