"""Guards as functions made for the purpose: comparing fifty objects takes them a microsecond, and a loop ten times that.

A namespace gets a function of its own that has it for its globals, so that the interpreter looks names up as fast as it can.
The text of such a function holds nothing but comparisons; the objects come in as its defaults.
"""

from __future__ import annotations

import builtins
import os
import sys
from collections.abc import Callable
from keyword import iskeyword
from types import BuiltinFunctionType, FunctionType, WrapperDescriptorType
from typing import TYPE_CHECKING, Any, Final, cast

from hitsave.freshness.process_state import STATES, state
from hitsave.freshness.surroundings import COMMAND_LINE, CURRENT_FOLDER
from hitsave.runtime import replaced
from hitsave.runtime.objects import MISSING
from hitsave.runtime.process import raw_environment
from hitsave.workspace.file_digests import FileSignature, file_signature

if TYPE_CHECKING:
    from hitsave.runtime.guards import Guards

Holds = Callable[[], bool]

_MOST_COMPARISONS: Final = 20_000
_PREFIX: Final = "_hitsave_"
_EQUAL_IF_SAME: Final = (FunctionType, BuiltinFunctionType, WrapperDescriptorType, type, property, staticmethod, classmethod)
"""Kinds of class attributes of which none equals another, so that comparing the attributes of a class as a dictionary tells them apart."""
_OF_NO_EFFECT: Final = frozenset({"__module__", "__doc__", "__qualname__", "__firstlineno__", "__static_attributes__", "__dict__", "__weakref__"})


def compiled(guards: Guards) -> Holds | None:
    """A function that tells whether `guards` hold, which they do now; None if that can't be told without digesting.

    It may raise an Exception where they don't. It also gives up when the code of any function was replaced: then `guards` themselves have to be asked.
    """
    if guards.captures or not guards.usable:
        return None
    whole = _Comparisons({})
    whole.add(f"{whole.bind(replaced)}.times == {guards.replaced}")
    if guards.own:
        whole.add(f"not {whole.bind(any)}({whole.bind(guards.own)})")
    whole.defaults(guards.by_name)
    by_space: dict[int, _Comparisons] = {}
    for space, name, value in guards.slots:
        by_space.setdefault(id(space), _Comparisons(space)).slot(name, value)
    for part in by_space.values():
        whole.add(f"{whole.bind(part.compile())}()")
    for space, names in guards.listings:
        whole.add(f"{whole.bind(space)}.keys() == {whole.bind(names)}")
    for cls, attributes in guards.classes:
        whole.class_(cls, attributes)
    for cls, name, value in guards.attributes:
        whole.add(f"{whole.bind(vars(cls))}[{name!r}] is {whole.bind(value)}")
    for cell, value in guards.cells:
        whole.add(f"{whole.bind(cell)}.cell_contents is {whole.bind(value)}")
    for check in guards.environment:
        if check.name == CURRENT_FOLDER:
            whole.add(f"{whole.bind(os.getcwd)}() == {os.getcwd()!r}")
        elif check.name == COMMAND_LINE:
            whole.add(f"{whole.bind(sys)}.argv == {whole.bind([*sys.argv])}")
        elif check.name in STATES:
            whole.add(f"{whole.bind(STATES[check.name])}() == {state(check.name)!r}")
        else:
            whole.add(f"{whole.bind(raw_environment)}({check.name!r}) == {raw_environment(check.name)!r}")
    for path, signature in guards.files:
        whole.file(path, signature)
    size = len(whole.comparisons) + sum(len(part.comparisons) for part in by_space.values())
    return whole.compile() if size <= _MOST_COMPARISONS else None


class _Comparisons:
    """Comparisons as text, each once, for a function whose globals are `space`, and the objects that they name."""

    def __init__(self, space: dict[Any, Any]) -> None:
        self.comparisons: dict[str, None] = {}
        self._space = space
        self._names: dict[int, str] = {}
        self._objects: dict[str, Any] = {}

    def bind(self, value: Any) -> str:
        """The name that stands for an object in the text."""
        name = self._names.setdefault(id(value), f"{_PREFIX}{len(self._names)}")
        self._objects[name] = value  # and keeps it alive, so that no other gets its identity
        return name

    def add(self, comparison: str) -> None:
        """One more thing that has to be so."""
        self.comparisons[comparison] = None

    def slot(self, name: Any, value: Any) -> None:
        """What a name of the space is bound to; MISSING if it is not, so that it stands for what is built in, if anything is."""
        is_a_name = isinstance(name, str) and name.isidentifier() and not iskeyword(name) and not name.startswith(_PREFIX)
        if value is MISSING:
            builtin = vars(builtins).get(name, MISSING)
            if not is_a_name or builtin is MISSING:
                self.add(f"{name!r} not in {self.bind(self._space)}")
                return
            value = builtin
        self.add(f"{name if is_a_name else f'{self.bind(self._space)}[{name!r}]'} is {self.bind(value)}")

    def class_(self, cls: type, attributes: dict[str, Any]) -> None:
        """A class's attributes: none more, none less, and each the same object."""
        name = self.bind(vars(cls))
        self.add(f"{name} == {self.bind(attributes)}")
        for attribute, value in attributes.items():
            if attribute not in _OF_NO_EFFECT and not isinstance(value, _EQUAL_IF_SAME):
                self.add(f"{name}[{attribute!r}] is {self.bind(value)}")

    def defaults(self, by_name: list[tuple[dict[str, Any], dict[str, Any]]]) -> None:
        """Functions' defaults for parameters that are given by name: no more, and each the same object."""
        for now, then in by_name:
            self.add(f"len({self.bind(now)}) == {len(then)}")
            for name, value in then.items():
                self.add(f"{self.bind(now)}[{name!r}] is {self.bind(value)}")

    def file(self, path: str, signature: FileSignature | None) -> None:
        """What `file_signature` gives for a path; written out, because a call and a tuple for each file take as long as asking for its status."""
        if signature is None:
            self.add(f"{self.bind(file_signature)}({path!r}) is None")
            return
        inode, size, modified, changed = signature
        status = f"{_PREFIX}status"
        asked = f"({status} := {self.bind(os.stat)}({path!r})).st_mtime_ns == {modified} and {status}.st_ctime_ns == {changed}"
        self.add(f"{asked} and {status}.st_size == {size} and {status}.st_ino == {inode}")

    def compile(self) -> Holds:
        """The function."""
        parameters = ", ".join(f"{name}={name}" for name in self._objects)
        text = f"def holds({parameters}):\n    return " + "\\\n    and ".join(self.comparisons or ["True"])
        made = dict(self._objects)
        FunctionType(compile(text, f"{__file__}: guards", "exec"), made)()  # without `exec`, which modules are noticed by as they load
        function = cast("FunctionType", made["holds"])
        return FunctionType(function.__code__, self._space, "holds", function.__defaults__)
