"""From what an evaluation reached and read to its Record and Snapshot."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, TypeVar

from hitsave.codegraph.definitions import Found
from hitsave.codegraph.documentation import DOCSTRINGS, NOTHING
from hitsave.codegraph.graph import CodeNode
from hitsave.codegraph.pieces import places_of
from hitsave.codegraph.reflection import WORDS
from hitsave.codegraph.resolution import ALL_NAMES
from hitsave.codegraph.symbols import Symbol
from hitsave.digest import Digest
from hitsave.errors import UnstorableError
from hitsave.files.inputs import folder_digest
from hitsave.freshness.process_state import state
from hitsave.freshness.record import (
    CaptureCheck,
    CodeCheck,
    EnvironmentCheck,
    ExternalCheck,
    FileCheck,
    NameCheck,
    Record,
    Snapshot,
    SnapshotText,
    UntrackedPlace,
    given_elsewhere,
    is_of_a_call,
    text_digest,
)
from hitsave.freshness.surroundings import (
    ARGUMENT_PATHS,
    COMMAND_LINE,
    CURRENT_FOLDER,
    WHOLE_ENVIRONMENT,
    Surroundings,
    environment_digest,
    names_digest,
    presence_digest,
    whole_environment_digest,
    words_digest,
)
from hitsave.runtime.captures import capture_value
from hitsave.runtime.documented import read_by_text, seen_of, told_documentation
from hitsave.runtime.executed import NeverRan, replayed
from hitsave.runtime.late_constants import is_otherwise
from hitsave.runtime.live import LiveWalker
from hitsave.runtime.made import has_attributes
from hitsave.runtime.process_reads import COMMAND_LINE_NAMES, FOLDER_NAMES, asked_of_process, states_asked
from hitsave.runtime.reads import Recording, folder_names
from hitsave.runtime.standing_for import VALUE_SUFFIX
from hitsave.runtime.unordered import unordered_digest
from hitsave.storage.packing import pack
from hitsave.structs import NamedTuple
from hitsave.values.secrets import is_secret_name
from hitsave.values.views.brief import brief
from hitsave.workspace.file_digests import file_signature

_WORD: Final = re.compile(r"\w+")
_LOOKING: Final = frozenset({"locals", "vars", "dir", "eval", "exec", "globals"})
_FRAMES: Final = frozenset({"_getframe", "currentframe", "f_locals", "f_code", "co_varnames"})
"""Names and attributes by which code may look at itself."""


class OfCode(NamedTuple):
    """The checks of a Record that are of code and values, and what code asks of the process."""

    code: tuple[CodeCheck, ...]
    names: tuple[NameCheck, ...]
    captures: tuple[CaptureCheck, ...]
    asked: frozenset[str]


def checks_of_code(walker: LiveWalker) -> OfCode:
    """What counts of all that was reached, now that it is known what never ran."""
    graph = walker.graph
    never = NeverRan()
    never_ran = bodies_that_never_ran(walker, never)
    left_out = pieces_that_never_ran(walker, never, never_ran)
    _leave_out_documentation(walker, never, never_ran)
    idle = only_read_by(walker, never_ran)
    return OfCode(
        code=tuple(_code(n, left_out.get(s, ()), never_ran) for s, n in graph.code.items()),
        names=tuple(
            NameCheck(module, key, str(r))
            for (module, key), r in graph.names.items()
            if key != ALL_NAMES or not graph.listing[module] <= never_ran | idle
        ),
        captures=tuple(_capture(walker, s) for s in walker.values if s not in idle),
        asked=asked_of_process(walker, never_ran),
    )


def build_record(
    walker: LiveWalker, of_code: OfCode, surroundings: Surroundings, recordings: Sequence[Recording], inherited: Iterable[Record] = ()
) -> Record:
    """The checks of one evaluation, which `recordings` say the reads of: its own, and those that filled caches. UnstorableError if a file changed since."""
    return Record(
        python=surroundings.python,
        optimize=surroundings.optimize,
        code=of_code.code,
        names=of_code.names,
        captures=of_code.captures,
        externals=tuple(_externals(walker, surroundings)),
        compiled=tuple((module, surroundings.compiled(module) or b"") for module in walker.graph.compiled),
        files=_joined(
            (*(c for r in recordings for c in _files(r, surroundings)), *_texts(walker, surroundings)),
            (c for r in inherited for c in r.files if not is_of_a_call(c)),
        ),
        environment=_joined(
            (*(c for r in recordings for c in _environment(r, surroundings)), *_process(of_code.asked, recordings, surroundings)),
            (c for r in inherited for c in r.environment if c.name != ARGUMENT_PATHS),
        ),
    )


def bodies_that_never_ran(walker: LiveWalker, never: NeverRan) -> set[Symbol]:
    """The reached functions whose bodies can't have shaped any result of this process; none where that can't be told."""
    graph = walker.graph
    if not never.can_tell:
        return set()
    found: set[Symbol] = set()
    for symbol, node in graph.code.items():
        if node.kind in {"function", "lambda"} and symbol not in graph.roots and symbol not in walker.loading and str(symbol) not in replayed:
            definition = walker.find(symbol)
            if definition is not None and never(node.path, definition.first_line):
                found.add(symbol)
    return set() if any(_reads(walker, s, never, found) for s in graph.reading_source) else found


def pieces_that_never_ran(walker: LiveWalker, never: NeverRan, never_ran: set[Symbol]) -> dict[Symbol, tuple[int, ...]]:
    """The places of the statements, in functions that ran, that never began to; none where that can't be told."""
    graph = walker.graph
    if not never.can_tell or any(_reads(walker, s, never, never_ran) for s in graph.reading_source):
        return {}
    found: dict[Symbol, tuple[int, ...]] = {}
    for symbol, node in graph.code.items():
        definition = (
            walker.find(symbol) if node.pieces and symbol not in never_ran and symbol not in walker.loading and str(symbol) not in replayed else None
        )
        if definition is None or _sees_itself(definition):
            continue
        lines = never.lines(node.path, definition.first_line)
        if lines is None:
            continue
        first = definition.line - definition.definition.span.name_line
        idle = {p for p, piece in enumerate(node.pieces) if lines.isdisjoint(range(first + piece.line, first + piece.end_line + 1))}
        places = places_of(node.pieces, idle) if idle else ()
        if places and 0 not in idle:
            found[symbol] = places
    return found


