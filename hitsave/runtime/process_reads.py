"""What reached code asks of the process that it runs in, read off its text: the words of the command line, the current folder, the time zone, and which warnings are errors.

Nothing tells when `sys.argv` is read, `os.getcwd` called, a local time asked for, or a warning given. That the code names them, and ran at some time in this process, is what is known; a cache may hold what it was told then.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Final

from hitsave.codegraph.definitions import Found
from hitsave.codegraph.facts import Read
from hitsave.codegraph.resolve import Resolver
from hitsave.codegraph.symbols import Symbol
from hitsave.runtime.live import LiveWalker

COMMAND_LINE_NAMES: Final = frozenset({"sys.argv", "sys.orig_argv"})
FOLDER_NAMES: Final = frozenset({"os.getcwd", "os.getcwdb", "pathlib.Path.cwd"})
TIME_ZONE_NAMES: Final = frozenset(
    {f"time.{name}" for name in ("localtime", "mktime", "strftime", "ctime", "asctime", "tzname", "timezone", "altzone", "daylight")}
    | {f"datetime.datetime.{name}" for name in ("fromtimestamp", "now", "today")}
    | {f"datetime.date.{name}" for name in ("fromtimestamp", "today")}
)
WARNING_NAMES: Final = frozenset({"warnings.warn", "warnings.warn_explicit", "warnings.deprecated"})
_ASKED: Final = COMMAND_LINE_NAMES | FOLDER_NAMES | TIME_ZONE_NAMES | WARNING_NAMES
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
    """Which of COMMAND_LINE_NAMES, FOLDER_NAMES, TIME_ZONE_NAMES and WARNING_NAMES code names that an evaluation reaches and that ran in this process."""
    found: set[str] = set()
    for symbol in walker.graph.code:
        definition = None if symbol in never_ran else walker.find(symbol)
        if definition is not None:
            found.update(_named(definition, walker.resolver))
    return frozenset(found)


def _named(found: Found, resolver: Resolver) -> Iterator[str]:
    body = found.definition.body
    if any(name in {"parse_args", "parse_known_args"} for name in body.attributes) and _PARSING.search(found.text):
        yield "sys.argv"
    if not _LOCAL_TIME.isdisjoint(body.attributes):
        yield "time.localtime"
    decorating = (Read(decorator.path, 0, None) for decorator in found.definition.decorators if decorator.path[-1:] == _DECORATOR)
    for read in (*body.reads, *decorating):
        if _LAST_NAMES.isdisjoint(read.path) and (read.origin is None or read.origin.name not in _LAST_NAMES):
            continue
        if _GOING in body.attributes and "argv" not in read.path:
            continue
        for resolution in resolver.resolve(found.symbol.module, read):
            if resolution.kind == "external":
                chain = ".".join([resolution.target, *read.path[resolution.consumed :]])
                yield from (name for name in _ASKED if chain == name or chain.startswith(f"{name}."))
