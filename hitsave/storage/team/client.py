"""The protocol, as a client speaks it: one method a route, each answer looked at before any of it is used. docs/protocol.md has the routes.

Every method may raise HubError, and waits for `seconds` at most, so far as sockets can be told; who must not wait longer asks from a thread of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast
from urllib.parse import quote

from hitsave.digest import Digest
from hitsave.errors import ForgedError, HubError, HubRefusedError
from hitsave.storage import wire
from hitsave.storage.packing import unpack_bounded
from hitsave.storage.team.inflating import inflate
from hitsave.storage.team.transport import Reply, Transport, retry_after
from hitsave.structs import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from hitsave.storage.team.transport import Arrived
    from hitsave.storage.wire import CorruptReport, Identity, Manifest, NewObject, ObjectKind, Received, SharedEntry, Upload

SECONDS: Final = 30.0
"""How long an answer may take where nobody waits for it."""
_PIECE: Final = 256 << 10
_SMALL_ANSWER: Final = 1 << 20
_LOOKUP_ANSWER: Final = wire.INLINE_BUDGET + (4 << 20)
FETCH_BATCH: Final = 8
"""Objects that are asked for at once, so that an answer has some MiB at most."""


class Listed(NamedTuple):
    """A page of a project's entries: what each says as a shared entry, and the ID that the next page goes on after, None at the end."""

    entries: list[SharedEntry]
    more: str | None


class Leased(NamedTuple):
    """The answer to who asked for a lease: the `token` of the one that is held, or None where somebody else holds it, whose `owner` line it is."""

    token: str | None
    owner: str
    ttl_ms: int


class Travelled(NamedTuple):
    """What a server at `address` answered to the question for a chunk of `size` bytes."""

    digest: bytes
    size: int
    reply: Reply
    address: str

    def verified(self) -> bytes | bytearray:
        """The chunk. ForgedError if it is something else."""
        content = inflate(self.reply.content, self.reply.headers.get(wire.ENCODING_HEADER, "identity"), self.size)
        if len(content) != self.size or wire.chunk_digest(content) != self.digest:
            raise ForgedError(f"The team server at {self.address} sent something else than the chunk that it was asked for")
        return content


