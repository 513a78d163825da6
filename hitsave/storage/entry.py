"""Entries: what one remembered evaluation is, and how it is written so that a change of any bit is noticed."""

from __future__ import annotations

from typing import Any, Final, Literal, cast

from xxhash import xxh3_128_digest

from hitsave.digest import Digest
from hitsave.storage.packing import pack, unpack
from hitsave.structs import NamedTuple

ENTRY_FORMAT: Final = 1
FILES_MEDIA: Final = "application/vnd.hitsave.files"
"""The media type, or the beginning of it, of attachments that are part of a result: contents of files in it, and files that its evaluation wrote."""

Status = Literal["running", "done", "failed"]
EntryKind = Literal["memo", "experiment"]


class Attachment(NamedTuple):
    """Bytes kept with an entry beside its value: a figure, an output file.

    `name` is unique within the entry; `media` a media type; `size` in bytes.
    """

    name: str
    media: str
    size: int
    blob: Digest
    checksum: bytes


class Entry(NamedTuple):
    """One remembered evaluation, as it is in the store now.

    Sealed, and the same for as long as the entry exists:

    `id`            26 characters, sorted by when the evaluation began.
    `key`           the EntryKey.
    `record`        digest of the Record; `Store.record` has the bytes. Of an entry that is running or failed, what was known.
    `snapshot`      digest of the Snapshot; `Store.snapshot` has the bytes.
    `symbol`        ``module:qualified.name``.
    `project`       what the entry is listed under; not part of the key.
    `status`        only a done entry has a value.
    `kind`          experiments are never evicted.
    `created_ns`    when the evaluation began, in nanoseconds since 1970.
    `wall_ns`       how long it took; `cpu_ns` the processor time it used.
    `codec`         how the value's bytes are to be read.
    `size`          of the value, in bytes.
    `value`         digest of the value's bytes, wherever they are; None unless done.
    `checksum`      xxh3_128 of the value's bytes, big-endian; None unless done.
    `captures`      digest of the captures, to tell apart entries that share a key.
    `arguments`     digest of the arguments as they are shown; `Store.content` has the bytes, and those of `view` and `error`.
    `view`          digest of the value's View, or None.
    `error`         digest of a failed evaluation's traceback, or None.
    `metrics`       summary of what was logged, opaque to the store.
    `attachments`   further blobs.
    `host`, `user`, `commit`   where, by whom, and at which git commit it ran.
    `parent`        ID of the evaluation that called this one.
    `process`       of a running entry: a token by which `Store.is_running` tells whether its process still lives.
    `local_only`    never leaves this machine.
    `tier`          the trust tier that it was shared under; "" if it was not.
    `extra`         whatever else the caller keeps with an entry, opaque to the store.

    Beside the sealed part:

    `inline`        the value's bytes, where they are small; None where they are in a blob.
    `signer`, `signature`   over `body(entry)`, where someone signed it.

    Changed by use and by people: `hits`, `saved_ns`, `last_used_ns` (0 if never), `pinned`, `note`, `tags`.
    """

    id: str
    key: Digest
    record: Digest
    snapshot: Digest
    symbol: str
    project: str
    status: Status
    kind: EntryKind
    created_ns: int
    wall_ns: int
    cpu_ns: int
    codec: str
    size: int
    value: Digest | None
    checksum: bytes | None
    captures: Digest
    arguments: Digest
    view: Digest | None
    error: Digest | None
    metrics: bytes | None
    attachments: tuple[Attachment, ...]
    host: str
    user: str
    commit: str | None
    parent: str | None
    process: str | None
    local_only: bool
    tier: str
    extra: bytes | None
    inline: bytes | None = None
    signer: bytes | None = None
    signature: bytes | None = None
    hits: int = 0
    saved_ns: int = 0
    last_used_ns: int = 0
    pinned: bool = False
    note: str = ""
    tags: tuple[str, ...] = ()


