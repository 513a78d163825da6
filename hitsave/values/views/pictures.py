"""Pictures of experiments' values: figures and images as files beside the result, and what an object has to show of itself.

What an object shows of itself is made by code of the user's, or of a library's, and may be markup with scripts in it: it is kept as it is and marked ``sandbox``, for whoever shows it.
"""

# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false, reportUnknownArgumentType=false
# What objects of any type and library hold has no type that is known here.
from __future__ import annotations

import io
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, cast

from hitsave.structs import NamedTuple
from hitsave.values.classes import display_name, full_name, namespace
from hitsave.values.views.shapes import Shape, failed, size_of

if TYPE_CHECKING:
    from hitsave.values.views.looking import Look

MOST_PICTURES: Final = 8
MOST_PICTURE_BYTES: Final = 4 << 20
_MOST_INLINE: Final = 24 << 10
"""Bytes of markup that are kept within the View."""
_PIXELS: Final = 1_024
"""The longer side of a picture that is made."""
_MOST_PIXELS: Final = 16_000_000
"""Pixels beyond which an image isn't scaled down to make one."""
_MOST_POINTS: Final = 100_000
"""Points of a figure beyond which it isn't drawn."""
_SLOW_SECONDS: Final = 0.2
"""That a method of the user's may take for the View of a plain result."""
_SLOW_FIGURE_SECONDS: Final = 1.0
_BUDGET_SECONDS: Final = 60.0
"""That slow pictures of one kind may take in a process, whatever share of its time that is: a sweep of some dozens of runs has all its figures on a busy machine, too."""
_MOST_SHARE: Final = 0.1
"""Of the time since a kind of picture was made first, that making it may take beyond that."""

_slow: Final[set[str]] = set()
"""Methods that took too long once in this process for the View of a plain result: they aren't asked again."""


class Picture(NamedTuple):
    """A file to keep beside the result."""

    name: str
    media: str
    content: bytes


class Drawings:
    """How long pictures of each kind took in this process, as experiments have them.

    The first one also loads fonts and the like, so it says nothing of the others. A kind that is slow after that is drawn until `budget` seconds are spent on it,
    and from then on as long as it takes a small share of the time: a sweep of long runs has all its figures, and one of a thousand short runs isn't held up by them.

    >>> drawings = Drawings(budget=1.0, clock=iter([0.0, 3.0]).__next__)
    >>> drawings.took("Figure", 2.5)
    >>> first = drawings.may("Figure")
    >>> drawings.took("Figure", 2.0)
    >>> first, drawings.may("Figure")
    (True, False)
    """

    def __init__(self, *, budget: float = _BUDGET_SECONDS, clock: Callable[[], float] = time.perf_counter) -> None:
        self._budget = budget
        self._clock = clock
        self._known: dict[str, tuple[float, float, int, float]] = {}  # since when, in all, how often, the last one

    def may(self, kind: str) -> bool:
        """Whether another one is drawn."""
        since, spent, count, last = self._known.get(kind, (0.0, 0.0, 0, 0.0))
        return count < 2 or last <= _SLOW_FIGURE_SECONDS or spent <= max(self._budget, _MOST_SHARE * (self._clock() - since))

    def took(self, kind: str, seconds: float) -> None:
        """One was drawn."""
        since, spent, count, _ = self._known.get(kind) or (self._clock() - seconds, 0.0, 0, 0.0)
        # What the first one took is paid by whoever draws anything.
        self._known[kind] = since, spent + (seconds if count else 0.0), count + 1, seconds


_drawings: Final = Drawings()


class Album:
    """The pictures of one evaluation."""

    def __init__(self) -> None:
        self.pictures: list[Picture] = []

    @property
    def is_full(self) -> bool:
        """Whether it takes no more."""
        return len(self.pictures) >= MOST_PICTURES

    def add(self, media: str, content: bytes) -> str | None:
        """Keep a picture; its name, None if it is too large."""
        if self.is_full or len(content) > MOST_PICTURE_BYTES:
            return None
        ending = {"image/png": "png", "image/svg+xml": "svg", "text/html": "html", "text/markdown": "md"}.get(media, "json")
        name = f"view-{len(self.pictures) + 1}.{ending}"
        self.pictures.append(Picture(name, media, content))
        return name


def custom(look: Look, value: Any, kind: type, room: int) -> Shape:
    """What an object's own ``__hitsave_view__()`` gives, looked at as any value."""
    name = display_name(kind)[:200]
    if look.level > 0 and look.nodes > 200:
        return {"kind": "opaque", "type": name}
    given = _asked(look, value, kind, "__hitsave_view__")
    if given is value:
        return failed(name, "its __hitsave_view__() gave the object itself")
    shape, used = look.child(given, room - 100 - len(name))
    return {"kind": "custom", "type": name, "view": shape, "_used": used + 60 + len(name)}


