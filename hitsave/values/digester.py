"""The digest of any value.

A value is walked as a tree, with a stack of our own: depth is not limited by recursion. What is plain is digested as one block at C speed (`plain.py`), anything else by
its form (`forms.py`), which is made of its children's digests. An object that is met again isn't walked again. A value that contains itself is digested as a graph (`cycles.py`).
"""

# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false, reportUnknownArgumentType=false
# What objects of any type hold has no type that is known here.
from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, Final

from hitsave.digest import Digest
from hitsave.errors import HitSaveError, UndigestibleError
from hitsave.values.classes import display_name
from hitsave.values.code_names import CodeNames
from hitsave.values.cycles import EntangledError, Vertex, digest_graph
from hitsave.values.encoding import CONTAINERS, LEAVES, PLAIN
from hitsave.values.forms import Form, Known, NoFormError, digest_form, header
from hitsave.values.objects import IGNORED_DIGEST, Ignored, Kind, kind_of, part_at, without_ignored
from hitsave.values.paths import Step, parse_steps, write_path
from hitsave.values.plain import PlainDigests
from hitsave.values.rules.builtin import leaf_form, mapping_form, sequence_form
from hitsave.values.shown import Shown

_ADVICE: Final = "Pass what it is made from, name it in `ignore`, or register a reducer for its type"
_ENDLESS: Final = "It is nested too deeply, or a reducer gives something of its own type without end"
MOST_DEPTH: Final = 1_000_000
MOST_VERTICES: Final = 10_000_000
_STR_ONLY: Final = frozenset({str})

Way = Callable[[], "list[tuple[Form, int]]"]


class _Cyclic(Exception):
    """The value contains itself."""


class _Frame:
    """A form whose children are being digested. `kept`: the value may be met again."""

    __slots__ = ("digests", "form", "kept", "rest", "value")

    def __init__(self, value: Any, form: Form, *, kept: bool) -> None:
        self.value = value
        self.form = form
        self.kept = kept
        self.digests: list[bytes] = []
        self.rest = iter(form.children)