def _sees_itself(found: Found) -> bool:
    """Whether a body may look at its own names or code, where even what never runs in it is seen."""
    body = found.definition.body
    return bool(body.unresolved) or any(r.path[0] in _LOOKING for r in body.reads) or not _FRAMES.isdisjoint(body.attributes)


def _code(node: CodeNode, left_out: tuple[int, ...], never_ran: set[Symbol]) -> CodeCheck:
    body = None if node.symbol in never_ran else node.without(left_out)
    return CodeCheck(str(node.symbol), node.kind, node.shell, body, node.documented, left_out)


def _reads(walker: LiveWalker, symbol: Symbol, never: NeverRan, never_ran: set[Symbol]) -> bool:
    """Whether a symbol that reads something of others (their code, their documentation) may have done so in this process."""
    found = walker.find(symbol)
    if found is None or found.definition.kind not in {"function", "lambda"} or found.definition.shell.reflects:
        return True
    if symbol in never_ran:
        return False
    return str(symbol) in replayed or symbol in walker.graph.reading_by_alias or not _never_came_to_read(found, never)


def _never_came_to_read(found: Found, never: NeverRan) -> bool:
    """Whether every place in a body that reads something of others stands in a statement that never began to run in this process."""
    definition = found.definition
    lines = never.lines(found.path, found.first_line)
    if not lines or not definition.pieces:
        return False
    places = [number for number, text in enumerate(found.text.split("\n"), definition.span.line) if not WORDS.isdisjoint(_WORD.findall(text))]
    first = found.line - definition.span.name_line
    for place in places:
        around = [p for p in definition.pieces if p.line <= place <= p.end_line]
        if (
            place < definition.span.name_line
            or not around
            or not any(lines.isdisjoint(range(first + p.line, first + p.end_line + 1)) for p in around)
        ):
            return False
    return bool(places)


