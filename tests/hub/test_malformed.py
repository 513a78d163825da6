"""Requests that are wrong: 4xx and a sentence, never 5xx, never a traceback."""

from __future__ import annotations

import random
import socket
from typing import Any

import pytest

from hitsave.storage import wire
from hitsave.storage.entry import Entry, body
from hitsave_server.hub.app import ROUTES
from tests.hub.running import HTTP, Client, Hub, make, signed

ODD: list[Any] = [
    None,
    True,
    -1,
    1 << 63,
    1.5,
    float("nan"),
    "",
    "x" * 100_000,
    "\0",
    "\ud800",
    b"",
    b"\xff" * 31,
    bytes(32),
    [],
    [[]],
    {},
    {"a": 1},
    {1: 2},
]


def valid(entry: Entry) -> dict[str, tuple[str, str, dict[str, Any]]]:
    """A good request of each route that takes a map."""
    digest, prefix = bytes(32), "…"
    return {
        "lookup": ("POST", f"{prefix}/lookup", {"wanted": [{"key": digest, "captures": digest}], "tiers": ["member"], "inline": True}),
        "missing": ("POST", f"{prefix}/missing", {"objects": [digest], "chunks": [digest]}),
        "objects": ("POST", f"{prefix}/objects", {"objects": [{"kind": "blob", "digest": digest, "content": b"x"}]}),
        "object": ("PUT", f"{prefix}/objects/{'0' * 64}", {"kind": "blob", "size": 1, "chunks": [digest]}),
        "fetch": ("POST", f"{prefix}/fetch", {"objects": [digest]}),
        "entries": ("POST", f"{prefix}/entries", {"entries": [signed(entry, texts=[digest], logged=[{"number": 1, "at_ns": 1, "content": b""}])]}),
        "run": ("PUT", f"{prefix}/runs/{entry.id}", signed(entry, logged=[{"number": 1, "at_ns": 1, "content": b""}])),
        "used": ("POST", f"{prefix}/used", {"entries": [[entry.id, 1, 1]]}),
        "marks": ("POST", f"{prefix}/entries/{entry.id}/marks", {"pinned": True, "note": "", "tags": ["a"]}),
        "corrupt": ("POST", f"{prefix}/corrupt", {"digest": digest}),
        "lease": ("POST", f"{prefix}/leases/{'0' * 64}", {"owner": "a", "ttl_ms": 1000, "token": "t"}),
        "release": ("POST", f"{prefix}/leases/{'0' * 64}/release", {"token": "t"}),
        "login": ("POST", "/v1/login", {"machine": "m", "user": "u", "public_key": bytes(32)}),
        "poll": ("POST", "/v1/login/poll", {"device": "d"}),
        "signers": ("POST", "/v1/signers", {"public_key": bytes(32), "name": "n"}),
    }


def spoilt(given: Any, dice: random.Random) -> Any:
    """The same with one thing in it replaced, at any depth."""
    if isinstance(given, dict) and given and dice.random() < 0.9:
        key = dice.choice(list(given))
        return {**given, key: spoilt(given[key], dice)}
    if isinstance(given, list) and given and dice.random() < 0.6:
        return [spoilt(given[0], dice), *given[1:]]
    return dice.choice(ODD)


@pytest.mark.parametrize("seed", range(4))
def test_hundreds_of_wrong_bodies(hub: Hub, project: Client, seed: int):
    """125 requests a seed, 500 in all, each with one field of a good one spoilt, or bytes that are no message: none is a fault of the hub."""
    dice = random.Random(seed)
    requests = valid(make(project=project.project)[0])
    before = hub.log.read_text().count("Traceback")

    for _ in range(125):
        method, path, good = requests[dice.choice(list(requests))]
        if dice.random() < 0.2:
            content = dice.choice(
                [b"", b"\xc1", b"\x91" * 5000, wire.encode(good)[:-1], wire.encode(good) + b"\x00", dice.randbytes(200), b"\xdf\xff\xff\xff\xff"]
            )
        else:
            content = wire.encode(spoilt(good, dice))
        headers = {"Content-Type": dice.choice([wire.MEDIA] * 9 + ["text/plain"])}
        answer = project.send(method, path, content=content, headers=headers)
        # Where what was spoilt is not required, the request is a good one.
        assert answer.status_code < 500, (method, path, content[:200], answer.content[:300])
        if answer.status_code >= 400:
            said = wire.decode(answer.content)
            assert said["error"], said["message"]

    assert hub.log.read_text().count("Traceback") == before
    assert hub.is_ready()