class Digester:
    """Digests values; an object that several of them share is looked into once.

    `names` gives the identity of code in values. `ignore` has value paths (``"self.session"``, ``'cfg["db"]'``, ``"logger"``) of what doesn't count.
    With `shown`, values count as they were before caches in them were filled.
    For the values of one moment: once any of them has changed, use another. Not for use by two threads at once.

    `by_code` lists, as (value path, type name), the leaves met that count by the code which made them.
    `outside`: functions of libraries or local classes were met, whose closures may be nobody's business. With `inside_only`, nothing of those counts.

    >>> from hitsave.values.code_names import PlainNames
    >>> digester = Digester(PlainNames())
    >>> digester.digest([1, 2], "x") == digester.digest((1, 2), "x")
    False
    """

    def __init__(self, names: CodeNames, *, ignore: Collection[str] = (), shown: Shown | None = None, inside_only: bool = False) -> None:
        self.by_code: list[tuple[str, str]] = []
        self.outside = False
        self._inside_only = inside_only
        self._names = names
        self._ignore = ignore
        self._shown = shown
        self._plain = PlainDigests()
        self._kinds: dict[type, Kind] = {}
        # What was digested, by identity; kept alive, so that no other object comes to have its identity.
        self._known: dict[int, bytes] = {}
        # The same for what contains itself: of use for the same value only, since a larger one may be the same tree (see cycles.py).
        self._cyclic: dict[int, bytes] = {}
        self._alive: list[Any] = []
        self._special: dict[int, set[Step]] = {}

    def digest(self, value: object, path: str) -> Digest:
        """The digest of `value`, which the caller knows as `path`.

        UndigestibleError if something in it has none; its `value_path` leads there.
        """
        if self._ignore and self._is_ignored(value, path):
            return Digest(IGNORED_DIGEST)
        try:
            return Digest(self._digest_as_far_as_it_goes(value, path))
        except (TypeError, RuntimeError) as problem:
            # A class without a hash, by its metaclass; a dict that another thread changed.
            raise UndigestibleError(path, display_name(type(value)), f"Looking into it failed: {problem}") from problem
        finally:
            self._plain.forget()

    def _digest_as_far_as_it_goes(self, value: Any, path: str) -> bytes:
        """The digest; where it is in the way that a library keeps something that has none, without all that libraries keep."""
        try:
            return self._digest(value, path)
        except UndigestibleError:
            if self._inside_only or not self.outside:
                raise
        self._forget()
        self._inside_only = True
        try:
            return self._digest(value, path)
        finally:
            self._inside_only = False
            self._forget()

    def _forget(self) -> None:
        self._known.clear()
        self._cyclic.clear()

    def _digest(self, value: Any, path: str) -> bytes:
        digest = self._at_once(value) or self._cyclic.get(id(value))
        if digest is None:
            try:
                digest = self._walk(value, path)
            except _Cyclic:
                digest = self._cyclic[id(value)] = self._digest_as_graph(value, path)
                self._alive.append(value)
        return digest

    # --- one value -------------------------------------------------------------------------------------------------

    def _at_once(self, value: Any, *, keep: bool = True) -> bytes | None:
        """The digest of a value that needs no walk: one that is plain, was met before, or is an object whose attributes are plain."""
        cls = type(value)
        if cls in LEAVES:
            return self._plain.leaf(value)
        if keep:
            known = self._known.get(id(value))
            if known is not None:
                return known
        if cls in CONTAINERS:
            digest = None if id(value) in self._special else self._plain.container(value if self._shown is None else self._shown.of(value))
        elif cls is Known:
            return value.digest
        elif cls is Ignored:
            return IGNORED_DIGEST
        else:
            kind = self._kinds.get(cls)
            if kind is None or kind.simple is None or id(value) in self._special or (self._shown is not None and self._shown.is_hidden_in(value)):
                return None
            attributes = kind.simple(value)
            if type(attributes) is not dict:
                return None
            content = tuple(attributes.values())
            kinds = {*map(type, content)}
            if not kinds <= LEAVES and (self._shown is not None or not kinds <= PLAIN or not self._plain.is_plain(content)):
                return None
            digest = self._simple(kind, tuple(attributes), content)
        if keep and digest is not None:
            self._known[id(value)] = digest
            self._alive.append(value)
        return digest

    def _simple(self, kind: Kind, names: tuple[Any, ...], content: tuple[Any, ...]) -> bytes | None:
        """The digest of an object with these attributes, all of them plain."""
        if names != kind.names:
            if not _STR_ONLY.issuperset(map(type, names)):
                return None
            kind.names = names
            kind.start = kind.header + self._plain.names(names).digest
        inner = self._plain.known_plain(content)
        return None if inner is None else digest_form(kind.start, (inner,))

    def _form(self, value: Any) -> Form:
        """The form of a value that isn't plain."""
        cls = type(value)
        if cls is Form:
            return value
        if self._shown is not None:
            value = self._shown.of(value)
        if cls in CONTAINERS:
            content = without_ignored(value, self._special[id(value)]) if id(value) in self._special else value
            if cls is not dict:
                return sequence_form(content)
            keys = tuple(content)
            return mapping_form(keys, list(content.values()), keys_child=self._plain.names(keys))
        if cls in LEAVES:
            return leaf_form(value)
        kind = self._kinds.get(cls)
        if kind is None:
            kind = self._kinds[cls] = kind_of(cls, self._names, self._plain, self._special, self._shown)
        return kind.form(value)

    def _enter(self, value: Any, path: str, way: Way) -> Form:
        """The form of a value, where `way` leads to it. UndigestibleError if it has none."""
        try:
            form = self._form(value)
        except NoFormError as problem:
            raise UndigestibleError(write_path(path, way()), display_name(type(value)), problem.advice or _ADVICE) from problem.__cause__
        except UndigestibleError as problem:
            raise UndigestibleError(write_path(path, way()), display_name(type(value)), problem.advice or problem.problem) from problem
        except HitSaveError as problem:
            raise UndigestibleError(write_path(path, way()), display_name(type(value)), problem.problem) from problem
        except Exception as problem:  # a rule met a value that is not as its type promises
            raise UndigestibleError(write_path(path, way()), display_name(type(value)), _ADVICE) from problem
        if form.outside:
            self.outside = True
            if self._inside_only:
                form = Form(header("by code", form.outside, form.header), by_code=form.outside)
        if form.by_code:
            leaf = (write_path(path, way()), form.by_code)
            if leaf not in self.by_code:  # a value that contains itself is walked twice
                self.by_code.append(leaf)
        return form

    # --- trees -----------------------------------------------------------------------------------------------------

    def _walk(self, root: Any, path: str) -> bytes:
        """The digest of a value, from those of its children; _Cyclic if it contains itself."""
        frames: list[_Frame] = []

        def way() -> list[tuple[Form, int]]:
            return [(frame.form, len(frame.digests)) for frame in frames]

        frames.append(_Frame(root, self._enter(root, path, way), kept=True))
        entered = {id(root)}
        while True:
            frame = frames[-1]
            digests, keep = frame.digests, not frame.form.fresh
            for child in frame.rest:
                digest = self._at_once(child, keep=keep)
                if digest is None:
                    if id(child) in entered:
                        raise _Cyclic
                    if len(frames) >= MOST_DEPTH:
                        raise UndigestibleError(path, display_name(type(root)), _ENDLESS)
                    frames.append(_Frame(child, self._enter(child, path, way), kept=keep))
                    entered.add(id(child))
                    break
                digests.append(digest)
            else:
                digest = digest_form(frame.form.header, digests, unordered=frame.form.unordered)
                frames.pop()
                entered.discard(id(frame.value))
                if frame.kept:
                    self._known[id(frame.value)] = digest
                    self._alive.append(frame.value)
                if not frames:
                    return digest
                frames[-1].digests.append(digest)

    # --- graphs ----------------------------------------------------------------------------------------------------

    def _digest_as_graph(self, root: Any, path: str) -> bytes:
        """The digest of a value that contains itself."""
        values: list[Any] = [root]
        numbers = {id(root): 0}
        reached_by: list[tuple[int, int]] = [(-1, 0)]
        forms: list[Form] = []
        vertices: list[Vertex] = []

        def way() -> list[tuple[Form, int]]:
            found: list[tuple[Form, int]] = []
            number = len(forms)
            while number:
                number, place = reached_by[number]
                found.append((forms[number], place))
            return found[::-1]

        while len(forms) < len(values):
            number = len(forms)
            form = self._enter(values[number], path, way)
            forms.append(form)
            children: list[bytes | int] = []
            for place, child in enumerate(form.children):
                digest = self._at_once(child, keep=not form.fresh)
                if digest is None and id(child) not in numbers:
                    if len(values) >= MOST_VERTICES:
                        raise UndigestibleError(path, display_name(type(root)), _ENDLESS)
                    numbers[id(child)] = len(values)
                    values.append(child)
                    reached_by.append((number, place))
                children.append(numbers[id(child)] if digest is None else digest)
            vertices.append(Vertex(form.header, children, unordered=form.unordered))
        try:
            return digest_graph(vertices)[0]
        except EntangledError:
            advice = "It refers to itself in too many ways to tell its parts apart; register a reducer for its type"
            raise UndigestibleError(path, display_name(type(root)), advice) from None

    # --- what is ignored -------------------------------------------------------------------------------------------

    def _is_ignored(self, value: Any, path: str) -> bool:
        """Whether the value as a whole is ignored; what is in it comes to be special."""
        for entry in self._ignore:
            if entry == path:
                return True
            if entry.startswith(path):
                steps = parse_steps(entry[len(path) :])
                if steps:
                    self._make_special(value, steps)
        return False

    def _make_special(self, value: Any, steps: tuple[Step, ...]) -> None:
        on_way: list[Any] = [value]
        try:
            for step in steps:
                on_way.append(part_at(on_way[-1], step))
        except (LookupError, TypeError, AttributeError):
            return  # there is nothing there
        self._forget()  # what was digested before did not know of this
        self._alive += on_way
        for owner in on_way[:-1]:
            self._special.setdefault(id(owner), set())
        self._special[id(on_way[-2])].add(steps[-1])
