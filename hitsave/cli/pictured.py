"""Views as text: a tree of lines, and one line each for what is small."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, cast

from hitsave.freshness import words
from hitsave.freshness.views import Shape

Branch = tuple[int, str]

_IN_ONE_LINE: Final = 72
_MOST_LINES: Final = 60
_COUNTED: Final = frozenset({"sequence", "set", "mapping", "object", "labelled"})


def view_lines(shape: Shape, name: str = "") -> list[Branch]:
    """What a View shows, as lines by their depth; at most 60.

    >>> view_lines({"kind": "sequence", "type": "list", "length": 3, "items": [{"kind": "int", "value": 1}]})
    [(0, '[1, … 2 more]')]
    """
    lines: list[Branch] = []
    for line in _lines(shape, name, 0):
        if len(lines) == _MOST_LINES:
            return [*lines, (0, "…")]
        lines.append(line)
    return lines


def in_a_line(shape: Shape) -> str | None:
    """What a View shows, where that fits into one short line."""
    text = _inline(shape)
    return text if text is not None and len(text) <= _IN_ONE_LINE and "\n" not in text else None


def _lines(shape: Shape, name: str, depth: int) -> Iterator[Branch]:
    label = f"{name}  " if name else ""
    inline = in_a_line(shape)
    if inline is not None:
        yield depth, label + inline
        return
    yield depth, label + title(shape)
    yield from _parts(shape, depth + 1)


def _parts(shape: Shape, depth: int) -> Iterator[Branch]:
    named = list(_named_parts(shape))
    for name, part in named:
        yield from _lines(part, name, depth)
    more = int(shape.get("length", 0)) - len(named)
    if shape.get("kind") in _COUNTED and more > 0:
        yield depth, f"… {more:,} more"
    match shape.get("kind"):
        case "array" | "series":
            yield from ((depth, line) for line in _statistics(shape))
            if shape.get("head"):
                yield depth, "begins with " + ", ".join(str(cell) for cell in shape["head"][:10])
        case "frame":
            yield from ((depth, _column(column)) for column in cast("list[Shape]", shape.get("columns", [])))
        case "text":
            yield from ((depth, line[:200]) for line in str(shape.get("text", "")).splitlines()[:20])
        case _:
            return


def _named_parts(shape: Shape) -> Iterator[tuple[str, Shape]]:
    """The Views within a View, each with what it is called there."""
    match shape.get("kind"):
        case "sequence" | "set" | "array":
            yield from ((f"[{number}]", item) for number, item in enumerate(cast("list[Shape]", shape.get("items", []))))
        case "exception":
            yield from ((f"[{number}]", item) for number, item in enumerate(cast("list[Shape]", shape.get("arguments", []))))
        case "mapping":
            yield from ((in_a_line(key) or title(key), value) for key, value in cast("list[tuple[Shape, Shape]]", shape.get("items", [])))
        case "object":
            yield from cast("list[tuple[str, Shape]]", shape.get("fields", []))
        case "labelled":
            for variable in cast("list[Shape]", shape.get("variables", [])):
                yield f"{variable['name']}({', '.join(variable['dimensions'])})", variable["view"]
        case "enum":
            yield "", shape["value"]
        case "custom":
            yield "", shape["view"]
        case _:
            return


def title(shape: Shape) -> str:
    """A View in a few words, without its parts."""
    kind = str(shape.get("kind", "?"))
    name = str(shape.get("type", kind)).rpartition(".")[2]
    match kind:
        case "sequence" | "set" | "mapping":
            return f"{name} of {shape.get('length', 0):,}"
        case "text" | "bytes":
            return f"{words.counted(int(shape.get('length', 0)), 'character' if kind == 'text' else 'byte')}"
        case "array":
            sizes = " × ".join(f"{n:,}" for n in shape.get("shape", [])) or "no dimensions"
            return f"{name} of {sizes}, {shape.get('dtype')}"
        case "series":
            return f"{name} of {shape.get('rows', 0):,}, {shape.get('dtype')}"
        case "frame":
            return f"{name} of {words.counted(int(shape.get('rows', 0)), 'row')} and {words.counted(int(shape.get('width', 0)), 'column')}"
        case "labelled":
            return f"{name} of " + ", ".join(f"{d} {n:,}" for d, n in shape.get("dimensions", {}).items())
        case "figure":
            size = f" of {shape['width']:,} × {shape['height']:,}" if "width" in shape else ""
            kept = (
                f", kept as {shape['attachment']}" if shape.get("attachment") else f", not kept: {shape['left_out']}" if "left_out" in shape else ""
            )
            return name + size + kept
        case "markup":
            kept = f", kept as {shape['attachment']}" if shape.get("attachment") else ""
            return f"{name}, {shape.get('media')}{kept}"
        case "failed":
            return f"no view of {name or 'it'}: {shape.get('why')}"
        case "secret":
            return "(secret)"
        case "lazy":
            return f"{name}, not computed"
        case "cycle":
            return f"the {name} above"
        case "cut":
            return "…"
        case _:
            return name


def _inline(shape: Shape) -> str | None:
    match shape.get("kind"):
        case "none":
            return "None"
        case "bool" | "float":
            return str(shape["value"])
        case "int":
            return str(shape["value"]) if "value" in shape else f"int of {shape['bits']:,} bits"
        case "text":
            whole = shape["length"] == len(shape["text"])
            return repr(shape["text"]) if whole else None
        case "bytes":
            return f"{shape['length']:,} bytes, {shape['hex'][:24]}{'…' if shape['length'] > 12 else ''}"
        case "value" | "time" | "path":
            return str(shape["text"])
        case "enum":
            return f"{str(shape['type']).rpartition('.')[2]}.{shape['name']}" if shape.get("name") else None
        case "code":
            return str(shape["name"]).removeprefix("builtins:")
        case "sequence" | "set":
            marks = {"tuple": "()", "set": "{}", "frozenset": "{}"}.get(str(shape["type"]), "[]")
            return _joined(shape, [_inline(item) for item in shape["items"]], marks)
        case "mapping":
            return _joined(shape, _pairs(shape["items"], lambda key: _inline(cast("Shape", key)), ": "), "{}")
        case "object":
            inner = _joined(shape, _pairs(shape["fields"], str, "="), "()")
            return None if inner is None else str(shape["type"]).rpartition(".")[2] + inner
        case "exception":
            parts = [_inline(item) for item in shape["arguments"]]
            return None if None in parts else f"{shape['type']}({', '.join(cast('list[str]', parts))})"
        case "array" | "series" | "frame" | "labelled" | "custom":
            return None
        case _:
            return title(shape)


def _pairs(pairs: Iterable[tuple[Any, Shape]], left: Callable[[Any], str | None], between: str) -> list[str | None]:
    found = [(left(key), _inline(value)) for key, value in pairs]
    return [None if key is None or value is None else key + between + value for key, value in found]


def _joined(shape: Shape, parts: list[str | None], marks: str) -> str | None:
    if None in parts:
        return None
    more = int(shape["length"]) - len(parts)
    shown = cast("list[str]", parts)
    if more > 0:
        if len(shown) > 8:
            shown, more = shown[:8], int(shape["length"]) - 8
        shown = [*shown, f"… {more:,} more"]
    return marks[0] + ", ".join(shown) + marks[1]


def _column(column: Shape) -> str:
    parts = [f"{column.get('name')}: {column.get('dtype')}"]
    if column.get("secret"):
        parts.append("(secret)")
    return ", ".join([*parts, *_statistics(column)])


def _statistics(shape: Shape) -> list[str]:
    lines: list[str] = []
    statistics = cast("Shape", shape.get("statistics") or {})
    if "min" in statistics:
        lines.append(f"{_short(statistics['min'])} to {_short(statistics['max'])}, mean {_short(statistics['mean'])}")
    elif "min" in shape:
        lines.append(f"{shape['min']} to {shape['max']}")
    for source, name, word in ((statistics, "nan", "NaN"), (statistics, "infinite", "infinite"), (shape, "missing", "missing"), (statistics, "true", "true"), (shape, "true", "true"), (shape, "masked", "masked"), (shape, "distinct", "categories")):  # fmt: skip
        if source.get(name):
            lines.append(f"{source[name]:,} {word}")
    looked = statistics.get("of", shape.get("of"))
    if lines and looked is not None and statistics.get("exact") is False:
        lines.append(f"in a sample of {looked:,}")
    return lines


def _short(number: Any) -> str:
    return f"{number:.4g}" if isinstance(number, float) else str(number)
