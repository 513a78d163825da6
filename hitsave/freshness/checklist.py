"""Many Records held against text that changes: after an edit, only the checks that looked at what changed are made again.

A check is made while the library notes which modules were asked for; those are all that its answer depends on, besides what is not code
(distributions, files, the environment), whose checks are made again each time that someone says the disk may have changed.
Where an edit left every name of a module standing for what it stood for, only the definitions in the statements that it touched are checked again.

Invariant: `Checklist.failures` gives what `check.failures` gives for the same Record and world.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Sequence

from hitsave.codegraph.definitions import top_name
from hitsave.codegraph.library import Located, SourceModule
from hitsave.codegraph.reindex import touched_names
from hitsave.digest import Digest
from hitsave.freshness.check import AnyCheck, CaptureAnswer, Failure, World, answer
from hitsave.freshness.record import CaptureCheck, CodeCheck, FileCheck, NameCheck
from hitsave.freshness.rows import check_of, rows
from hitsave.workspace.library import WorkspaceLibrary

_OF_CODE = (CodeCheck, NameCheck, CaptureCheck)


class Checklist:
    """The checks of any number of Records against `world`, whose code comes from `library`. `stop` is asked now and then; what it raises ends the work."""

    def __init__(self, world: World, library: WorkspaceLibrary, stop: Callable[[], None] = lambda: None) -> None:
        self._world = world
        self._library = library
        self._stop = stop
        self._numbers: dict[str, dict[bytes, int]] = {}
        self._checks: list[AnyCheck] = []
        self._homes: list[str | None] = []
        self._answers: list[CaptureAnswer | None] = []
        self._users: list[list[Digest]] = []
        self._by_module: dict[str, set[int]] = {}
        self._known: dict[str, Located] = {}
        self._records: dict[Digest, array[int]] = {}
        self._modules: dict[Digest, frozenset[str]] = {}
        self._failing: dict[Digest, tuple[Failure, ...]] = {}

    def __contains__(self, digest: Digest) -> bool:
        return digest in self._records

    def add(self, digest: Digest, content: bytes) -> None:
        """Have the encoded Record with this digest checked, too; ValueError if it is damaged."""
        if digest in self._records:
            return
        numbers: array[int] = array("I")
        for section, encoded in rows(content):
            known = self._numbers.setdefault(section, {})
            for row in encoded:
                number = known.get(row)
                if number is None:
                    number = known[row] = self._add(check_of(section, row))
                numbers.append(number)
        self._records[digest] = numbers
        for number in numbers:
            self._users[number].append(digest)
        self._modules[digest] = frozenset([module for module in {self._homes[number] for number in numbers} if module is not None])

    def _add(self, check: AnyCheck) -> int:
        self._checks.append(check)
        self._homes.append(check.symbol.partition(":")[0] if isinstance(check, (CodeCheck, CaptureCheck)) else None)
        self._answers.append(None)
        self._users.append([])
        return len(self._checks) - 1

    def modules(self, digest: Digest) -> frozenset[str]:
        """The modules whose code a Record has."""
        return self._modules[digest]

    def files(self) -> list[str]:
        """The files and folders that are checked, as Records write them."""
        return [check.path for check in self._checks if isinstance(check, FileCheck)]

    def failures(self, digest: Digest) -> tuple[Failure, ...]:
        """The checks of a Record that don't surely hold, in the order of `check.failures`."""
        known = self._failing.get(digest)
        if known is None:
            found: list[Failure] = []
            for number in self._records[digest]:
                made = self._answers[number] or self._make(number)
                if made != "same":
                    found.append(Failure(self._checks[number], made))
            known = self._failing[digest] = tuple(found)
        return known

    def code_changed(self, modules: Iterable[str]) -> set[Digest]:
        """Make the checks that looked at these modules again; the Records that depend on one of which the answer is another."""
        numbers: set[int] = set()
        for module in modules:
            before, now = self._known.get(module), self._library.locate(module)
            self._known[module] = now
            looked = self._by_module.get(module, set())
            names = touched_names(before, now) if isinstance(before, SourceModule) and isinstance(now, SourceModule) else None
            numbers |= looked if names is None else {n for n in looked if _is_about(self._checks[n], module, names)}
        return self._again(sorted(numbers))

    def accepted(self, symbols: Iterable[str]) -> set[Digest]:
        """Make the checks of these symbols again, of which something else is accepted now than was; the Records that depend on one of which the answer is another."""
        wanted = {*symbols}
        return self._again([n for n, check in enumerate(self._checks) if isinstance(check, (CodeCheck, CaptureCheck)) and check.symbol in wanted])

    def surroundings_changed(self) -> set[Digest]:
        """Make the checks of what is not code again; the Records that depend on one of which the answer is another."""
        return self._again([n for n, check in enumerate(self._checks) if not isinstance(check, _OF_CODE)])

    def _again(self, numbers: Sequence[int]) -> set[Digest]:
        changed: set[Digest] = set()
        for number in numbers:
            before = self._answers[number]
            if before is not None and self._make(number) != before:
                changed.update(self._users[number])
        for digest in changed:
            self._failing.pop(digest, None)
        return changed

    def _make(self, number: int) -> CaptureAnswer:
        if number % 64 == 0:
            self._stop()
        check = self._checks[number]
        with self._library.asked() as modules:
            made = answer(check, self._world)
        for module in modules:
            self._by_module.setdefault(module, set()).add(number)
            if module not in self._known:
                self._known[module] = self._library.locate(module)
        self._answers[number] = made
        return made


def _is_about(check: AnyCheck, module: str, names: frozenset[str]) -> bool:
    """Whether a check is of a definition or variable of `module` that stands in a statement that binds one of `names`."""
    if not isinstance(check, (CodeCheck, CaptureCheck)):
        return False
    home, _, name = check.symbol.partition(":")
    return home == module and top_name(name) in names