def test_every_field_of_an_entry_is_looked_at(project: Client):
    """An entry with one field replaced is refused, and never stored."""
    entry = project.prepared()
    outcomes = []
    for field in Entry._fields[:29]:
        for odd in (None, -1, "x" * 3000, b"", [1], {}):
            if getattr(entry, field) == odd or (field == "attachments" and odd == b""):
                continue
            fields = wire.decode(body(entry))
            fields[1 + Entry._fields.index(field)] = odd
            outcomes.append((field, odd, _outcome(project, wire.encode(fields))))
    accepted = {(field, odd) for field, odd, outcome in outcomes if outcome != "refused"}
    assert {field for field, _ in accepted} <= {"view", "error", "metrics", "extra", "commit", "parent", "process", "host", "user", "codec"}
    assert len(outcomes) > 150


def _outcome(project: Client, content: bytes) -> str:
    from hitsave.storage.shared import signed_bytes
    from tests.hub.running import SIGNER

    upload = {"body": content, "signer": SIGNER.public_key().public_bytes_raw(), "signature": SIGNER.sign(signed_bytes(content))}
    return project.ask("POST", "…/entries", {"entries": [upload]})["entries"][0]["outcome"]


def test_wrong_addresses(hub: Hub, project: Client):
    """Whatever stands in the place of a digest, an ID or a project."""
    for part in ("x", "0" * 63, "0" * 65, "A" * 64, "%00", "..%2f..%2fetc", "%ff%fe", "é", "0" * 5000):
        for method, path in (
            ("GET", "…/objects/{}"),
            ("GET", "…/objects/{}/bytes"),
            ("GET", "…/chunks/{}"),
            ("GET", "…/entries/{}"),
            ("GET", "/v1/entries/{}"),
        ):
            assert 400 <= project.send(method, path.format(part)).status_code < 500
        assert 400 <= project.send("GET", f"/v1/projects/{part}/entries?limit=0").status_code < 500
    for query in ("limit=0", "limit=x", "limit=99999", "limit=%00", "symbol=%00", "after=%ff"):
        assert project.send("GET", f"…/entries?{query}").status_code in {400, 404}
    for path in ("/", "/v2", "/v1/", "//", "/v1/projects", "/static/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd"):
        assert HTTP.get(hub.url + path).status_code in {200, 303, 404}
    for route in ROUTES:
        assert HTTP.request("PATCH", hub.url + route.path).status_code in {404, 405}


def test_wrong_lengths(hub: Hub, project: Client):
    """A body that is longer than it may be is refused before it is read; one that says nothing of its length, too."""
    host = ("127.0.0.1", hub.port)

    def raw(head: str, content: bytes = b"") -> bytes:
        with socket.create_connection(host, timeout=40) as connection:
            connection.sendall(f"{head}\r\nHost: x\r\nAuthorization: Bearer {project.token}\r\nContent-Type: {wire.MEDIA}\r\n".encode() + content)
            return connection.recv(200)

    path = f"/v1/projects/{project.project}/lookup"
    assert b" 413 " in raw(f"POST {path} HTTP/1.1", b"Content-Length: 99999999999\r\n\r\n")
    assert b" 411 " in raw(f"POST {path} HTTP/1.1", b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n")
    assert b" 400 " in raw(f"POST {path} HTTP/1.1", b"Content-Length: -5\r\n\r\n")
    assert b" 400 " in raw(f"POST {path} HTTP/9.1")
    assert b" 413 " in raw(f"PUT /v1/projects/app/chunks/{'0' * 64} HTTP/1.1", b"Content-Length: 16779265\r\n\r\n")
    assert hub.is_ready()
