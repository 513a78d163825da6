"""Bodies of requests: read within a limit, and their fields taken with the types that they must have."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from typing import Any, Final, TypeVar, cast

from starlette.requests import Request

from hitsave.digest import Digest
from hitsave.storage import wire
from hitsave.storage.entry import clean
from hitsave_server.hub.headers import header
from hitsave_server.hub.refusals import Refusal, malformed, too_large

_PATIENCE: Final = 30
"""Seconds that a sender may be silent in the middle of a body that is not small."""
_SMALL: Final = 1 << 14
"""Bytes of a body that holds as little as a connection on which nothing was asked yet."""
_MOST_AT_ONCE: Final = 512 << 20
"""Bytes of bodies that a worker holds at any time."""

_T = TypeVar("_T")


class _Room:
    """How many bytes of bodies are held by this worker."""

    held = 0


class Held:
    """Room for a body of a request, given back when the request has been answered. 429 if there is none."""

    def __init__(self, request: Request, most: int) -> None:
        self._size = content_length(request, most)

    def __enter__(self) -> int:
        if _Room.held and _Room.held + self._size > _MOST_AT_ONCE:
            raise Refusal(429, "busy", "the hub is taking in as much as it can", headers={"Retry-After": "1"})
        _Room.held += self._size
        return self._size

    def __exit__(self, *_: object) -> None:
        _Room.held -= self._size


def content_length(request: Request, most: int) -> int:
    """How many bytes the body has."""
    text = header(request, b"content-length")
    if not text.isascii() or not text.isdigit() or len(text) > 20:
        raise Refusal(411, "length", "the request must say its Content-Length")
    size = int(text)
    if size > most:
        raise too_large(most)
    return size


async def read_bytes(request: Request, size: int, look: Callable[[bytes], None] | None = None) -> bytes | bytearray:
    """The body, which has `size` bytes; each piece is shown to `look` as it arrives."""
    if size <= _SMALL:
        content = await _read_pieces(request, size)
        if look is not None:
            look(bytes(content))
        return content
    try:
        async with asyncio.timeout(_PATIENCE) as patience:

            def arrived(piece: bytes) -> None:
                patience.reschedule(asyncio.get_running_loop().time() + _PATIENCE)
                if look is not None:
                    look(piece)

            return await _read_pieces(request, size, arrived)
    except TimeoutError:
        raise _unfinished() from None


async def _read_pieces(request: Request, size: int, arrived: Callable[[bytes], None] | None = None) -> bytes | bytearray:
    taken = bytearray()
    # Not `request.stream()`: it is a generator, and one that is not read to its end costs a task that closes it, more than the rest of a small request.
    receive, more = request.receive, True
    while more and len(taken) < size:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise _unfinished()
        piece: bytes = message.get("body", b"")
        if arrived is not None:
            arrived(piece)
        if len(piece) == size:
            return piece
        taken += piece
        more = message.get("more_body", False)
    if len(taken) != size:
        raise malformed(f"the body has {len(taken)} bytes, not {size}")
    return taken


def _unfinished() -> Refusal:
    return Refusal(408, "malformed", "the body did not arrive")


async def read_fields(request: Request, *, most: int = wire.MOST_BODY) -> Fields:
    """The body as a map."""
    media = header(request, b"content-type")
    if media != wire.MEDIA and media.partition(";")[0].strip() != wire.MEDIA:
        raise Refusal(415, "malformed", f"the body must be {wire.MEDIA}")
    with Held(request, most) as size:
        content = bytes(await read_bytes(request, size))
    try:
        return Fields(wire.decode(content))
    except ValueError:
        raise malformed("the body is not one msgpack value") from None


class Fields:
    """A map that came over the wire. Each method takes the value of one key; 400 if it is not what it must be."""

    def __init__(self, given: object, where: str = "the body") -> None:
        if type(given) is not dict:
            raise malformed(f"{where} must be a map")
        self._given = cast("dict[object, object]", given)
        self._where = where

    def has(self, name: str) -> bool:
        """Whether the key is there and not nil."""
        return self._given.get(name) is not None

    def digest(self, name: str) -> Digest:
        """32 bytes."""
        return _digest(self._given.get(name), name)

    def digests(self, name: str, *, most: int) -> list[Digest]:
        """A list of digests; nothing where the key is not there."""
        return [_digest(each, name) for each in self._list(name, most)]

    def maps(self, name: str, *, most: int) -> list[Fields]:
        """A list of maps."""
        where = f"each of {name}"
        return [Fields(each, where) for each in self._list(name, most)]

    def rows(self, name: str, *, most: int) -> list[list[object]]:
        """A list of lists."""
        found = self._list(name, most)
        if not all(type(each) is list for each in found):
            raise malformed(f"each of {name} must be a list")
        return cast("list[list[object]]", found)

    def content(self, name: str, *, most: int, size: int | None = None) -> bytes:
        """Bytes."""
        value = self._given.get(name)
        if type(value) is not bytes or len(value) > most or (size is not None and len(value) != size):
            raise malformed(f"{name} must be {f'{size}' if size is not None else f'at most {most}'} bytes")
        return value

    def text(self, name: str, *, most: int, least: int = 0) -> str:
        """Text that a database can hold."""
        value = self._given.get(name)
        if type(value) is not str or not least <= len(value) <= most or clean(value) != value:
            raise malformed(f"{name} must be a text of {least} to {most} characters")
        return value

    def number(self, name: str, *, most: int, least: int = 0) -> int:
        """A whole number."""
        return number(self._given.get(name), name, most=most, least=least)

    def flag(self, name: str) -> bool:
        """True or false."""
        value = self._given.get(name)
        if type(value) is not bool:
            raise malformed(f"{name} must be true or false")
        return value

    def some_of(self, name: str, known: Collection[_T]) -> frozenset[_T]:
        """A list of what is in `known`."""
        found = self._list(name, len(known))
        for each in found:
            if type(each) is not str or each not in known:
                raise malformed(f"{name} are {', '.join(map(str, known))}")
        return frozenset(cast("list[_T]", found))

    def texts(self, name: str, *, most: int, longest: int) -> list[str]:
        """A list of texts."""
        found = self._list(name, most)
        if not all(type(each) is str and len(each) <= longest and clean(each) == each for each in found):
            raise malformed(f"{name} must be texts of at most {longest} characters")
        return cast("list[str]", found)

    def maybe(self, name: str, take: Callable[[str], _T]) -> _T | None:
        """What `take` takes, None where the key is not there."""
        return take(name) if self.has(name) else None

    def _list(self, name: str, most: int) -> list[object]:
        value: Any = self._given.get(name, [])
        if type(value) is not list:
            raise malformed(f"{name} must be a list")
        found = cast("list[object]", value)
        if len(found) > most:
            raise Refusal(413, "large", f"{name} may have {most} items")
        return found


def number(value: object, name: str, *, most: int, least: int = 0) -> int:
    """`value` as a whole number within these bounds."""
    if type(value) is not int or not least <= value <= most:
        raise malformed(f"{name} must be a number from {least} to {most}")
    return value


def digest_of(text: str) -> Digest:
    """The digest in an address."""
    if len(text) != 64 or text != text.lower():
        raise malformed("a digest in an address has 64 lower-case hexadecimal digits")
    try:
        return Digest.from_hex(text)
    except ValueError:
        raise malformed("a digest in an address has 64 lower-case hexadecimal digits") from None


def _digest(value: object, name: str) -> Digest:
    if type(value) is not bytes or len(value) != 32:
        raise malformed(f"{name} must be a digest, 32 bytes")
    return Digest(value)
