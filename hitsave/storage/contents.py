"""Contents: bytes stored under their digest and shared by the entries that have the same ones.

A Record, a Snapshot and its texts, the picture of arguments and result, a traceback: each kind has a context of its own, so bytes of one kind can't be passed off as another's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, Literal, Protocol

from hitsave.digest import Digest, digest_bytes

ContentKind = Literal["record", "snapshot", "text", "arguments", "view", "error"]

CONTEXTS: Final[dict[ContentKind, str]] = {
    "record": "hitsave 2026 v1 record",
    "snapshot": "hitsave 2026 v1 snapshot",
    "text": "hitsave 2026 v1 text",
    "arguments": "hitsave 2026 v1 arguments",
    "view": "hitsave 2026 v1 view",
    "error": "hitsave 2026 v1 error",
}


class HasContents(Protocol):
    """A store, or what stands for one: None for what is missing or damaged, and nothing of it in the mapping."""

    def content(self, kind: ContentKind, digest: Digest) -> bytes | None: ...
    def contents(self, kind: ContentKind, digests: Iterable[Digest]) -> Mapping[Digest, bytes]: ...


def content_digest(kind: ContentKind, content: bytes) -> Digest:
    """What `content` is stored under, as a content of this kind.

    >>> str(content_digest("record", b""))[:12] != str(content_digest("view", b""))[:12]
    True
    """
    return digest_bytes(CONTEXTS[kind], content)


def encode_text(text: str) -> bytes:
    """The bytes of a source text; lone surrogates are kept."""
    return text.encode("utf-8", "surrogatepass")


def decode_text(content: bytes) -> str:
    """The text that `encode_text` gave `content` for."""
    return content.decode("utf-8", "surrogatepass")
