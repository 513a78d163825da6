"""Digests: 32 bytes of BLAKE3, each made under a context that says what it is a digest of.

A context is BLAKE3's own domain separation (``derive_key`` mode), so the digest of a value can never be mistaken for the digest of a text or of a key with the same bytes.
Contexts are part of the frozen formats (docs/formats.md).
"""

from __future__ import annotations

from typing import Final, Self

from blake3 import blake3

DIGEST_SIZE: Final = 32


class Digest(bytes):
    """The 32 bytes of a digest; printed as hexadecimal.

    >>> str(Digest(bytes(32)))[:8]
    '00000000'
    """

    __slots__ = ()

    def __new__(cls, raw: bytes) -> Self:
        if len(raw) != DIGEST_SIZE:
            raise ValueError(f"a digest has {DIGEST_SIZE} bytes, not {len(raw)}")
        return super().__new__(cls, raw)

    @classmethod
    def from_hex(cls, text: str) -> Digest:
        """The digest that `text`, 64 hexadecimal digits, stands for; ValueError if it stands for none."""
        return cls(bytes.fromhex(text))

    def __str__(self) -> str:
        return self.hex()

    def __repr__(self) -> str:
        return f"Digest({self.hex()[:12]}…)"


def digest_bytes(context: str, content: bytes) -> Digest:
    """The digest of `content` under `context`."""
    return Digest(blake3(content, derive_key_context=context).digest())


def digest_parts(context: str, *parts: bytes) -> Digest:
    """The digest of a sequence of byte strings, each framed by its length, so that no two sequences coincide."""
    hasher = blake3(derive_key_context=context)
    for part in parts:
        hasher.update(len(part).to_bytes(8, "little"))
        hasher.update(part)
    return Digest(hasher.digest())