def picture(look: Look, value: Any, kind: type, mro: tuple[type, ...], room: int) -> Shape | None:
    """The View of a figure or image, or of an object that has a picture of itself; None of any other. Without an album only of what kind it is."""
    for base in mro:
        draw = _FIGURES.get(full_name(base))
        if draw is not None:
            return draw(look, value, display_name(kind)[:200])
    if look.album is None:
        return None
    for method, media in _METHODS:
        if any(method in namespace(base) for base in mro):
            shape = _own_picture(look, value, kind, method, media, room)
            if shape is not None:
                return shape
    return None


_METHODS: Final = (
    ("_repr_svg_", "image/svg+xml"),
    ("_repr_png_", "image/png"),
    ("_repr_html_", "text/html"),
    ("_repr_markdown_", "text/markdown"),
)


def _own_picture(look: Look, value: Any, kind: type, method: str, media: str, room: int) -> Shape | None:
    given = _asked(look, value, kind, method)
    if isinstance(given, tuple):  # the picture and what is to be known about it
        given = cast("tuple[Any, ...]", given)[0] if given else None
    if not isinstance(given, (str, bytes)) or not given:
        return None
    header: Shape = {"kind": "markup", "type": display_name(kind)[:200], "media": media, "sandbox": True, "length": len(given)}
    if isinstance(given, str) and len(given) <= _MOST_INLINE:
        inline = header | {"text": given}
        if size_of(inline) <= room:
            return inline
    content = given if isinstance(given, bytes) else given.encode("utf-8", "surrogatepass")
    name = look.album.add(media, content) if look.album is not None else None
    return header | ({"attachment": name} if name else {"left_out": "it is too large"})


def _asked(look: Look, value: Any, kind: type, method: str) -> Any:
    """What a method of the user's gives. There is no stopping it while it runs, so one that takes too long loses its turn in this process: at once for plain results, where it used up what experiments have for it."""
    name = f"{full_name(kind)}.{method}"
    rich = look.album is not None
    if (not _drawings.may(name)) if rich else (name in _slow):
        raise TimeoutError
    look.allowance.spend(1_000)
    began = time.perf_counter()
    try:
        return getattr(value, method)()
    finally:
        took = time.perf_counter() - began
        if rich:
            _drawings.took(name, took)
        elif took > _SLOW_SECONDS:
            _slow.add(name)


def _drawing(draw: Callable[[Any, Shape], tuple[str, bytes] | str]) -> Callable[[Look, Any, str], Shape]:
    """A look for figures: what is known of one, and the picture that `draw` makes of it, or why there is none."""

    def look_at(look: Look, value: Any, type_name: str) -> Shape:
        shape: Shape = {"kind": "figure", "type": type_name}
        if look.album is None:
            return shape
        if look.album.is_full or not look.allowance.left or not _drawings.may(type_name):
            return shape | {"left_out": "there are too many pictures, or they take too long"}
        began = time.perf_counter()
        drawn = draw(value, shape)
        _drawings.took(type_name, time.perf_counter() - began)
        if isinstance(drawn, str):
            return shape | {"left_out": drawn}
        media, content = drawn
        name = look.album.add(media, content)
        return shape | ({"media": media, "attachment": name} if name else {"left_out": "it is too large"})

    return look_at


def _matplotlib(figure: Any, shape: Shape) -> tuple[str, bytes] | str:
    width, height = (float(n) for n in figure.get_size_inches())
    shape |= {"width": round(width * figure.dpi), "height": round(height * figure.dpi)}
    points = sum(len(line.get_xdata(orig=True)) for axes in figure.axes for line in axes.lines)
    points += sum(len(collection.get_offsets()) for axes in figure.axes for collection in axes.collections)
    if points > _MOST_POINTS:
        return f"it has {points:,} points"
    written = io.BytesIO()
    figure.savefig(written, format="png", dpi=min(_PIXELS / max(width, height, 0.1), 200.0))
    return "image/png", written.getvalue()


def _plotly(figure: Any, shape: Shape) -> tuple[str, bytes] | str:
    traces: Any = figure._data  # noqa: SLF001 - the public one makes an object for each trace
    shape |= {"traces": len(traces)}
    points = sum(len(part) for trace in traces for part in trace.values() if hasattr(part, "__len__") and not isinstance(part, (str, dict)))
    if points > _MOST_POINTS:
        return f"it has {points:,} points"
    return "application/vnd.plotly.v1+json", figure.to_json().encode()


def _pillow(image: Any, shape: Shape) -> tuple[str, bytes] | str:
    width, height = image.size
    shape |= {"width": int(width), "height": int(height), "mode": str(image.mode)[:20]}
    if width * height > _MOST_PIXELS:
        return f"it has {width * height:,} pixels"
    small = image.copy()
    small.thumbnail((_PIXELS, _PIXELS))
    if small.mode not in {"1", "L", "LA", "I", "P", "RGB", "RGBA"}:
        small = small.convert("RGB")
    written = io.BytesIO()
    small.save(written, format="png")
    return "image/png", written.getvalue()


_FIGURES: Final = {
    "matplotlib.figure:Figure": _drawing(_matplotlib),
    "plotly.basedatatypes:BaseFigure": _drawing(_plotly),
    "PIL.Image:Image": _drawing(_pillow),
}
