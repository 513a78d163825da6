"""What a process is set to that code of the standard library goes by, and that no variable of the project says: each part of it as text, by the name under which it stands among the environment variables of a Record."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import re
    from decimal import Context

TIME_ZONE: Final = "time zone"
WARNINGS: Final = "warnings that are errors"
DECIMALS: Final = "decimal context"
LOCALE: Final = "locale"
LIMITS: Final = "limits of the interpreter"


def _time_zone() -> str:
    return f"{time.tzname} {time.timezone} {time.altzone}"


def erring_warnings() -> str:
    """The filters of this process by which warnings are errors, with those that come before one; "" if there are none."""
    import warnings  # of those who ask, all have it

    reached: list[str] = []
    until = 0
    for action, message, category, module, line in list(warnings.filters):
        reached.append(f"{action} {_pattern(message)} {_name_of(category)} {_pattern(module)} {line}")
        until = len(reached) if action == "error" else until
        if message is None and module is None and category is Warning and not line:
            break  # by which all warnings go that come as far
    return "\n".join(reached[:until])


def _name_of(category: type[Warning] | tuple[type[Warning], ...]) -> str:
    return " or ".join(_name_of(one) for one in category) if isinstance(category, tuple) else f"{category.__module__}.{category.__qualname__}"


def _pattern(expression: re.Pattern[str] | str | None) -> str:
    return "" if expression is None else expression if isinstance(expression, str) else expression.pattern


def _decimals() -> str:
    import decimal

    return _of_context(decimal.getcontext())


def _of_context(context: Context) -> str:
    traps = sorted(signal.__name__ for signal, is_trapped in context.traps.items() if is_trapped)
    return f"{context.prec} {context.rounding} {context.Emin} {context.Emax} {context.capitals} {context.clamp} {traps}"


def _locale() -> str:
    import locale

    return locale.setlocale(locale.LC_ALL)


def _limits() -> str:
    return f"{sys.getrecursionlimit()} {sys.getswitchinterval()} {sys.get_int_max_str_digits()}"


STATES: Final[dict[str, Callable[[], str]]] = {
    TIME_ZONE: _time_zone,
    WARNINGS: erring_warnings,
    DECIMALS: _decimals,
    LOCALE: _locale,
    LIMITS: _limits,
}
SAID: Final = {
    TIME_ZONE: "the time zone is another",
    WARNINGS: "other warnings are errors",
    DECIMALS: "the context of decimals is another",
    LOCALE: "the locale is another",
    LIMITS: "the interpreter has other limits",
}
_OF_MODULES: Final = {DECIMALS: "decimal", LOCALE: "locale"}
"""What takes a module to tell that a program need not have loaded."""


def states_now() -> dict[str, str]:
    """All parts whose modules are loaded; the others are what they are in a new process."""
    return {name: tell() for name, tell in STATES.items() if name not in _OF_MODULES or _OF_MODULES[name] in sys.modules}


def state(name: str) -> str:
    """One part, now."""
    return STATES[name]()
