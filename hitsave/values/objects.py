"""The form of objects: what a rule says of their class, then their attributes, then their slots."""

# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownLambdaType=false
# What objects of any type and library hold has no type that is known here.
from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Any, Final

from hitsave.values.classes import Layout, full_name, layout_of, slot_values
from hitsave.values.code_names import CodeNames
from hitsave.values.forms import Form, Known, Rule, digest_form, header
from hitsave.values.paths import Step
from hitsave.values.plain import PlainDigests
from hitsave.values.reducers import find_reducer
from hitsave.values.rules.callables import CLASS_RULE, held_by_class, is_class
from hitsave.values.rules.finding import find_rule
from hitsave.values.rules.reduced import reduced_form
from hitsave.values.shown import Shown


class Ignored:
    """Stands for a part of a value that doesn't count."""


IGNORED: Final = Ignored()
IGNORED_DIGEST: Final = digest_form(header("ignored"), ())

_NOTHING_IGNORED: Final[set[Step]] = set()

Special = Mapping[int, "set[Step]"]
"""For each object that is on the way to something ignored, by identity: the steps from it that are."""


class Kind:
    """How values of one class are digested, for one set of names.

    `form`    gives the form of a value; it may raise anything.
    `simple`  gives the ``__dict__`` of a value, where that is all there is to it; `header` is its form's header where all that is plain.
    `names`   of attributes that values had so far, and `start`, the header with their digest.
    """

    __slots__ = ("form", "header", "names", "simple", "start")

    def __init__(self, form: Callable[[Any], Form], simple: Callable[[Any], Any] | None = None, head: bytes = b"") -> None:
        self.form = form
        self.simple = simple
        self.header = head
        self.names: tuple[str, ...] | None = None
        self.start = b""


def kind_of(cls: type, names: CodeNames, plain: PlainDigests, special: Special, shown: Shown | None = None) -> Kind:
    """How values of `cls` are digested."""
    reducer = find_reducer(cls)
    if reducer is not None:
        head = header("reduced by", names.class_(cls))
        return Kind(lambda value: Form(head, (reducer(value),), ("",)))
    if is_class(cls):
        return Kind(_bound(CLASS_RULE, names))
    rule, covered = find_rule(cls)
    layout = layout_of(cls, covered)
    if rule is not None and not layout.made_in_python:
        _mention(cls, names)
        if rule.whole or layout.attributes is None:
            return Kind(_bound(rule, names))
    if rule is not None and rule.identified:
        return Kind(_bound(rule, names))
    return _object_kind(layout, rule, names, plain, special, shown)


def _bound(rule: Rule, names: CodeNames) -> Callable[[Any], Form]:
    form = rule.form
    assert form is not None
    return lambda value: form(value, names)


def _mention(cls: type, names: CodeNames) -> None:
    """Let the names know of a class that a rule covers whole, unless Python itself brings it."""
    if full_name(cls).partition(":")[0].partition(".")[0] not in sys.stdlib_module_names:
        names.class_(cls)


def _object_kind(  # noqa: C901 - one step a part of an object
    layout: Layout, rule: Rule | None, names: CodeNames, plain: PlainDigests, special: Special, shown: Shown | None
) -> Kind:
    identity = names.class_(layout.cls)
    has_base = rule is not None or layout.rest[0] is not object
    get = None if rule is not None and rule.whole else layout.attributes
    slots, skipped, lazy = layout.slots, layout.skipped, layout.lazy
    heads: dict[str, bytes] = {}
    is_local = bool(held_by_class(layout.cls, identity))

    def base_of(value: Any) -> Any:
        if rule is None:
            return reduced_form(value, layout, names)
        if rule.form is not None:
            return rule.form(value, names)
        assert rule.content is not None
        content = rule.content(value)
        if shown is not None:
            content = shown.content(value, content)
        return without_ignored(content, special[id(value)]) if id(value) in special else content

    def object_form(value: Any) -> Form:
        ignored = special.get(id(value), _NOTHING_IGNORED)
        children: list[Any] = [layout.cls] if is_local else []
        steps: list[str] = [""] if is_local else []
        parts = "c" if is_local else ""
        if has_base:
            children.append(base_of(value))
            steps.append("")
            parts += "b"
        if get is not None:
            attributes: Any = get(value)
            if type(attributes) is not dict:
                attributes = dict(zip(list(dict.keys(attributes)), list(dict.values(attributes)), strict=True))
            if skipped and not skipped.isdisjoint(attributes):
                attributes = {name: item for name, item in attributes.items() if name not in skipped}
            if shown is not None:
                attributes = shown.attributes(value, attributes)
            if not attributes and not layout.made_in_python and children and type(children[0]) is Form:
                return children[0]
            parts += _add_part(tuple(attributes), tuple(attributes.values()), "a", children, steps, ignored)
        if slots:
            found = slot_values(value, slots) if shown is None else shown.slots(value, slot_values(value, slots))
            if lazy:
                found = tuple(None if type(item) is dict and not item and found[number - 1] in lazy else item for number, item in enumerate(found))
            parts += _add_part(found[::2], found[1::2], "s", children, steps, ignored)
        head = heads.get(parts)
        if head is None:
            head = heads[parts] = header("object", identity, parts)
        return Form(head, children, tuple(steps))

    def _add_part(names: tuple[Any, ...], values: tuple[Any, ...], letter: str, children: list[Any], steps: list[str], ignored: set[Step]) -> str:
        """Add the names and values of attributes or slots: the values as one child where they are plain, one by one where not."""
        children.append(plain.names(names))
        steps.append("")
        whole = None if ignored else plain.container(values)
        if whole is not None:
            children.append(Known(whole))
            steps.append("")
            return letter
        for name, item in zip(names, values, strict=True):
            children.append(IGNORED if Step(True, name) in ignored else item)
            steps.append(f".{name}" if type(name) is str else "")
        return letter.upper()

    return Kind(object_form, get if not has_base and not slots and not skipped and not is_local else None, header("object", identity, "a"))


def without_ignored(content: Any, steps: set[Step]) -> Any:
    """A copy of an exact list, tuple or dict, in which what is ignored has been replaced."""
    if type(content) is dict:
        return {key: IGNORED if type(key) in {str, int} and Step(False, key) in steps else item for key, item in content.items()}
    if type(content) in {list, tuple}:
        return type(content)(IGNORED if Step(False, number) in steps else item for number, item in enumerate(content))
    return content


def part_at(value: Any, step: Step) -> Any:
    """The part of a value that a step leads to; LookupError if there is none. Runs no code of the user's."""
    cls = type(value)
    rule, covered = find_rule(cls)
    layout = layout_of(cls, covered)
    if step.attribute:
        if layout.attributes is not None:
            attributes = layout.attributes(value)
            if step.key in attributes:
                return dict.__getitem__(attributes, step.key)
        slots = slot_values(value, layout.slots)
        return slots[slots.index(step.key) + 1] if step.key in slots[::2] else _nothing(step)
    content = value if rule is None or rule.content is None or cls in {list, tuple, dict} else rule.content(value)
    if type(content) in {list, tuple, dict}:
        return content[step.key]
    return _nothing(step)


def _nothing(step: Step) -> Any:
    raise LookupError(step.key)