class NewEntry(NamedTuple):
    """What a caller says of an evaluation to have it remembered; fields as in `Entry`.

    `arguments` and `view` are the bytes themselves. `created_ns` None means now; `host` and `user` None mean this machine's.
    """

    key: Digest
    symbol: str
    project: str
    captures: Digest
    arguments: bytes = b""
    kind: EntryKind = "memo"
    codec: str = ""
    view: bytes | None = None
    metrics: bytes | None = None
    created_ns: int | None = None
    wall_ns: int = 0
    cpu_ns: int = 0
    host: str | None = None
    user: str | None = None
    commit: str | None = None
    parent: str | None = None
    local_only: bool = False
    tier: str = ""
    extra: bytes | None = None


_SEALED: Final = Entry._fields.index("inline")
_ATTACHMENTS: Final = Entry._fields.index("attachments")
_DIGESTS: Final = tuple(Entry._fields.index(name) for name in ("key", "record", "snapshot", "captures", "arguments", "value", "view", "error"))
_UNTOUCHED: Final[tuple[Any, ...]] = tuple(Entry._field_defaults.values())
_raw: Any = bytes.__new__  # makes a Digest of bytes whose length is known; four times as fast as asking Digest


def body(entry: Entry) -> bytes:
    """The sealed part of `entry`: a msgpack array of its format and its fields from `id` to `extra`. It is what a signature covers."""
    return pack((ENTRY_FORMAT, *entry[:_SEALED]))


def blobs_of(entry: Entry) -> set[tuple[Digest, int]]:
    """The blob files that `entry` needs, with their sizes."""
    needed = {(attachment.blob, attachment.size) for attachment in entry.attachments}
    if entry.value is not None and entry.inline is None:
        needed.add((entry.value, entry.size))
    return needed


def held_size(entry: Entry) -> int:
    """The bytes that a result takes, its files included: what a budget counts."""
    return entry.size + sum(attachment.size for attachment in entry.attachments if attachment.media.startswith(FILES_MEDIA))


def seal(body_bytes: bytes, signer: bytes | None, signature: bytes | None) -> bytes:
    """16 bytes that stand in the row beside a body, and that no row with a changed bit has."""
    if signer is None and signature is None:
        return xxh3_128_digest(body_bytes)
    return xxh3_128_digest(pack((body_bytes, signer, signature)))


def read_entry(body_bytes: bytes, *beside: Any) -> Entry:
    """The entry with this body; `beside` are the fields from `inline` on. ValueError if the body is not one of a known format."""
    fields = cast("list[Any]", unpack(body_bytes))
    if type(fields) is not list or len(fields) <= _SEALED or fields[0] != ENTRY_FORMAT:
        raise ValueError("not an entry of a known format")
    sealed = fields[1 : 1 + _SEALED]  # a later HitSave may append fields
    for place in _DIGESTS:
        raw = sealed[place]
        if raw is not None:
            sealed[place] = _raw(Digest, raw)
    if sealed[_ATTACHMENTS]:
        sealed[_ATTACHMENTS] = tuple(
            [Attachment(name, media, size, Digest(blob), checksum) for name, media, size, blob, checksum in sealed[_ATTACHMENTS]]
        )
    else:
        sealed[_ATTACHMENTS] = ()
    sealed += beside
    sealed += _UNTOUCHED[len(beside) :]
    return Entry._make(sealed)


def seal_marks(*, pinned: bool, note: str, tags: str) -> bytes:
    """The seal of what people set on an entry."""
    return xxh3_128_digest(pack((pinned, note, tags)))


def join_tags(tags: tuple[str, ...] | list[str]) -> str:
    r"""Tags as one text: each between line breaks, sorted, once.

    >>> join_tags(["b", "a"])
    '\na\nb\n'
    """
    names = sorted({" ".join(clean(tag).split()) for tag in tags} - {""})
    return "\n" + "\n".join(names) + "\n" if names else ""


def split_tags(text: str) -> tuple[str, ...]:
    """The tags that `join_tags` joined."""
    return tuple(text.split("\n")[1:-1])


def clean(text: str) -> str:
    """`text` with lone surrogates and NULs, which the database can't hold, written as escapes."""
    if text.isascii() and "\0" not in text:
        return text
    return text.replace("\0", "\\x00").encode("utf-8", "backslashreplace").decode("utf-8")
