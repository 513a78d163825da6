"""Captures whose order is another one in every process, because it is that of a set: ``NAMES = list({"a", "b"})``.

Such a value is taken for the same where it holds the same in any order, and all code that makes it is unchanged; if that code reads nothing but other code and values
of the project, and what has no say in the order.
"""

from __future__ import annotations

import ast
import sys
from collections import OrderedDict, defaultdict, deque
from textwrap import dedent
from typing import Any, Final, cast

from hitsave.codegraph.closure import Walker
from hitsave.codegraph.graph import CodeGraph
from hitsave.codegraph.library import Library
from hitsave.codegraph.symbols import Symbol
from hitsave.digest import Digest, digest_parts
from hitsave.runtime.names import LiveNames
from hitsave.runtime.objects import LiveObjects
from hitsave.values.digester import Digester

UNORDERED_CONTEXT: Final = "hitsave 2026 v1 capture in any order"
_HAS_NO_SAY: Final = frozenset({"collections", "copy", "dataclasses", "enum", "functools", "itertools", "math", "operator", "re", "string", "typing"})
_MAPPINGS: Final[frozenset[Any]] = frozenset({dict, OrderedDict, defaultdict})
_SEQUENCES: Final[frozenset[Any]] = frozenset({list, tuple, deque})
_MOST: Final = 10_000
_DEEPEST: Final = 20


def unordered_digest(objects: LiveObjects, library: Library, symbol: Symbol, value: Any) -> Digest | None:
    """The digest of a capture in any order, with that of all code that makes it; None where its order can't be that of a set, or something else may have a say in it."""
    if not sys.flags.hash_randomization or type(value) not in _MAPPINGS | _SEQUENCES or "." in symbol.name:
        return None
    walker = Walker(library)
    walker.visit_value_by_code(symbol)
    walker.drain()
    graph = walker.graph
    if graph.untracked or graph.compiled or not _reads_no_others(graph) or not _has_sets(graph):
        return None
    digester, left = Digester(LiveNames(objects)), [_MOST]
    content = _in_any_order(value, digester, left, 0)
    return None if content is None else digest_parts(UNORDERED_CONTEXT, content, *_made_by(graph))


def _reads_no_others(graph: CodeGraph) -> bool:
    return all(found.target.partition(".")[0] in _HAS_NO_SAY for found in graph.names.values() if found.kind == "external")


def _has_sets(graph: CodeGraph) -> bool:
    texts = [*(node.text for node in graph.code.values()), *(maker.text for maker in graph.captures.values() if maker is not None)]
    return any(_mentions_sets(text) for text in texts)


def _mentions_sets(text: str) -> bool:
    if "set" not in text and "{" not in text:
        return False
    try:
        tree = ast.parse(dedent(text).strip())
    except (SyntaxError, ValueError, RecursionError):
        return False
    return any(isinstance(n, (ast.Set, ast.SetComp)) or (isinstance(n, ast.Name) and n.id in {"set", "frozenset"}) for n in ast.walk(tree))


def _made_by(graph: CodeGraph) -> list[bytes]:
    parts = [f"{symbol}".encode() + node.shell + node.body for symbol, node in graph.code.items()]
    parts += [f"{symbol}".encode() + (maker.digest if maker is not None else b"") for symbol, maker in graph.captures.items()]
    parts += [f"{module} {name} {found}".encode() for (module, name), found in graph.names.items()]
    return sorted(parts)


def _in_any_order(value: Any, digester: Digester, left: list[int], depth: int) -> bytes | None:
    kind = cast("type[Any]", type(value))
    if kind not in _MAPPINGS and kind not in _SEQUENCES:
        return bytes(digester.digest(value, ""))
    left[0] -= len(value) + 1
    if left[0] < 0 or depth > _DEEPEST:
        return None
    found: list[bytes] = []
    for item in value.items() if kind in _MAPPINGS else value:
        parts = [_in_any_order(part, digester, left, depth + 1) for part in (item if kind in _MAPPINGS else (item,))]
        known = [part for part in parts if part is not None]
        if len(known) != len(parts):
            return None
        found.append(digest_parts(UNORDERED_CONTEXT, *known))
    factory = bytes(digester.digest(value.default_factory, "")) if kind is defaultdict else b""
    return bytes(digest_parts(UNORDERED_CONTEXT, kind.__name__.encode(), factory, *sorted(found)))