def _leave_out_documentation(walker: LiveWalker, never: NeverRan, never_ran: set[Symbol]) -> None:
    """Of documentation, only that counts which something read that ran in this process; and where it was seen of what, only that of these."""
    reading = {symbol: what for symbol, what in walker.graph.reflecting.items() if _reads(walker, symbol, never, never_ran)}
    told = told_documentation(walker, never, reading) if reading else {}
    of_all = [what & ~told.get(symbol, NOTHING) for symbol, what in reading.items()]
    of_all.append(read_by_text())
    if any(what & DOCSTRINGS for what in of_all):
        walker.reach_docstrings_of_modules()
    walker.count_documentation(of_all, idle=never_ran, of_some=seen_of(walker, told))


def only_read_by(walker: LiveWalker, never_ran: set[Symbol]) -> set[Symbol]:
    """The captures that only bodies read that never ran, and variables that only these make use of."""
    graph = walker.graph
    readers: dict[Symbol, set[Symbol]] = {}
    for reader, targets in graph.edges.items():
        for target in targets:
            readers.setdefault(target, set()).add(reader)
    idle: set[Symbol] = set()
    found = set(never_ran)
    while found:
        read = {target for reader in found for target in graph.edges.get(reader, ())} - idle
        found = {target for target in read if not target.name.endswith(VALUE_SUFFIX) and readers[target] <= never_ran | idle}
        idle |= found
        found = {variable for variable in found if variable in graph.captures and variable not in graph.code}
    own = {s: Symbol(s.module, s.name.removesuffix(VALUE_SUFFIX)) for s in walker.values if s.name.endswith(VALUE_SUFFIX)}
    # A function that never ran may have been asked for its attributes.
    return idle | {s for s, made in own.items() if made in never_ran and not has_attributes(walker.objects.object_at(made))}


def _capture(walker: LiveWalker, symbol: Any) -> CaptureCheck:
    maker = walker.graph.captures.get(symbol) or walker.definitions.maker(symbol)
    value, literal, unordered = walker.values[symbol], bool(maker and maker.literal), None
    if value is not None and maker is not None and not literal:
        unordered = unordered_digest(walker.objects, walker.library, symbol, capture_value(walker.objects, symbol, walker.function))
    made_by = maker.digest if maker else None
    if value is not None and maker is not None and literal and walker.is_late(symbol) and is_otherwise(maker, value):
        made_by = given_elsewhere(maker.digest)
    return CaptureCheck(str(symbol), value, made_by, literal, unordered)


_C = TypeVar("_C", FileCheck, EnvironmentCheck)


def _joined(own: Iterable[_C], inherited: Iterable[_C]) -> tuple[_C, ...]:
    """What the evaluation read itself, and what the hits in it had read."""
    return tuple(dict.fromkeys([*own, *inherited]))


def _externals(walker: LiveWalker, surroundings: Surroundings) -> list[ExternalCheck]:
    named = {d for d in walker.graph.externals if d not in {"python", "hitsave"}}
    required = {r for d in named for r in surroundings.library.requires(d)} - named - {"hitsave"}
    wanted = [(d, surroundings.library.sensitivity(d, named=d in named)) for d in sorted(named | required)]
    found = [ExternalCheck(d, s, surroundings.external(d, s)) for d, s in wanted]
    return [c for c in found if c.version or c.distribution in named]


def _files(recording: Recording, surroundings: Surroundings) -> list[FileCheck]:
    found: list[FileCheck] = []
    for path, signature in recording.opened.items():
        if recording.is_output(path) or os.path.isdir(path):
            continue
        if file_signature(path) != signature:
            raise UnstorableError(f"{path} changed while the function ran", "Run it again")
        digest = surroundings.library.file_digests.content(path) if signature is not None else None
        found.append(FileCheck(surroundings.stored_path(path), "file" if digest is not None else "absent", digest))
    for path, digest in recording.folders.items():
        if digest is None or folder_digest(path, surroundings.library.file_digests) != digest:
            raise UnstorableError(f"what is in {path} changed while the function ran, or could not be read", "Run it again")
        found.append(FileCheck(surroundings.stored_path(path), "folder", digest))
    for path, signature in recording.told.items():
        if path not in recording.opened and not recording.is_output(path) and signature is not None and file_signature(path) == signature:
            found.append(FileCheck(surroundings.stored_path(path), "file", surroundings.library.file_digests.content(path)))
    for path, kind in recording.asked.items():
        # What the evaluation made itself is its output, not its input: the next one finds it, and that changes nothing.
        if (
            path not in recording.opened
            and path not in recording.told
            and not recording.is_output(path)
            and not any(w.startswith(path + os.sep) for w in recording.written)
        ):
            found.append(FileCheck(surroundings.stored_path(path), "present", presence_digest(kind)))
    for path, names in recording.listed.items():
        if recording.is_output(path):
            continue
        if folder_names(path) != names:
            if any(os.path.dirname(w) == path for w in recording.written):
                continue  # it made or removed some of them itself; where it wrote to what was there, the list is still what it was given
            raise UnstorableError(f"the list of files in {path} changed while the function ran", "Run it again")
        found.append(FileCheck(surroundings.stored_path(path), "listing", names_digest(names) if names is not None else None))
    return found


