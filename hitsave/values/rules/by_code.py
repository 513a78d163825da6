"""Leaves that count by the code that made them: they have no value of their own, or none that a result should depend on.

The list is fixed. Anything else that can't be digested makes a call uncached; nothing falls back to a constant in silence, since each is reported to the caller.
"""

# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownLambdaType=false
# What objects of any type and library hold has no type that is known here.
from __future__ import annotations

import contextvars
import weakref
from typing import Any, Final

from hitsave.values.classes import display_name
from hitsave.values.code_names import CodeNames
from hitsave.values.forms import Form, Rule, form, header


def _marker(label: str) -> Rule:
    head = header("by code", label)

    def marker(value: Any, _: CodeNames) -> Form:
        return Form(head, by_code=display_name(type(value)))

    return Rule(marker, covers=True, whole=True)


def _named(label: str) -> Rule:
    def named(value: Any, _: CodeNames) -> Form:
        return Form(header("by code", label, str.__str__(value.name)), by_code=display_name(type(value)))

    return Rule(named, covers=True, whole=True)


def _context_variable(value: Any, _: CodeNames) -> Form:
    # Its default is part of the code that made it.
    context = contextvars.copy_context()
    children, steps = ((context[value],), (".get()",)) if value in context else ((), ())
    return Form(header("by code", "context variable", str.__str__(value.name)), children, steps, by_code=display_name(type(value)))


def _weak_reference(value: Any, _: CodeNames) -> Form:
    return form("weak reference", children=(weakref.ref.__call__(value),), steps=("()",))


_LABELS: Final = {
    "lock": ("_thread:lock", "_thread:RLock", "threading:_RLock", "multiprocessing.synchronize:SemLock", "asyncio.locks:Lock"),
    "condition": ("threading:Condition", "multiprocessing.synchronize:Condition", "asyncio.locks:Condition"),
    "event": ("threading:Event", "multiprocessing.synchronize:Event", "asyncio.locks:Event"),
    "semaphore": ("threading:Semaphore", "asyncio.locks:Semaphore"),
    "barrier": ("threading:Barrier", "multiprocessing.synchronize:Barrier", "asyncio.locks:Barrier"),
    "thread-local": ("_thread:_local", "_threading_local:local"),
    "executor": ("concurrent.futures._base:Executor", "multiprocessing.pool:Pool"),
    "event loop": ("asyncio.events:AbstractEventLoop",),
    "weak reference": ("weakref:ProxyType", "weakref:CallableProxyType", "weakref:finalize"),
    "weak dictionary": ("weakref:WeakValueDictionary", "weakref:WeakKeyDictionary"),
    "weak set": ("_weakrefset:WeakSet",),
    "log handler": ("logging:Handler",),
}

RULES: Final = {
    **{name: _marker(label) for label, names in _LABELS.items() for name in names},
    **dict.fromkeys(("weakref:ReferenceType", "builtins:weakref", "weakref:ref"), Rule(_weak_reference, covers=True, whole=True)),
    "logging:Logger": _named("logger"),
    "_contextvars:ContextVar": Rule(_context_variable, covers=True, whole=True),
}