class Hub:
    """One project of one team server, asked through `transport`."""

    def __init__(self, transport: Transport, project: str) -> None:
        self.transport = transport
        self.project = project
        self._base = f"/v1/projects/{quote(project, safe='')}"

    # -- whom one talks to --------------------------------------------------------------------------------------------

    def check_protocol(self, seconds: float = SECONDS) -> None:
        """HubError unless the server speaks this protocol: one that offers only another is not spoken to in it."""
        answer = self._ask("GET", "/v1", seconds=seconds)
        protocols = answer.get("protocols")
        if not isinstance(protocols, list) or wire.PROTOCOL not in protocols:
            raise HubError(f"{self.transport.address} speaks another protocol than this HitSave (version {wire.PROTOCOL})", "Upgrade the older one")

    def whoami(self, seconds: float = SECONDS) -> Identity:
        """Whom the server takes the token for."""
        answer = self._ask("GET", "/v1/whoami", seconds=seconds)
        if answer.get("tier") not in wire.TIERS or not _are(answer, str, "team", "member", "key") or not isinstance(answer.get("scopes"), list):
            raise self._strange()
        return cast("Identity", answer)

    def tell_signer(self, public: bytes, name: str) -> None:
        """Tell the team which public key this member signs with. Nobody trusts it for that."""
        self._ask("POST", "/v1/signers", {"public_key": public, "name": name})

    def signers(self) -> list[dict[str, Any]]:
        """The public keys that members said are theirs, to copy from."""
        listed = self._ask("GET", "/v1/signers").get("signers")
        if not isinstance(listed, list) or not all(isinstance(row, dict) for row in cast("list[object]", listed)):
            raise self._strange()
        return [row for row in cast("list[dict[str, Any]]", listed) if wire.is_digest(row.get("public_key"))]

    # -- looking up ---------------------------------------------------------------------------------------------------

    def lookup(self, key: Digest, tiers: Sequence[str], *, seconds: float) -> tuple[list[SharedEntry], dict[bytes, bytes]]:
        """What is there under `key`, the last stored first, and small objects that it needs. Nothing of it has been verified."""
        asked = {"wanted": [{"key": key}], "tiers": list(tiers)}
        answer = self._ask("POST", f"{self._base}/lookup", asked, most=_LOOKUP_ANSWER, seconds=seconds, absent=404)
        if not answer:  # nobody has shared anything in this project
            return [], {}
        found, objects = answer.get("found"), answer.get("objects", {})
        if not isinstance(found, list) or len(cast("list[object]", found)) != 1:
            raise self._strange()
        return self._entries(cast("list[object]", found)[0], wire.MOST_PER_KEY), self._objects(objects)

    def entries(self, *, symbol: str = "", after: str | None = None, limit: int = 100) -> Listed:
        """A page of the project's done entries, newest first."""
        path = f"{self._base}/entries?status=done&limit={limit}"
        path += f"&symbol={quote(symbol, safe='')}" if symbol else ""
        path += f"&after={after}" if after else ""
        answer = self._ask("GET", path, most=wire.MOST_BODY, absent=404) or {"entries": []}
        more = answer.get("more")
        return Listed(self._entries(answer.get("entries"), limit), more if isinstance(more, str) else None)

    def entry(self, identity: str) -> tuple[SharedEntry, list[Digest]] | None:
        """The entry with this ID (or one cut short), and its texts; None if there is none."""
        answer = self._ask("GET", f"{self._base}/entries/{quote(identity, safe='')}", most=wire.MOST_BODY, absent=404)
        if not answer:
            return None
        (entry,) = self._entries([answer], 1)
        texts = answer.get("texts", [])
        if not isinstance(texts, list) or not all(wire.is_digest(text) for text in cast("list[object]", texts)):
            raise self._strange()
        return entry, [Digest(text) for text in cast("list[bytes]", texts)]

    # -- objects ------------------------------------------------------------------------------------------------------

    def fetch(self, digests: Iterable[Digest], *, seconds: float = SECONDS) -> dict[bytes, bytes]:
        """Those of these objects that are small; not verified."""
        answer = self._ask("POST", f"{self._base}/fetch", {"objects": list(digests)}, most=FETCH_BATCH * wire.SMALL_OBJECT + 4096, seconds=seconds)
        return self._objects(answer.get("objects"))

    def manifest(self, digest: Digest, *, seconds: float = SECONDS) -> Manifest:
        """Of which chunks an object is, so the server says. HubError if there is no such object."""
        answer = self._ask("GET", f"{self._base}/objects/{digest}", most=4 << 20, seconds=seconds)
        size, chunks = answer.get("size"), answer.get("chunks")
        if type(size) is not int or size < 0 or not isinstance(chunks, list):
            raise self._strange()
        listed = cast("list[object]", chunks)
        if len(listed) != -(-size // wire.CHUNK_SIZE) or not all(wire.is_digest(chunk) for chunk in listed):
            raise self._strange()
        return cast("Manifest", answer)

    def chunk(self, digest: bytes, size: int, *, seconds: float = SECONDS, arrived: Arrived | None = None) -> Travelled:
        """A chunk of `size` bytes as it travels, to be had by `Travelled.verified`. `arrived` is told of its bytes as they come."""
        headers = {wire.ENCODING_HEADER: "zstd"}
        reply = self._send("GET", f"{self._base}/chunks/{Digest(digest)}", headers=headers, most=size + 1024, seconds=seconds, arrived=arrived)
        return Travelled(digest, size, reply, self.transport.address)

    def missing(self, objects: Iterable[Digest], chunks: Iterable[Digest] = ()) -> tuple[set[bytes], set[bytes]]:
        """Of these objects and chunks, those that the server lacks."""
        answer = self._ask("POST", f"{self._base}/missing", {"objects": list(objects), "chunks": list(chunks)}, most=2 << 20)
        lacking: list[set[bytes]] = []
        for name in ("objects", "chunks"):
            listed = answer.get(name)
            if not isinstance(listed, list) or not all(wire.is_digest(digest) for digest in cast("list[object]", listed)):
                raise self._strange()
            lacking.append(set(cast("list[bytes]", listed)))
        return lacking[0], lacking[1]

    def put_objects(self, objects: list[NewObject]) -> None:
        """Upload small objects."""
        self._ask("POST", f"{self._base}/objects", {"objects": objects})

    def put_chunk(
        self, digest: Digest, travels: bytes | memoryview, encoding: str, *, of: Digest, place: int, has_left: Callable[[], None] = lambda: None
    ) -> None:
        """Upload a chunk as it `travels` in this encoding (see `deflate`); it is number `place` (from 0) of the object `of`. `has_left` is told when all of it is on its way, and the answer has yet to come."""
        headers = {wire.ENCODING_HEADER: encoding, "HitSave-Object": str(of), "HitSave-Place": str(place), "Content-Length": str(len(travels))}
        pieces = _pieces(memoryview(travels), has_left)
        self._send("PUT", f"{self._base}/chunks/{digest}", pieces, headers=headers, most=_SMALL_ANSWER, seconds=SECONDS)

    def put_manifest(self, digest: Digest, manifest: Manifest) -> None:
        """Say of which chunks an object is, all of which are there."""
        self._ask("PUT", f"{self._base}/objects/{digest}", manifest)

    def report_corrupt(self, digest: bytes) -> None:
        """Tell the server that it gave bytes for this object or chunk that are not it."""
        report: CorruptReport = {"digest": digest}
        self._ask("POST", f"{self._base}/corrupt", report)

    # -- storing ------------------------------------------------------------------------------------------------------

    def put_entries(self, uploads: list[Upload]) -> list[Received]:
        """Upload entries, whose objects are there; what became of each."""
        answer = self._ask("POST", f"{self._base}/entries", {"entries": uploads}).get("entries")
        if not isinstance(answer, list) or len(cast("list[object]", answer)) != len(uploads):
            raise self._strange()
        for row in cast("list[object]", answer):
            if not isinstance(row, dict) or not isinstance(cast("dict[str, object]", row).get("outcome"), str):
                raise self._strange()
        return cast("list[Received]", answer)

    def put_run(self, identity: str, upload: Upload) -> None:
        """Show an experiment that is running or has failed."""
        self._ask("PUT", f"{self._base}/runs/{identity}", upload)

    # -- one computation at a time ------------------------------------------------------------------------------------

    def lease(self, name: Digest, *, owner: str, ttl_ms: int, token: str | None = None, seconds: float = SECONDS) -> Leased:
        """Ask for a lease, or with its token renew it."""
        asked = {"owner": owner, "ttl_ms": ttl_ms} | ({} if token is None else {"token": token})
        answer = self._ask("POST", f"{self._base}/leases/{name}", asked, seconds=seconds, also=409)
        given, shown, left = answer.get("token"), answer.get("owner"), answer.get("ttl_ms")
        granted = answer.get("granted") is True
        if not isinstance(shown, str) or type(left) is not int or (granted and not isinstance(given, str)):
            raise self._strange()
        return Leased(given if granted else None, shown, left)

    def release(self, name: Digest, token: str) -> None:
        """Give a lease back."""
        self._ask("POST", f"{self._base}/leases/{name}/release", {"token": token})

    # -- logging in ---------------------------------------------------------------------------------------------------

    def begin_login(self, machine: str, user: str, public: bytes) -> dict[str, Any]:
        """Begin a login that a person approves in a browser."""
        answer = self._ask("POST", "/v1/login", {"machine": machine, "user": user, "public_key": public})
        if not _are(answer, str, "device", "code", "url"):
            raise self._strange()
        return answer

    def poll_login(self, device: str) -> str | None:
        """The token, once it was approved; None until then."""
        token = self._ask("POST", "/v1/login/poll", {"device": device}).get("token")
        return token if isinstance(token, str) else None

    # -- below --------------------------------------------------------------------------------------------------------

    def _ask(
        self, method: str, path: str, plain: object = None, *, most: int = _SMALL_ANSWER, seconds: float = SECONDS, also: int = 0, absent: int = 0
    ) -> dict[str, Any]:
        """The map that answers a request; also that of an answer with the status `also`, and an empty one for the status `absent`."""
        content = None if plain is None else wire.encode(plain)
        headers = {} if content is None else {"Content-Type": wire.MEDIA}
        reply = self._send(method, path, content, headers=headers, most=most, seconds=seconds, also=also or absent)
        if absent and reply.status == absent:
            return {}
        try:
            answer = wire.decode(reply.content)
        except ValueError as problem:
            raise self._strange() from problem
        if not isinstance(answer, dict):
            raise self._strange()
        return cast("dict[str, Any]", answer)

    def _send(
        self,
        method: str,
        path: str,
        content: bytes | Iterator[memoryview] | None = None,
        *,
        headers: dict[str, str],
        most: int,
        seconds: float,
        also: int = 0,
        arrived: Arrived | None = None,
    ) -> Reply:
        reply = self.transport.send(method, path, content, headers=headers, most=most, seconds=seconds, arrived=arrived)
        if 200 <= reply.status < 300 or reply.status == also:
            return reply
        why, address = _fault(reply), self.transport.address
        match reply.status:
            case 401:
                raise HubRefusedError(f"The team server at {address} does not accept this login{why}", f"Log in again: hitsave login {address}")
            case 403:
                raise HubRefusedError(f"The team server at {address} does not allow this{why}", "hitsave whoami shows what your key is for")
            case status:
                raise HubError(f"The team server at {address} answers with status {status}{why}", retry_after=retry_after(reply))

    def _entries(self, rows: object, most: int) -> list[SharedEntry]:
        if not isinstance(rows, list) or len(cast("list[object]", rows)) > most:
            raise self._strange()
        for row in cast("list[object]", rows):
            if not isinstance(row, dict) or not _are(cast("dict[str, object]", row), bytes, "body", "signer", "signature"):
                raise self._strange()
        return cast("list[SharedEntry]", rows)

    def _objects(self, rows: object) -> dict[bytes, bytes]:
        if not isinstance(rows, dict):
            raise self._strange()
        for digest, content in cast("dict[object, object]", rows).items():
            if not wire.is_digest(digest) or not isinstance(content, bytes):
                raise self._strange()
        return cast("dict[bytes, bytes]", rows)

    def _strange(self) -> HubError:
        return HubError(
            f"What answers at {self.transport.address} is not a team server that this HitSave understands", "See whether the address is right"
        )


def small_object(kind: ObjectKind, digest: Digest, content: bytes) -> NewObject:
    """An object for `put_objects`."""
    return {"kind": kind, "digest": digest, "content": content}


def _pieces(content: memoryview, has_left: Callable[[], None]) -> Iterator[memoryview]:
    """`content` as it is handed to a socket, which copies what it does not take at once."""
    for start in range(0, len(content), _PIECE):
        yield content[start : start + _PIECE]
    has_left()


def _are(answer: dict[str, Any], kind: type, *names: str) -> bool:
    return all(isinstance(answer.get(name), kind) for name in names)


def _fault(reply: Reply) -> str:
    """What an answer says is wrong, for a person; "" if it says nothing."""
    try:
        fault = unpack_bounded(reply.content, 100)
        message = fault["message"]
    except (ValueError, TypeError, KeyError):
        return ""
    return f": {' '.join(message.split())[:300].rstrip('.')}" if isinstance(message, str) and message.isprintable() else ""
