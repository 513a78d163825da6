"""The form in which an entry is shared and signed, and the checks by which one that came from elsewhere is read. docs/protocol.md says it in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, cast

from hitsave.digest import DIGEST_SIZE, Digest
from hitsave.storage.entry import ENTRY_FORMAT, Entry, body, clean, read_entry
from hitsave.storage.ids import ID_LENGTH, normal_id
from hitsave.storage.packing import unpack_bounded
from hitsave.storage.wire import CHUNK_SIZE, MOST_CHUNKS, MOST_ENTRY, MOST_NAME, TIERS, ObjectKind, Tier
from hitsave.structs import NamedTuple

SIGNATURE_CONTEXT: Final = b"hitsave 2026 v1 entry signature\0"
_MOST_ATTACHMENTS: Final = 1_000
_MOST_ITEMS: Final = 10 * _MOST_ATTACHMENTS
"""Items of all lists of a body: more than one with that many attachments has."""


def shared_form(entry: Entry, *, project: str, tier: Tier) -> Entry:
    """`entry` as it is shared: under the project's name on the hub, which is the same on every machine, in a tier, and without what only this machine knows."""
    return entry._replace(
        project=project,
        tier=tier,
        process=None,
        local_only=False,
        inline=None,
        signer=None,
        signature=None,
        hits=0,
        saved_ns=0,
        last_used_ns=0,
        pinned=False,
        note="",
        tags=(),
    )


def signed_bytes(body_bytes: bytes) -> bytes:
    """What an Ed25519 signature of an entry with this body covers."""
    return SIGNATURE_CONTEXT + body_bytes


def read_shared(body_bytes: bytes, *, project: str, signer: bytes | None = None, signature: bytes | None = None) -> Entry:
    """The entry that these bytes are the canonical body of, every field of the type and within the limits that it must have; ValueError, with a sentence, if they are not.

    `project` is what was asked for: an entry of another one is refused. Whether the signature holds is not looked at.
    """
    if not isinstance(cast("object", body_bytes), bytes) or len(body_bytes) > MOST_ENTRY:
        raise ValueError(f"an entry's body is at most {MOST_ENTRY} bytes")
    fields = unpack_bounded(body_bytes, _MOST_ITEMS)
    if type(fields) is not list or not fields or fields[0] != ENTRY_FORMAT or type(fields[0]) is not int:
        raise ValueError("not an entry of a known format")
    if len(cast("list[object]", fields)) != len(_CHECKS) + 1:
        raise ValueError(f"an entry of format {ENTRY_FORMAT} has {len(_CHECKS)} fields")
    for (name, check), value in zip(_CHECKS.items(), cast("list[object]", fields)[1:], strict=True):
        if not check(value):
            raise ValueError(f"the field {name} of the entry is not what it must be")
    entry = read_entry(body_bytes, None, signer, signature)
    if body(entry) != body_bytes:
        raise ValueError("the entry's body is not in its canonical form")
    if entry.project != project:
        raise ValueError("the entry is of another project")
    if (entry.status == "done") != (entry.value is not None) or (entry.value is None) != (entry.checksum is None):
        raise ValueError("an entry has a value if it is done, and only then")
    if entry.status != "running" and entry.process is not None:
        raise ValueError("only a running entry has a process")
    if len({attachment.name for attachment in entry.attachments}) < len(entry.attachments):
        raise ValueError("two attachments of the entry have one name")
    return entry


class Need(NamedTuple):
    """An object that an entry names. `size` in bytes, None where the entry does not say."""

    kind: ObjectKind
    digest: Digest
    size: int | None


def needs_of(entry: Entry) -> Iterator[Need]:
    """The objects that must be on the hub before `entry` is; the Record first. The texts of its Snapshot may be there, too."""
    yield Need("record", entry.record, None)
    if entry.value is not None:
        yield Need("blob", entry.value, entry.size)
    yield Need("snapshot", entry.snapshot, None)
    yield Need("arguments", entry.arguments, None)
    if entry.view is not None:
        yield Need("view", entry.view, None)
    if entry.error is not None:
        yield Need("error", entry.error, None)
    for attachment in entry.attachments:
        yield Need("blob", attachment.blob, attachment.size)


Check = Callable[[object], bool]


def _text(most: int, *, least: int = 0) -> Check:
    def check(value: object) -> bool:
        # No NUL and no lone surrogate, which databases can't hold: `entry.clean` has replaced them before an entry was made.
        return type(value) is str and least <= len(value) <= most and clean(value) == value

    return check


def _one_of(*choices: str) -> Check:
    return lambda value: type(value) is str and value in choices


def _bytes(size: int) -> Check:
    return lambda value: type(value) is bytes and len(value) == size


def _count(value: object) -> bool:
    return type(value) is int and 0 <= value < 1 << 63


def _identity(value: object) -> bool:
    return type(value) is str and len(value) == ID_LENGTH and normal_id(value) == value


def _maybe(check: Check) -> Check:
    return lambda value: value is None or check(value)


def _opaque(value: object) -> bool:
    return type(value) is bytes


def _size(value: object) -> bool:
    return type(value) is int and 0 <= value <= CHUNK_SIZE * MOST_CHUNKS


def _attachment(value: object) -> bool:
    if type(value) is not list or len(cast("list[object]", value)) != 5:
        return False
    name, media, size, blob, checksum = cast("list[object]", value)
    return _text(1_000)(name) and _text(200)(media) and _size(size) and _bytes(DIGEST_SIZE)(blob) and _bytes(16)(checksum)


def _attachments(value: object) -> bool:
    return (
        type(value) is list
        and len(cast("list[object]", value)) <= _MOST_ATTACHMENTS
        and all(_attachment(each) for each in cast("list[object]", value))
    )


_DIGEST: Final = _bytes(DIGEST_SIZE)
_CHECKS: Final[dict[str, Check]] = {
    "id": _identity,
    "key": _DIGEST,
    "record": _DIGEST,
    "snapshot": _DIGEST,
    "symbol": _text(2_000, least=1),
    "project": _text(MOST_NAME, least=1),
    "status": _one_of("running", "done", "failed"),
    "kind": _one_of("memo", "experiment"),
    "created_ns": _count,
    "wall_ns": _count,
    "cpu_ns": _count,
    "codec": _text(200),
    "size": _size,
    "value": _maybe(_DIGEST),
    "checksum": _maybe(_bytes(16)),
    "captures": _DIGEST,
    "arguments": _DIGEST,
    "view": _maybe(_DIGEST),
    "error": _maybe(_DIGEST),
    "metrics": _maybe(_opaque),
    "attachments": _attachments,
    "host": _text(1_000),
    "user": _text(1_000),
    "commit": _maybe(_text(1_000)),
    "parent": _maybe(_identity),
    "process": _maybe(_text(1_000)),
    "local_only": lambda value: value is False,
    "tier": _one_of(*TIERS),
    "extra": _maybe(_opaque),
}
assert tuple(_CHECKS) == Entry._fields[: len(_CHECKS)]
