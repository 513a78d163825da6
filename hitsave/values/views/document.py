"""What is kept of one evaluation: the Views of its result and of each argument, as one JSON document, and the pictures beside it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from hitsave.structs import NamedTuple
from hitsave.values.secrets import is_secret_name
from hitsave.values.views.bounds import MOST_BYTES_IN_ALL, MOST_SECONDS, MOST_SECONDS_WITH_PICTURES, Allowance
from hitsave.values.views.looking import Look
from hitsave.values.views.pictures import Album, Picture
from hitsave.values.views.shapes import Shape, dumps, failed, size_of

VIEW_FORMAT: Final = 1
_MOST_ARGUMENTS: Final = 100


class Views(NamedTuple):
    """The document, as the bytes that are stored, and the pictures that it names."""

    content: bytes
    pictures: tuple[Picture, ...]


NO_VIEWS: Final = Views(b"", ())


def views_of(name: str, result: object, arguments: Iterable[tuple[str, object]], *, rich: bool = False, allowance: Allowance | None = None) -> Views:
    """The Views of a result of the function `name` and of its arguments; `rich`: with pictures, as experiments have them. Raises no Exception.

    >>> views_of("f", 1.5, [("api_key", "x")]).content
    b'{"format":1,"result":{"kind":"float","value":1.5},"arguments":{"api_key":{"kind":"secret"}}}'
    """
    allowance = allowance or Allowance(seconds=MOST_SECONDS_WITH_PICTURES if rich else MOST_SECONDS)
    album = Album() if rich else None
    # Arguments come first: they are what runs are told apart by, and a figure in the result may take all the time that there is.
    given = [
        (argument, _view(argument, value, allowance, album) if number < _MOST_ARGUMENTS else failed("", "there are too many arguments"))
        for number, (argument, value) in enumerate(arguments)
    ]
    shape: Shape = {"format": VIEW_FORMAT, "result": _view(name, result, allowance, album), "arguments": {}}
    used = size_of(shape)
    for argument, view in given:
        size = size_of(view)
        if used + size > MOST_BYTES_IN_ALL:
            kept = failed("", "the Views before it took all the room")
            size = size_of(kept)
        else:
            kept = view
        used += size + size_of(argument) + 2
        shape["arguments"][argument] = kept
    return Views(dumps(shape).encode("ascii"), tuple(album.pictures) if album is not None else ())


def _view(name: str, value: Any, allowance: Allowance, album: Album | None) -> Shape:
    try:
        return {"kind": "secret"} if is_secret_name(name.rpartition(".")[2]) else Look(allowance, album).view(value)
    except Exception as problem:  # noqa: BLE001 - no View is worth a failed call
        return failed("", problem)
