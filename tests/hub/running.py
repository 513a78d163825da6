"""A hub as a process, spoken to over HTTP by a client that knows no more than docs/protocol.md."""

from __future__ import annotations

import asyncio
import atexit
import os
import secrets
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection

from hitsave.digest import Digest
from hitsave.storage import wire
from hitsave.storage.entry import Attachment, Entry, body
from hitsave.storage.ids import new_id
from hitsave.storage.shared import shared_form, signed_bytes
from hitsave.storage.wire import CHUNK_SIZE, chunk_digest, object_digest
from hitsave_server.hub import accounts
from hitsave_server.hub.administration import opened
from hitsave_server.hub.files import Files
from hitsave_server.hub.retention import Retention
from hitsave_server.hub.settings import HubSettings
from hitsave_server.hub.threads import Threads
from tests.hub.servers import free_port, until

ROOT = Path(__file__).resolve().parents[2]
SIGNER = Ed25519PrivateKey.generate()
HTTP = httpx.Client(timeout=60, limits=httpx.Limits(max_connections=64))
atexit.register(HTTP.close)


class Hub:
    """`hitsave hub serve` on a free port, with what it keeps in `folder`, or where `environment` says."""

    def __init__(self, folder: Path, environment: Mapping[str, str] | None = None, *options: str) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = {**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'server'}", "HITSAVE_HUB_DIR": str(folder), **(environment or {})}
        self._options = options
        folder.mkdir(parents=True, exist_ok=True)
        self.log = folder / "log"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, *, ready: bool = True) -> Hub:
        """Start it, and wait until it is ready."""
        command = [sys.executable, "-m", "hitsave", "hub", "serve", "--port", str(self.port), *self._options]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, env=self.environment, stdout=log, stderr=log, cwd=ROOT)
        if ready:
            until(self.is_ready, f"the hub: {self.log}")
        return self

    def is_ready(self) -> bool:
        """Whether it answers and can do its work."""
        assert self.process is None or self.process.poll() is None, self.log.read_text()
        try:
            return httpx.get(f"{self.url}/readyz", timeout=5).status_code == 200
        except httpx.HTTPError:
            return False

    def command(self, *arguments: str, status: int = 0) -> str:
        """What `hitsave hub …` prints, about this hub."""
        done = subprocess.run(
            [sys.executable, "-m", "hitsave", "hub", *arguments], env=self.environment, capture_output=True, text=True, check=False, cwd=ROOT
        )
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout

    def member(self, name: str = "ana", *, team: str = "team", admin: bool = True) -> str:
        """A new member; the secret of the link that lets a browser in. Without a process, as what follows: one for each would take most of the tests' time."""
        return self._write(lambda c: accounts.invite(c, accounts.add_member(c, name, team=team, admin=admin)))

    def link(self, name: str = "ana", *, team: str = "team") -> str:
        """The secret of another such link."""
        return self._write(lambda c: accounts.invite(c, accounts.find_member(c, name, team=team)))

    def key(self, member: str = "ana", *, team: str = "team", **options: Any) -> Client:
        """A client with a new key of that member; options are those of `accounts.make_key`."""
        return Client(self.url, self._write(lambda c: str(accounts.make_key(c, accounts.find_member(c, member, team=team), **options))))

    def tidy(self) -> None:
        """A round of retention, as `hitsave hub tidy` does; without a process, too."""
        settings = self._settings()
        with opened(settings) as database:
            retention = Retention(database, Files(settings.blobs), Threads(2), grace=int(self.environment["HITSAVE_HUB_GRACE"]), budget=0)
            asyncio.run(retention.tidy())

    def _write(self, what: Callable[[Connection], str]) -> str:
        with opened(self._settings()) as database:
            return database.write(what)

    def _settings(self) -> HubSettings:
        given = {name: self.environment.get(f"HITSAVE_HUB_{name.upper()}") for name in ("database", "blobs")}
        return replace(HubSettings.embedded(self.folder), **{name: value for name, value in given.items() if value})

    def kill(self) -> None:
        """End it as a power cut would, workers and all."""
        assert self.process is not None
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        for pid in [self.process.pid, *map(int, children)]:
            os.kill(pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> int:
        """End it as a service manager would; its exit status."""
        if self.process is None:
            return 0
        if self.process.poll() is None:
            self.process.terminate()
        return self.process.wait(40)


class Client:
    """Speaks the protocol."""

    def __init__(self, url: str, token: str = "", project: str = "app") -> None:
        self.url = url
        self.token = token
        self.project = project

    def send(
        self, method: str, path: str, plain: object = None, *, content: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> httpx.Response:
        """One request; `…` stands for the project."""
        path = path.replace("…", f"/v1/projects/{self.project}")
        if plain is not None:
            content = wire.encode(plain)
            headers = {"Content-Type": wire.MEDIA, **(headers or {})}
        authorization = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return HTTP.request(method, self.url + path, content=content, headers={**authorization, **(headers or {})})

    def ask(self, method: str, path: str, plain: object = None, *, status: int = 200, **rest: Any) -> Any:
        """What is answered, which must have this status."""
        answer = self.send(method, path, plain, **rest)
        assert answer.status_code == status, (answer.status_code, answer.content[:500])
        return wire.decode(answer.content) if answer.content else None

    def upload(self, *objects: tuple[str, bytes]) -> list[Digest]:
        """Upload objects, in a batch where they are small and in chunks where they are not; their digests."""
        digests = [object_digest(kind, content) for kind, content in objects]  # type: ignore[arg-type]
        small = [(kind, digest, content) for (kind, content), digest in zip(objects, digests, strict=True) if len(content) <= wire.SMALL_OBJECT]
        if small:
            self.ask("POST", "…/objects", {"objects": [{"kind": k, "digest": bytes(d), "content": c} for k, d, c in small]})
        for (kind, content), digest in zip(objects, digests, strict=True):
            if len(content) > wire.SMALL_OBJECT:
                self.upload_chunks(kind, digest, content)
        return digests

    def upload_chunks(self, kind: str, digest: Digest, content: bytes, *, told: bool = True) -> None:
        """Upload an object in chunks."""
        chunks = [content[start : start + CHUNK_SIZE] for start in range(0, len(content), CHUNK_SIZE)]
        names = [chunk_digest(chunk) for chunk in chunks]
        for place, (name, chunk) in enumerate(zip(names, chunks, strict=True)):
            headers = {"HitSave-Object": str(digest), "HitSave-Place": str(place)} if told else {}
            self.send("PUT", f"…/chunks/{name}", content=chunk, headers=headers).raise_for_status()
        self.ask("PUT", f"…/objects/{digest}", {"kind": kind, "size": len(content), "chunks": [bytes(name) for name in names]}, status=201)

    def download(self, digest: Digest) -> bytes:
        """An object, by its chunks."""
        manifest = self.ask("GET", f"…/objects/{digest}")
        return b"".join(self.send("GET", f"…/chunks/{Digest(name)}").raise_for_status().content for name in manifest["chunks"])

    def share(self, entry: Entry, **beside: Any) -> dict[str, Any]:
        """What became of an entry that is uploaded."""
        return self.ask("POST", "…/entries", {"entries": [signed(entry, **beside)]})["entries"][0]

    def put(self, value: bytes = b"value", **changed: Any) -> Entry:
        """An entry with all its objects, stored."""
        entry = self.prepared(value, **changed)
        answer = self.share(entry)
        assert answer == {"outcome": "stored", "id": entry.id}
        return entry

    def prepared(self, value: bytes = b"value", **changed: Any) -> Entry:
        """An entry whose objects are on the hub, and which is not."""
        entry, objects = make(value, project=self.project, **changed)
        self.upload(*objects)
        return entry

    def look(self, *entries: Entry, tiers: Sequence[str] = ("ci", "member")) -> list[list[str]]:
        """The bodies' values of what is found under the keys of these entries."""
        found = self.ask("POST", "…/lookup", {"wanted": [{"key": bytes(entry.key)} for entry in entries], "tiers": list(tiers)})["found"]
        return [[row["body"] for row in under] for under in found]


def make(
    value: bytes = b"value",
    *,
    record: bytes | None = None,
    attachment: bytes | None = None,
    project: str = "app",
    tier: str = "member",
    **changed: Any,
) -> tuple[Entry, list[tuple[str, bytes]]]:
    """An entry, and the objects that it needs."""
    record = b"record " + secrets.token_bytes(8) if record is None else record
    contents = {"record": record, "snapshot": b"snapshot", "arguments": b"arguments", "view": b"view", "blob": value}
    named = {kind: object_digest(kind, content) for kind, content in contents.items()}  # type: ignore[arg-type]
    objects = list(contents.items())
    attachments: tuple[Attachment, ...] = ()
    if attachment is not None:
        attachments = (Attachment("a.png", "image/png", len(attachment), object_digest("blob", attachment), bytes(16)),)
        objects.append(("blob", attachment))
    entry = Entry(
        id=new_id(),
        key=Digest(secrets.token_bytes(32)),
        record=named["record"],
        snapshot=named["snapshot"],
        symbol="app:train",
        project="",
        status="done",
        kind="memo",
        created_ns=1_700_000_000_000_000_000,
        wall_ns=5_000_000_000,
        cpu_ns=4_000_000_000,
        codec="pickle5",
        size=len(value),
        value=named["blob"],
        checksum=bytes(16),
        captures=Digest(bytes(32)),
        arguments=named["arguments"],
        view=named["view"],
        error=None,
        metrics=None,
        attachments=attachments,
        host="desk",
        user="ana",
        commit=None,
        parent=None,
        process=None,
        local_only=False,
        tier="",
        extra=None,
    )
    return shared_form(entry, project=project, tier=tier)._replace(**changed), objects  # type: ignore[arg-type]


def signed(entry: Entry, *, key: Ed25519PrivateKey = SIGNER, **beside: Any) -> dict[str, Any]:
    """An entry as it travels."""
    content = body(entry)
    return {"body": content, "signer": key.public_key().public_bytes_raw(), "signature": key.sign(signed_bytes(content)), **beside}
