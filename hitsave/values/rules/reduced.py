"""Values of C types without a rule of their own: by what they give to be pickled.

C code has state that nothing else can see, so what the C type itself says of it is the best that there is. What a class written in Python says is never asked:
a ``__getstate__`` may drop what the code reads.
"""

# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownLambdaType=false
# What objects of any type and library hold has no type that is known here.
from __future__ import annotations

import copyreg
from types import FunctionType
from typing import Any

from hitsave.values.classes import Layout, full_name, namespace
from hitsave.values.code_names import CodeNames
from hitsave.values.forms import Form, NoFormError, form
from hitsave.values.rules.callables import is_iterator

_HOOKS = ("__reduce_ex__", "__reduce__", "__getstate__", "__getnewargs_ex__", "__getnewargs__")
_PASS_IT = "Pass what it is made from, ignore it, or register a reducer for its type"  # noqa: S105 - no password


def reduced_form(value: Any, layout: Layout, names: CodeNames) -> Form:
    """The form of what C code keeps of a value: what the C type gives to be pickled."""
    c_type = layout.rest[0]
    if is_iterator(c_type):
        raise NoFormError("An iterator is used up by looking at it; pass a list")
    try:
        reduced = _reduce(value, layout)
    except NoFormError:
        raise
    except Exception as problem:
        raise NoFormError(_PASS_IT) from problem
    name = full_name(c_type)
    if isinstance(reduced, str):
        module = getattr(value, "__module__", None)
        return form("global", name, module if type(module) is str else None, str.__str__(reduced))
    if type(reduced) is not tuple or len(reduced) < 2:
        raise NoFormError(_PASS_IT)
    parts = [*reduced, None, None, None, None][:5]
    items, pairs = (list(part) if part is not None else None for part in parts[3:5])
    make = f"{parts[0].__module__}:{parts[0].__qualname__}" if type(parts[0]) is FunctionType and parts[0].__module__ == "copyreg" else parts[0]
    return form("reduced", names.class_(c_type), children=(make, parts[1], parts[2], items, pairs), steps=("", "", "", "", ""))


def _reduce(value: Any, layout: Layout) -> Any:
    cls = layout.cls
    registered = copyreg.dispatch_table.get(cls)
    if registered is not None:
        return registered(value)
    for base in layout.rest:
        if base is object:
            break
        own = namespace(base)
        for hook, arguments in (("__reduce_ex__", (4,)), ("__reduce__", ())):
            if hook in own:
                return own[hook].__get__(value, cls)(*arguments)
    for base in layout.made_in_python:
        if any(isinstance(namespace(base).get(hook), FunctionType) for hook in _HOOKS):
            raise NoFormError(_PASS_IT)
    return object.__reduce_ex__(value, 4)
