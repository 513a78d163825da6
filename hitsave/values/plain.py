"""Digests of plain values: one digest of the canonical encoding, made at C speed where that is right."""

# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownLambdaType=false
# What objects of any type and library hold has no type that is known here.
from __future__ import annotations

import _pickle as pickle  # that of C, without the Python one, which takes 3 ms to load
from typing import Any, Final

from blake3 import blake3

from hitsave.values.encoding import GiantError, encode_plain, may_hold_other_nan
from hitsave.values.forms import Known
from hitsave.values.measuring import Measures, scan

PLAIN_CONTEXT: Final = "hitsave 2026 v1 value plain"

_START: Final = blake3(derive_key_context=PLAIN_CONTEXT)
_LARGE: Final = 1 << 16  # the C pickler hands out a str or bytes of this size as it is
_STR_ONLY: Final = frozenset({str})
_WASTE: Final = 1 << 20  # nodes that may be looked at in vain before each container is measured instead

# Every opcode and size class of the encoding but the largest, and what it is written as: a Python whose pickler writes anything else is not used for its speed.
_PROBE: Final = (
    [None, True, False, 0, 255, 256, 65535, 65536, -1, 1 << 31, -(1 << 31), (-1 << 31) - 1, 1 << 63, -(1 << 2048), 0.0, -0.5],
    {"": b"", "é\ud800": b"x" * 256, 1: (), 2.5: (1,), b"k": (1, 2), None: (1, 2, 3), False: (1, 2, 3, 4), (1,): {}},
    [[]],
    {"one": [{1: [2]}]},
    [0] * 1000,
    [0] * 1001,
    dict.fromkeys(range(1000)),
    dict.fromkeys(range(1001)),
)
_PROBE_DIGEST: Final = "e0bfb5cbb4e93eff8a41992810a4a668ab61328d994346e0a9f0525e0791555d"


def digest_encoding(encoding: bytes) -> bytes:
    """The 32 bytes that a plain value with this canonical encoding digests as."""
    hasher = _START.copy()
    hasher.update(encoding)
    return hasher.digest()


class _NotPlainError(Exception):
    """The C pickler met something that isn't plain."""


class _FastPickler(pickle.Pickler):
    def reducer_override(self, obj: Any, /) -> Any:
        """Met for whatever isn't plain, since protocol 3 has no opcodes of its own for anything else."""
        raise _NotPlainError(type(obj))


class _Sink:
    """The file that the pickler writes to: a list of the pieces, without copying them."""

    __slots__ = ("write",)

    def __init__(self, pieces: list[bytes]) -> None:
        self.write = pieces.append


class PlainDigests:
    """Digests plain values. Not for use by two threads at once; holds nothing of the values but, until `forget`, their measures.

    >>> PlainDigests().leaf(1) == PlainDigests().leaf(True)
    False
    """

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._pickler: pickle.Pickler | None = None
        self._measures: Measures | None = None
        self._wasted = 0
        self._leaves: dict[tuple[type, object], bytes] = {}
        self._names: dict[tuple[str, ...], Known] = {}

    def forget(self) -> None:
        """Drop what was remembered of values by their identity."""
        self._measures = None
        self._wasted = 0

    def is_plain(self, container: Any) -> bool:
        """Whether an exact list, tuple or dict is plain."""
        if self._measures is not None:
            return self._measures.is_plain(container)
        answer, looked_at = scan(container)
        if answer == "plain":
            return True
        self._wasted += looked_at
        if answer == "not plain":
            if self._wasted > _WASTE:
                self._measures = Measures()
            return False
        measures = self._measures = Measures()
        return measures.is_plain(container)

    def container(self, container: Any) -> bytes | None:
        """The digest of an exact list, tuple or dict, None if it isn't plain."""
        if not self.is_plain(container):
            return None
        digest = self.known_plain(container)
        if digest is None and self._measures is None:
            self._measures = Measures()  # or what this one is in would be looked at, and written, in vain as well
        return digest

    def known_plain(self, value: Any) -> bytes | None:
        """The digest of a value that `is_plain`; None if it holds a leaf that is too large for the encoding."""
        pieces = self._pieces
        try:
            (self._pickler or self._start()).dump(value)
        except (RecursionError, OverflowError, ValueError, _NotPlainError):
            # The stack was nearly used up by the caller, a leaf is a giant, or another thread changed the value.
            self._pickler = None
            pieces.clear()
            return self._slowly(value)
        last = pieces.pop()
        hasher = _START.copy()
        if pieces:
            if any(len(piece) < _LARGE and may_hold_other_nan(piece) for piece in pieces):
                pieces.clear()
                return self._slowly(value)
            for piece in pieces:
                hasher.update(piece)
            pieces.clear()
        if may_hold_other_nan(last):
            return self._slowly(value)
        hasher.update(last)
        return hasher.digest()

    def leaf(self, value: Any) -> bytes | None:
        """The digest of a None, bool, int, float, str or bytes; None if it is too large for the encoding."""
        kind = type(value)
        if kind is float or (kind is not int and kind is not bool and value is not None and len(value) > 64):
            return self.known_plain(value)
        key = (kind, value)
        known = self._leaves.get(key)
        if known is None:
            known = self.known_plain(value)
            if known is None:
                return None
            if len(self._leaves) > 4096:
                self._leaves.clear()
            self._leaves[key] = known
        return known

    def names(self, names: tuple[Any, ...]) -> Any:
        """A tuple of names as the child of a form. Its digest is remembered, since the objects of a class have the same names."""
        known = self._names.get(names) if _STR_ONLY.issuperset(map(type, names)) else None
        if known is None:
            digest = self.container(names)
            if digest is None:
                return names
            known = Known(digest)
            if _STR_ONLY.issuperset(map(type, names)):
                if len(self._names) > 1024:
                    self._names.clear()
                self._names[names] = known
        return known

    def _start(self) -> pickle.Pickler:
        if not _pickler_is_right():
            raise ValueError
        self._pickler = _fast_pickler(self._pieces)
        return self._pickler

    @staticmethod
    def _slowly(value: Any) -> bytes | None:
        try:
            return digest_encoding(encode_plain(value))
        except (GiantError, TypeError):
            return None


def _fast_pickler(pieces: list[bytes]) -> pickle.Pickler:
    pickler = _FastPickler(_Sink(pieces), 3)
    pickler.fast = True
    return pickler


_right: bool | None = None


def _pickler_is_right() -> bool:
    """Whether this Python's pickler writes the canonical encoding; asked once a process, about 0.2 ms."""
    global _right  # noqa: PLW0603 - found once
    if _right is None:
        pieces: list[bytes] = []
        _fast_pickler(pieces).dump(_PROBE)
        _right = digest_encoding(b"".join(pieces)).hex() == _PROBE_DIGEST
    return _right
