"""The magic ``%hitsave`` of IPython and Jupyter, which ``%load_ext hitsave`` brings."""

from __future__ import annotations

import ast
from typing import Any, Final, NoReturn

from hitsave.freshness.status import Freshness, NeverEvaluated
from hitsave.runtime import asking
from hitsave.runtime.bound import BoundMemoised
from hitsave.runtime.memo import Memoised
from hitsave.runtime.shown_entries import Entries

USAGE: Final = """%hitsave ls            what is stored of the memoised functions of this notebook
%hitsave ls f          what is stored of f
%hitsave why f(1, k=2) whether this call would be a hit, and if not, why not; f is not called
%hitsave why f         the same of the newest result of f"""


def load_ipython_extension(shell: Any) -> None:
    """Register the magic; IPython calls this."""

    def hitsave(line: str) -> Freshness | Entries | None:
        return run_magic(line, shell.user_ns)

    hitsave.__doc__ = USAGE
    shell.register_magic_function(hitsave, "line", "hitsave")


def unload_ipython_extension(shell: Any) -> None:
    """Take it away again; IPython calls this."""
    shell.magics_manager.magics["line"].pop("hitsave", None)


def run_magic(line: str, names: dict[str, Any]) -> Freshness | Entries | None:
    """What ``%hitsave LINE`` gives, where `names` are those of the notebook; a UsageError, as IPython shows one, for what it does not understand."""
    command, _, rest = line.strip().partition(" ")
    answer: Freshness | Entries | None = None
    match command, rest.strip():
        case ("ls", ""):
            found = list({id(value): value for value in names.values() if _is_function(value)}.values())
            together = sorted((entry for memo in found for entry in asking.entries(memo)), key=lambda entry: entry.id, reverse=True)
            answer = Entries(together, *found)
        case ("ls", text):
            answer = _memoised(text, names).entries()
        case ("why", text) if text:
            answer = _why(text, names)
        case ("", ""):
            print(USAGE)  # noqa: T201 - asked for
        case _:
            _refuse(f"%hitsave does not know {line.strip()!r}. It knows:\n{USAGE}")
    return answer


def _why(text: str, names: dict[str, Any]) -> Freshness:
    parsed = _parsed(text).body
    if not isinstance(parsed, ast.Call):
        newest = _memoised(text, names).entries()
        memo = newest.memoised[0]
        answer = asking.judged(memo, newest[0]) if newest else None
        return answer if answer is not None else NeverEvaluated()
    memoised = _memoised(ast.unparse(parsed.func), names)
    # The arguments as Python itself evaluates those of a call, stars and all.
    taken = ast.Expression(ast.Call(ast.Name("__hitsave_taken__", ast.Load()), parsed.args, parsed.keywords))

    def taken_apart(*args: Any, **kwargs: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
        return args, kwargs

    space = {**names, "__hitsave_taken__": taken_apart}
    args, kwargs = eval(compile(ast.fix_missing_locations(taken), "<%hitsave>", "eval"), space)  # noqa: S307 - the user's own words, in the user's own process
    return memoised.explain(*args, **kwargs)


def _memoised(text: str, names: dict[str, Any]) -> Any:
    """A memoised function or method."""
    value: Any = eval(compile(_parsed(text), "<%hitsave>", "eval"), names)  # noqa: S307 - as above
    if type(value) not in {Memoised, BoundMemoised}:
        _refuse(f"{text} is not a memoised function")
    return value


def _is_function(value: Any) -> bool:
    return isinstance(value, Memoised)


def _parsed(text: str) -> ast.Expression:
    try:
        return ast.parse(text, "<%hitsave>", "eval")
    except SyntaxError:
        _refuse(f"%hitsave why takes a memoised function, or a call of one, and {text!r} is neither")


def _refuse(why: str) -> NoReturn:
    from IPython.core.error import UsageError

    raise UsageError(why)
