"""What reached code asks of the process that it runs in, read off its text: the words of the command line, the current folder, and what it is set to.

Nothing tells when `sys.argv` is read, `os.getcwd` called, a local time asked for, or a warning given. That the code names them, and ran at some time in this process, is what is known; a cache may hold what it was told then.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Final

from hitsave.codegraph.definitions import Found
from hitsave.codegraph.facts import Read
from hitsave.codegraph.library import SourceModule
from hitsave.codegraph.resolve import Resolver
from hitsave.codegraph.symbols import Symbol
from hitsave.freshness.process_state import DECIMALS, LIMITS, LOCALE, TIME_ZONE, WARNINGS
from hitsave.runtime.executed import costs
from hitsave.runtime.live import LiveWalker

COMMAND_LINE_NAMES: Final = frozenset({"sys.argv", "sys.orig_argv"})
_PLACING: Final = frozenset({"absolute", "resolve"}) if costs else frozenset[str]()
"""Methods of paths that ask for the current folder, where nothing else tells that they were called."""
FOLDER_NAMES: Final = frozenset(
    {"os.getcwd", "os.getcwdb", "pathlib.Path.cwd", *(f"os.path.{name}" for name in ("abspath", "realpath", "relpath") if costs)}
)
STATE_NAMES: Final = {
    TIME_ZONE: frozenset(
        {f"time.{name}" for name in ("localtime", "mktime", "strftime", "ctime", "asctime", "tzname", "timezone", "altzone", "daylight")}
        | {f"datetime.datetime.{name}" for name in ("fromtimestamp", "now", "today")}
        | {f"datetime.date.{name}" for name in ("fromtimestamp", "today")}
    ),
    WARNINGS: frozenset({"warnings.warn", "warnings.warn_explicit", "warnings.deprecated"}),
    DECIMALS: frozenset({"decimal.Decimal", "decimal.getcontext", "decimal.localcontext"}),
    LOCALE: frozenset(
        f"locale.{name}"
        for name in (
            "getlocale",
            "localeconv",
            "format_string",
            "currency",
            "str",
            "delocalize",
            "localize",
            "atof",
            "atoi",
            "strcoll",
            "strxfrm",
            "nl_langinfo",
        )
    ),
    LIMITS: frozenset({"sys.getrecursionlimit", "sys.getswitchinterval", "sys.get_int_max_str_digits"}),
}
"""By which names code asks for a part of what the process is set to."""
_SETTING: Final = {
    WARNINGS: frozenset({"warnings.simplefilter", "warnings.filterwarnings"}),
    DECIMALS: frozenset({"decimal.setcontext"}),
    LOCALE: frozenset({"locale.setlocale"}),
    LIMITS: frozenset({"sys.setrecursionlimit", "sys.setswitchinterval", "sys.set_int_max_str_digits"}),
}
"""By which names code sets it itself, and so does not ask what it is: what is set by one call is there in the next, where no hit took its place."""
_RESTORING: Final = "warnings.catch_warnings"
_OF_CONTEXTS: Final = "prec"
"""The attribute of a context of decimals that is set."""
_ASKED: Final = COMMAND_LINE_NAMES.union(FOLDER_NAMES, *STATE_NAMES.values(), *_SETTING.values(), {_RESTORING})
_LOCAL_TIME: Final = frozenset({"astimezone", "timestamp"})
"""Methods of times, wherever these come from."""
_DECORATOR: Final = ("deprecated",)
"""What it decorates warns when it is called."""
_GOING: Final = "chdir"
"""Who goes to another folder asks for the current one to come back."""
_LAST_NAMES: Final = frozenset(name.rpartition(".")[2] for name in _ASKED)
_PARSING: Final = re.compile(r"\.\s*parse_(?:known_)?args\(\s*\)")
"""`argparse` reads the command line where it is given no words."""


def asked_of_process(walker: LiveWalker, never_ran: Collection[Symbol]) -> frozenset[str]:
    """Which of COMMAND_LINE_NAMES, FOLDER_NAMES, STATE_NAMES and the names that set such a thing code names that an evaluation reaches and that ran in this process."""
    found: set[str] = set()
    renamed: dict[str, frozenset[str]] = {}
    for symbol in walker.graph.code:
        definition = None if symbol in never_ran else walker.find(symbol)
        if definition is not None:
            if symbol.module not in renamed:
                renamed[symbol.module] = _renamed(walker, symbol.module)
            found.update(_named(definition, walker.resolver, renamed[symbol.module]))
    return frozenset(found)


def states_asked(named: Collection[str]) -> list[str]:
    """The parts of what the process is set to that code with these names asks for, and does not set itself."""
    found = [name for name, asking in STATE_NAMES.items() if not asking.isdisjoint(named) and _SETTING.get(name, frozenset()).isdisjoint(named)]
    return [*found, WARNINGS] if WARNINGS not in found and _RESTORING in named and not STATE_NAMES[WARNINGS].isdisjoint(named) else found


def _renamed(walker: LiveWalker, module: str) -> frozenset[str]:
    """What a module's imports call what is asked for: ``from time import localtime as local``."""
    located = walker.library.locate(module)
    bindings = located.index.bindings if isinstance(located, SourceModule) else ()
    return frozenset(b.name for b in bindings if b.origin is not None and b.origin.name in _LAST_NAMES)


def _named(found: Found, resolver: Resolver, renamed: Collection[str]) -> Iterator[str]:
    body = found.definition.body
    if any(name in {"parse_args", "parse_known_args"} for name in body.attributes) and _PARSING.search(found.text):
        yield "sys.argv"
    if _OF_CONTEXTS in body.attributes:
        yield "decimal.setcontext"
    if not _LOCAL_TIME.isdisjoint(body.attributes):
        yield "time.localtime"
    if not _PLACING.isdisjoint(body.attributes):
        yield "os.getcwd"
    decorating = (Read(decorator.path, 0, None) for decorator in found.definition.decorators if decorator.path[-1:] == _DECORATOR)
    for read in (*body.reads, *decorating):
        if _LAST_NAMES.isdisjoint(read.path) and read.path[0] not in renamed and (read.origin is None or read.origin.name not in _LAST_NAMES):
            continue
        if _GOING in body.attributes and "argv" not in read.path:
            continue
        for resolution in resolver.resolve(found.symbol.module, read):
            if resolution.kind == "external":
                chain = ".".join([resolution.target, *read.path[resolution.consumed :]])
                yield from (name for name in _ASKED if chain == name or chain.startswith(f"{name}."))
