"""The form of a value: a header and children. What isn't plain is digested as the digest of its form; the rules in `rules/` say which form a type has.

    digest of a form = BLAKE3(NODE_CONTEXT, length of header (4 bytes, little endian), header, digests of the children one after the other)

The header is the canonical encoding of a tuple that begins with a tag. Where the children are unordered, their digests are sorted.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeAlias

from blake3 import blake3

from hitsave.structs import NamedTuple
from hitsave.values.code_names import CodeNames
from hitsave.values.encoding import encode_plain

NODE_CONTEXT: Final = "hitsave 2026 v1 value node"
BUFFER_CONTEXT: Final = "hitsave 2026 v1 value buffer"

_NODE: Final = blake3(derive_key_context=NODE_CONTEXT)
_BUFFER: Final = blake3(derive_key_context=BUFFER_CONTEXT)

Steps: TypeAlias = "tuple[str, ...] | Callable[[int], str]"
"""What leads to each child, in a value path: as many texts, or a function of the child's number."""

SLICE: Final = "\0slice"
"""A step that is no text of its own: the child is one of the consecutive slices of a sequence."""


def item_step(number: int) -> str:
    """``[3]``, for the items of a sequence."""
    return f"[{number}]"


class Form:
    """A header and children.

    `children`   values, each digested as any other; a `Known` has its digest already, a `Form` is digested as it is.
    `steps`      for paths: what leads to each child.
    `unordered`  the order of the children doesn't count.
    `fresh`      the children were made for this form, so that there is no point in remembering them.
    `by_code`    the type name, where the value isn't looked into because its code stands for it.
    `outside`    of a value that counts without its children, by its code, where they can't be digested: what it is, a function of a library or a local class.
    """

    __slots__ = ("by_code", "children", "fresh", "header", "outside", "steps", "unordered")

    def __init__(
        self,
        header: bytes,
        children: Sequence[Any] = (),
        steps: Steps = (),
        *,
        unordered: bool = False,
        fresh: bool = False,
        by_code: str = "",
        outside: str = "",
    ) -> None:
        self.header = header
        self.children = children
        self.steps = steps
        self.unordered = unordered
        self.fresh = fresh
        self.by_code = by_code
        self.outside = outside


class Known:
    """A child whose digest is known; `value` is what it is of, where a path may ask for it."""

    __slots__ = ("digest", "value")

    def __init__(self, digest: bytes, value: Any = None) -> None:
        self.digest = digest
        self.value = value


class NoFormError(Exception):
    """A value has no form; `advice` says what to do. The walk adds the path."""

    def __init__(self, advice: str = "") -> None:
        super().__init__(advice)
        self.advice = advice


class Rule(NamedTuple):
    """How values of a known type are digested.

    `form`        gives the form of a value of the type, or of what a value of a subclass has from it; runs no code of the user's.
    `content`     instead of `form`, for plain types: gives what a value of a subclass has from it, as a value of exactly the plain type.
    `covers`      the rule also holds for classes that C code derives from the type.
    `whole`       the attributes of the value are in the form, too.
    `identified`  so is the identity of its class.
    """

    form: Callable[[Any, CodeNames], Form] | None = None
    content: Callable[[Any], Any] | None = None
    covers: bool = False
    whole: bool = False
    identified: bool = False


def header(*parts: Any) -> bytes:
    r"""The header of these parts: a tag, then plain values.

    >>> header("list")[:6]
    b'\r\x00\x00\x00\x80\x03'
    """
    text = encode_plain(parts)
    return struct.pack("<I", len(text)) + text


def digest_form(head: bytes, digests: Sequence[bytes], *, unordered: bool = False) -> bytes:
    """The digest of a form, from its header and the digests of its children."""
    hasher = _NODE.copy()
    hasher.update(head + b"".join(sorted(digests) if unordered else digests))
    return hasher.digest()


def digest_buffer(buffer: bytes | bytearray | memoryview) -> bytes:
    """The digest of raw bytes, read where they are. In one thread: a pool of threads would hang in a process that forks."""
    hasher = _BUFFER.copy()
    hasher.update(buffer)
    return hasher.digest()


def buffer(content: bytes | bytearray | memoryview) -> Known:
    """A child that is raw bytes."""
    return Known(digest_buffer(content))


def form(*head: Any, children: Sequence[Any] = (), steps: Steps = ()) -> Form:
    """A form with the header of `head`."""
    return Form(header(*head), children, steps)
