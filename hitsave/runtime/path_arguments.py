"""Arguments that are paths, at a call: digested by what is there, watched while the function runs, put back on a hit."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakSet

from hitsave.digest import Digest
from hitsave.errors import ChangedError, HitSaveError, UnstorableError
from hitsave.files.inputs import file_digest, folder_digest
from hitsave.files.tree import MODE_BITS
from hitsave.freshness.record import EnvironmentCheck, FileCheck, Record
from hitsave.freshness.surroundings import ARGUMENT_PATHS, environment_digest
from hitsave.runtime.behalf import note_read, note_written
from hitsave.runtime.path_parameters import PathKind, with_paths
from hitsave.storage.entry import FILES_MEDIA, Attachment
from hitsave.storage.taking import Taken
from hitsave.structs import NamedTuple
from hitsave.workspace.file_digests import FileSignature, file_signature

if TYPE_CHECKING:
    from hitsave.freshness.surroundings import Surroundings
    from hitsave.runtime.reads import Recording
    from hitsave.storage.entry import Entry
    from hitsave.storage.store import Store
    from hitsave.values.digester import Digester
    from hitsave.values.stored import Encoded
    from hitsave.workspace.file_digests import FileDigests

_MEDIA: Final = f"{FILES_MEDIA}.output;mode="


class PathArgument(NamedTuple):
    """A path in an argument: of what kind, which parameter, as it was given, as a whole, and (of an input) the digest of what is there."""

    kind: PathKind
    parameter: str
    given: str
    path: str
    digest: Digest | None = None


def digest_paths(digester: Digester, parameter: str, kind: PathKind, value: Any, digests: FileDigests) -> tuple[Digest, list[PathArgument]]:
    """The digest of an argument in which paths count by what is there and by their names. PathError for what can't be read, ChangedError if it changed meanwhile."""
    found: list[PathArgument] = []

    def counted(given: str) -> Any:
        path = os.path.abspath(given)
        digest = None if kind == "output" else file_digest(path, digests) if kind == "file" else folder_digest(path, digests)
        found.append(PathArgument(kind, parameter, given, path, digest))
        if digest is not None:
            note_read(path, folder=kind == "folder", digest=digest)
        return f"hitsave {kind}", os.path.basename(given), digest

    return digester.digest(with_paths(value, counted), parameter), found


def paths_digest(arguments: list[PathArgument], surroundings: Surroundings) -> Digest:
    """The digest of where the inputs of a call lie, for results that depend on it."""
    places = [f"{a.parameter} {surroundings.stored_path(a.path)} {a.given}" for a in arguments if a.kind != "output"]
    return environment_digest(ARGUMENT_PATHS, "\n".join(places))


def with_inputs(record: Record, arguments: list[PathArgument], surroundings: Surroundings, *, by_place: bool) -> Record:
    """The Record of a call with paths: what they held, for whoever asks without a call; and where they lay, if the result tells (`by_place`), or other files were read, which may have been found from there."""
    inputs = [
        FileCheck(surroundings.stored_path(a.path), "input" if a.kind == "file" else "input folder", a.digest)
        for a in arguments
        if a.kind != "output"
    ]
    environment = record.environment
    if by_place or record.files:
        environment = (*environment, EnvironmentCheck(ARGUMENT_PATHS, paths_digest(arguments, surroundings)))
    return record._replace(files=(*record.files, *inputs), environment=environment)


def refuse_changed_path(parameter: str, before: list[PathArgument], now: list[PathArgument]) -> None:
    """ChangedError if what is at a path of this parameter is not what it was."""
    for then, found in zip(before, now, strict=False):
        if then.parameter == parameter and then.digest != found.digest:
            raise ChangedError(
                f"{then.path} changed while the function ran", "Run it again; write to another file than the one that is read", value_path=parameter
            )


def may_name(arguments: list[PathArgument], encoded: Encoded) -> bool:
    """Whether a result, as it is stored, may tell where an input lies: it has the text of it, or holds paths."""
    from pathlib import PurePath  # here, because every start of a program would wait for it

    if any(issubclass(code, PurePath) for code in encoded.code if isinstance(code, type)):
        return True
    pieces = (*encoded.pickled, *encoded.buffers)
    texts = {os.fsencode(text) for a in arguments if a.kind != "output" for text in (a.path, a.given, os.path.dirname(a.path)) if len(text) > 1}
    return any(text in bytes(piece) for piece in pieces for text in texts)


_writers: Final[WeakSet[Watched]] = WeakSet()
"""Of the evaluations that are under way, those that write files; one that raised goes with its last reference."""


class Watched:
    """The paths of one evaluation: told to its recording when it begins, looked at when it has ended. `paths` are those of its outputs, `contested` what others write meanwhile."""

    def __init__(self, arguments: list[PathArgument], recording: Recording) -> None:
        self.paths = [a.path for a in arguments if a.kind == "output"]
        self.contested: set[str] = set()
        if self.paths:
            for other in list(_writers):
                both = set(other.paths) & set(self.paths)
                other.contested |= both
                self.contested |= both
            _writers.add(self)
        self._before: dict[str, FileSignature | None] = {path: file_signature(path) for path in self.paths}
        inputs = [a.path for a in arguments if a.kind != "output"]
        recording.inputs = frozenset([*inputs, *map(os.path.realpath, inputs)])
        recording.outputs = frozenset(path for path, before in self._before.items() if before is not None)

    def outputs(self, recording: Recording, store: Store, digests: FileDigests) -> Iterator[Attachment]:
        """What the evaluation wrote, in the store. UnstorableError for what a hit could not do again, ChangedError if somebody still writes it."""
        _writers.discard(self)
        for number, path in enumerate(self.paths):
            if path in self.contested:
                raise UnstorableError(f"another evaluation wrote {path} at the same time", "Let each write a file of its own")
            before, now = self._before[path], file_signature(path)
            if now == before and path not in recording.written:
                continue
            if path in recording.partial:
                raise UnstorableError(f"what was in {path} before became part of it, which a hit could not do again", "Write it from its beginning")
            if now is None:
                if before is not None:
                    raise UnstorableError(f"the function removed {path}, which a hit could not do again", "Only write it")
                continue
            status = os.stat(path)
            if not stat.S_ISREG(status.st_mode):
                raise UnstorableError(f"{path} is not a file", "An OutputFile is one file")
            with store.taking() as taking:
                taken, _ = digests.read(path, now, taking.take_file)
            yield taken.attached(f"output/{number}", f"{_MEDIA}{status.st_mode & MODE_BITS:o}")


def put_back(arguments: list[PathArgument], entry: Entry, store: Store) -> bool:
    """Put what the evaluation of `entry` wrote at the paths of this call; False where that can't be done, so that the function has to run."""
    from hitsave.files.restoring import put_content

    outputs = [a.path for a in arguments if a.kind == "output"]
    for attachment in entry.attachments:
        if not attachment.media.startswith(_MEDIA):
            continue
        try:
            path = outputs[int(attachment.name.rpartition("/")[2])]
            taken = Taken(attachment.blob, attachment.size, attachment.checksum)
            put_content(taken, int(attachment.media.removeprefix(_MEDIA), 8) & MODE_BITS, store, os.path.realpath(path))
        except (HitSaveError, OSError, ValueError, IndexError):
            return False
        note_written(path)
    return True
