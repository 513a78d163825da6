"""From checks that don't hold to reasons that a person can act on."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Final, Protocol

from hitsave.codegraph.definitions import Found, Maker
from hitsave.codegraph.resolution import ALL_NAMES
from hitsave.codegraph.symbols import Symbol
from hitsave.digest import Digest
from hitsave.freshness.check import AnyCheck, CompiledCheck, Failure, PythonCheck, World, failures
from hitsave.freshness.process_state import SAID, STATES
from hitsave.freshness.record import CaptureCheck, CodeCheck, EnvironmentCheck, ExternalCheck, FileCheck, NameCheck, Record, Snapshot, SnapshotText
from hitsave.freshness.status import CannotTell, Fresh, Place, Reason, Stale
from hitsave.freshness.surroundings import ARGUMENT_PATHS, COMMAND_LINE, CURRENT_FOLDER, WHOLE_ENVIRONMENT


class ExplainingWorld(World, Protocol):
    """A world that also shows the text of things now."""

    root: str

    def definition(self, symbol: Symbol) -> Found | None:
        """The definition of a symbol in the text now."""
        ...


_ORDINAL: Final = re.compile(r"#\d+")
TextOf = Callable[[Digest], str | None]


def freshness_of(record: Record, snapshot: Snapshot | None, world: ExplainingWorld, text_of: TextOf) -> Fresh | Stale | CannotTell:
    """Whether what a Record depended on is the same in `world`, and if not, why not."""
    found = list(failures(record, world))
    changed = [f for f in found if f.answer == "changed"]
    if changed:
        return Stale(reasons_for(changed, snapshot, world, text_of))
    unknown = [f for f in found if f.answer == "unknown"]
    if unknown:
        return CannotTell(reasons_for(unknown, snapshot, world, text_of))
    return Fresh(tuple(sorted({f.check.symbol for f in found if isinstance(f.check, CaptureCheck)})))


def reasons_for(found: Iterable[Failure], snapshot: Snapshot | None, world: ExplainingWorld, text_of: TextOf) -> tuple[Reason, ...]:
    """A reason for each failed check, those nearest to the root first.

    What another reason says already gives none of its own: a name whose symbol changed, a local function of one that changed, a value under
    unchanged text in which code that changed was met, what the process is set to by a module that sets something else now.
    """
    texts = snapshot.by_symbol() if snapshot is not None else {}
    found = list(found)
    code = {f.check.symbol for f in found if isinstance(f.check, CodeCheck)}
    explained = code | {f.check.symbol for f in found if isinstance(f.check, CaptureCheck)}
    on_the_way = {step for symbol in code for step in _chain(symbol, texts)}
    reasons: list[Reason] = []
    for failure in found:
        match failure.check:
            case NameCheck() if _target(failure.check) in explained:
                continue
            case EnvironmentCheck() if failure.check.name in STATES and any(_sets_something(f.check, world) for f in found):
                continue
            case CodeCheck() if any(around in code for around in _around(failure.check.symbol)):
                continue
            case CaptureCheck() if failure.check.symbol.removesuffix(".<value>") in on_the_way and not _has_other_text(
                failure.check, texts, world, text_of
            ):
                continue
            case _:
                reasons.append(_reason(failure, texts, world, text_of))
    reasons = reasons or [_reason(f, texts, world, text_of) for f in found]
    return tuple(sorted(dict.fromkeys(reasons), key=lambda r: (_ORDER.index(r.kind), len(r.chain), r.subject)))


_CHANGED_SURROUNDINGS = {
    WHOLE_ENVIRONMENT: "the environment changed",
    CURRENT_FOLDER: "the current folder is another",
    COMMAND_LINE: "the command line is another",
    **SAID,
    ARGUMENT_PATHS: "the files that it is given lie elsewhere",
}
_WHAT_OF_FILES = {"listing": "the list of files in {}", "folder": "what is in {}", "input folder": "what is in {}"}
_ORDER = ("code", "name", "capture", "file", "environment", "external", "python", "version")


def _around(symbol: str) -> Iterator[str]:
    """The functions that a function is local to, innermost first."""
    while (around := symbol.rpartition(".<locals>.")[0]) != "":
        yield around
        symbol = around


def _has_other_text(check: CaptureCheck, texts: dict[str, SnapshotText], world: ExplainingWorld, text_of: TextOf) -> bool:
    maker = world.maker(Symbol.parse(check.symbol))
    return _before(texts.get(check.symbol), text_of) != (maker.text if maker else None)


def _target(check: NameCheck) -> str:
    return check.resolution.split(" ")[1]


def _is_configuration(check: NameCheck, world: ExplainingWorld) -> bool:
    """Whether a name stands for the library that it stood for, to which its module does something else now."""
    return check.resolution.startswith("external ") and any(
        str(found).split(" ")[:2] == check.resolution.split(" ")[:2] for found in world.name(check.module, check.name)
    )


def _sets_something(check: AnyCheck, world: ExplainingWorld) -> bool:
    return isinstance(check, NameCheck) and check.name != ALL_NAMES and _is_configuration(check, world)


def _reason(failure: Failure, texts: dict[str, SnapshotText], world: ExplainingWorld, text_of: TextOf) -> Reason:
    check = failure.check
    match check:
        case CodeCheck(kind="lambda") if (variable := check.symbol.partition(".<lambda>")[0]) in texts and texts[variable].kind == "value":
            return _variable_reason(variable, texts, world, text_of)  # a lambda that has no name but that of a module variable
        case CodeCheck():
            then, now = texts.get(check.symbol), world.definition(Symbol.parse(check.symbol))
            title = _title(check.symbol, check.kind)
            verb = "was removed" if now is None else "changed"
            return Reason(
                "code",
                check.symbol,
                f"{title} {verb}",
                _place(then, now, world),
                _chain(check.symbol, texts),
                _before(then, text_of),
                now.text if now else None,
            )
        case CaptureCheck():
            return _variable_reason(check.symbol, texts, world, text_of)
        case NameCheck(name=name) if name == ALL_NAMES:
            return Reason("name", check.module, f"{check.module} has other names, and it is used as a value")
        case NameCheck() if _is_configuration(check, world):
            library = check.name.partition(".")[0].rpartition(" ")[2]
            return Reason("name", f"{check.module}:{check.name}", f"what {check.module} does to {library} when it is imported changed")
        case NameCheck():
            found = [str(r) for r in world.name(check.module, check.name)]
            now_names, before = " or ".join(_spoken(r) for r in found), _spoken(check.resolution)
            if now_names == before:  # a definition, and an object that someone put in its place
                now_names, before = (
                    f"what was put in the place of {n}" if r.startswith("value ") else n
                    for n, r in ((now_names, found[0]), (before, check.resolution))
                )
            message = f"{check.name.rpartition(' as ')[2]} in {check.module} is {now_names}, was {before}"
            return Reason("name", f"{check.module}:{check.name}", message, None, (), before, now_names)
        case ExternalCheck():
            now_version = world.external(check.distribution, check.sensitivity)
            message = f"{check.distribution} is {now_version or 'not installed'}, was {check.version or 'not installed'}"
            return Reason("external", check.distribution, message, None, (), check.version, now_version)
        case FileCheck():
            now_digest = world.file(check)
            verb = "appeared" if check.digest is None else "is gone" if now_digest is None else "changed"
            what = _WHAT_OF_FILES.get(check.kind, "{}").format(check.path)
            return Reason("file", check.path, f"{what} {verb}", Place(check.path, 0))
        case EnvironmentCheck():
            return Reason("environment", check.name, _CHANGED_SURROUNDINGS.get(check.name, f"environment variable {check.name} changed"))
        case CompiledCheck():
            return Reason("code", check.module, f"compiled module {check.module} changed")
        case PythonCheck():
            return Reason("python", "python", f"Python is {world.python}, was {check.python}", None, (), check.python, world.python)


def _variable_reason(symbol: str, texts: dict[str, SnapshotText], world: ExplainingWorld, text_of: TextOf) -> Reason:
    then, maker = texts.get(symbol), world.maker(Symbol.parse(symbol))
    before, after = _before(then, text_of), maker.text if maker else None
    name = _variable(symbol)
    message = f"the value of {name} changed" if before == after else f"{name} changed"
    return Reason("capture", symbol, message, _place(then, maker, world), _chain(symbol, texts), before, after)


def _variable(symbol: str) -> str:
    name = symbol.rpartition(":")[2].replace(".<locals>.", ".").removesuffix(".<value>")
    function, closure, cell = name.partition(".<closure>.")
    return f"{cell} in {function}()" if closure else name


def _title(symbol: str, kind: str) -> str:
    name = _ORDINAL.sub("", symbol.rpartition(":")[2].replace(".<locals>.", "."))
    match kind:
        case "class":
            return f"class {name}"
        case "lambda":
            owner = name.partition("<lambda>")[0].rstrip(".")
            return f"the lambda in {owner}" if owner else "a lambda"
        case _:
            return f"{name}()"


def _before(then: SnapshotText | None, text_of: TextOf) -> str | None:
    return text_of(Digest(then.text)) if then is not None else None


def _place(then: SnapshotText | None, now: Found | Maker | None, world: ExplainingWorld) -> Place | None:
    if now is not None:
        path = now.path
        return Place(os.path.relpath(path, world.root) if path.startswith(world.root + os.sep) else path, now.line)
    return Place(then.path, then.line) if then is not None else None


def _chain(symbol: str, texts: dict[str, SnapshotText]) -> tuple[str, ...]:
    chain = [symbol]
    while (step := texts.get(chain[-1])) is not None and step.via and step.via not in chain:
        chain.append(step.via)
    return tuple(reversed(chain))


def _spoken(resolution: str) -> str:
    kind, _, target = resolution.partition(" ")
    match kind:
        case "nothing":
            return "not defined"
        case "builtin":
            return f"the built-in {target}"
        case "module":
            return f"the project's {target}"
        case "external":
            return f"the library {target.partition(' ')[0]}"
        case _:
            return target