def _texts(walker: LiveWalker, surroundings: Surroundings) -> Iterator[FileCheck]:
    """The files of modules of whose text nobody can say what it makes."""
    for path in sorted(walker.texts):
        yield FileCheck(surroundings.stored_path(path), "file", surroundings.library.file_digests.content(path))


def _environment(recording: Recording, surroundings: Surroundings) -> list[EnvironmentCheck]:
    found = [
        EnvironmentCheck(n, None if v is None else environment_digest(n, v)) for n, v in recording.environment.items() if not n.startswith("HITSAVE")
    ]
    if recording.relative:
        found.append(EnvironmentCheck(CURRENT_FOLDER, surroundings.folder_digest(recording.folder)))
    if recording.whole_environment:
        found.append(EnvironmentCheck(WHOLE_ENVIRONMENT, whole_environment_digest(surroundings.environ)))
    return found


def _process(asked: frozenset[str], recordings: Sequence[Recording], surroundings: Surroundings) -> Iterator[EnvironmentCheck]:
    if not asked.isdisjoint(FOLDER_NAMES):
        yield EnvironmentCheck(CURRENT_FOLDER, surroundings.folder_digest(recordings[0].folder))
    if not asked.isdisjoint(COMMAND_LINE_NAMES):
        yield EnvironmentCheck(COMMAND_LINE, words_digest(recordings[0].words))
    for name in states_asked(asked):
        told = recordings[0].states.get(name)
        yield EnvironmentCheck(name, environment_digest(name, state(name) if told is None else told))


def build_snapshot(walker: LiveWalker, root: str) -> tuple[Snapshot, dict[Digest, str]]:
    """The texts of everything that counted, by digest, and where each stood."""
    graph = walker.graph
    texts: dict[Digest, str] = {}
    rows: list[SnapshotText] = []
    for symbol, node in graph.code.items():
        digest = text_digest(node.text)
        texts[digest] = node.text
        rows.append(SnapshotText(str(symbol), node.kind, digest, _shown_path(node.path, root), node.line, str(graph.via.get(symbol, ""))))
    for symbol in walker.values:
        maker = graph.captures.get(symbol)
        if maker is not None:
            digest = text_digest(maker.text)
            texts[digest] = maker.text
            rows.append(SnapshotText(str(symbol), "value", digest, _shown_path(maker.path, root), maker.line, str(graph.via.get(symbol, ""))))
    untracked = tuple(UntrackedPlace(u.why, str(u.symbol), _shown_path(u.path, root), u.line) for u in graph.untracked)
    return Snapshot(str(graph.roots[0]), tuple(rows), untracked), texts


def _shown_path(path: str, root: str) -> str:
    return path[len(root) + 1 :].replace(os.sep, "/") if path.startswith(root + os.sep) else path


def arguments_shown(bound: list[tuple[str, Any]], digests: dict[str, Digest], ignored: frozenset[str]) -> bytes:
    """Each argument's name, digest and a short text, for lists; secrets have neither digest nor text, ignored ones no digest."""
    rows: list[list[Any]] = []
    for name, value in bound:
        if is_secret_name(name):
            rows.append([name, None, "(secret)"])
        else:
            rows.append([name, None if name in ignored else digests.get(name), brief(value)])
    return pack(rows)
