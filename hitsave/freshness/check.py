"""Checks a Record against a world: the current text, or a live process.

One function for the runtime, the command line and the language server.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, Protocol

from hitsave.codegraph.definitions import Maker
from hitsave.codegraph.graph import BARE, CodeNode
from hitsave.codegraph.resolution import ALL_NAMES, Resolution
from hitsave.codegraph.symbols import Symbol
from hitsave.freshness.accepted import Accepted
from hitsave.freshness.record import CaptureCheck, CodeCheck, EnvironmentCheck, ExternalCheck, FileCheck, NameCheck, Record
from hitsave.structs import frozen

Check = CodeCheck | NameCheck | CaptureCheck | ExternalCheck | FileCheck | EnvironmentCheck


@frozen
class PythonCheck:
    """The Python that the evaluation ran on."""

    python: str
    optimize: int


@frozen
class CompiledCheck:
    """The digest of a compiled extension's file."""

    module: str
    digest: bytes


CaptureAnswer = Literal["same", "changed", "assumed", "unknown"]


class World(Protocol):
    """What a Record's checks are made against."""

    python: str
    optimize: int
    accepted: Accepted
    text_only: bool
    """Whether it has no live objects to ask: what modules are given while a program runs is not to be seen there."""

    def code(self, symbol: Symbol, *, documented: int, bare: bool) -> CodeNode | None:
        """The definition of a symbol now; `bare`: as a root that only its caller calls, whose parameters are in the key."""
        ...

    def name(self, module: str, key: str) -> tuple[Resolution, ...]:
        """What a name may stand for now."""
        ...

    def capture(self, check: CaptureCheck) -> CaptureAnswer:
        """Whether a capture has the value that it had; "assumed": its text is unchanged, "unknown": its text changed and only a run can tell."""
        ...

    def maker(self, symbol: Symbol) -> Maker | None:
        """The text that makes a module variable now."""
        ...

    def external(self, distribution: str, sensitivity: str) -> str:
        """The version of a distribution now, as far as `sensitivity` looks."""
        ...

    def compiled(self, module: str) -> bytes | None:
        """The digest of a compiled extension's file now."""
        ...

    def file(self, check: FileCheck) -> bytes | None:
        """The digest of a file's content or a folder's listing now; None where there is none."""
        ...

    def environment(self, check: EnvironmentCheck) -> bytes | None:
        """The digest of an environment variable's value now; None where it is not set."""
        ...


AnyCheck = Check | PythonCheck | CompiledCheck


@frozen
class Failure:
    """A check that does not hold ("changed"), or can't be told by text alone ("unknown"), or holds if a value is as it was ("assumed")."""

    check: AnyCheck
    answer: CaptureAnswer


def holds(record: Record, world: World) -> bool:
    """Whether every check of `record` holds in `world`, surely."""
    return next(failures(record, world), None) is None


def failures(record: Record, world: World) -> Iterator[Failure]:
    """The checks that don't surely hold; code comes first, because its reasons explain the others."""
    for check in checks_of(record):
        found = answer(check, world)
        if found != "same":
            yield Failure(check, found)


def checks_of(record: Record) -> Iterator[AnyCheck]:
    """All checks of a Record, in the order in which they are made."""
    yield PythonCheck(record.python, record.optimize)
    yield from record.code
    yield from record.names
    yield from record.externals
    for module, digest in record.compiled:
        yield CompiledCheck(module, digest)
    yield from record.environment
    yield from record.files
    yield from record.captures


def answer(check: AnyCheck, world: World) -> CaptureAnswer:
    """What one check comes to in `world`: what it comes to by itself, or what one comes to that a person accepted to stand for it."""
    found = _answer(check, world)
    if found in {"changed", "unknown"} and isinstance(check, (CodeCheck, CaptureCheck)):
        for other in world.accepted.instead_of(check):
            accepted = _answer(other, world)
            if accepted in {"same", "assumed"}:
                return accepted
    return found


def is_code(node: CodeNode | None, check: CodeCheck) -> bool:
    """Whether a definition is what its check says."""
    return (
        node is not None
        and node.kind == check.kind
        and node.shell == check.shell
        and (check.body is None or node.without(check.left_out) == check.body)
    )


def _answer(check: AnyCheck, world: World) -> CaptureAnswer:
    match check:
        case CodeCheck():
            same = is_code(world.code(Symbol.parse(check.symbol), documented=check.documented, bare=check.kind == BARE), check)
        case NameCheck():
            found = {str(r) for r in world.name(check.module, check.name)}
            if world.text_only and check.name == ALL_NAMES and any(check.resolution.startswith(f"{names} ") for names in found):
                return "assumed"
            same = check.resolution in found
        case CaptureCheck():
            return world.capture(check)
        case ExternalCheck():
            same = world.external(check.distribution, check.sensitivity) == check.version
        case CompiledCheck():
            same = world.compiled(check.module) == check.digest
        case EnvironmentCheck():
            same = world.environment(check) == check.digest
        case FileCheck():
            same = world.file(check) == check.digest
        case PythonCheck():
            same = (check.python, check.optimize) == (world.python, world.optimize)
    return "same" if same else "changed"
