"""Where the values of local names come from and go to, in definitions that do what names alone can't tell: take modules by computed names, execute text, look at code objects.

Few definitions do, so their text is parsed when it is asked.
"""

from __future__ import annotations

import ast
import builtins
import textwrap
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from hitsave.codegraph.reflection import Asked

_TAKING: Final = frozenset({"import_module", "__import__"})
_EXECUTING: Final = frozenset({"exec", "eval"})
COMPILING: Final = frozenset({"compile", "CodeType"})
_MISSES: Final = (AttributeError, KeyError, ModuleNotFoundError)
_Scope = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


class Tree:
    """A definition's text as a tree that knows what is around each node."""

    def __init__(self, tree: ast.Module) -> None:
        self.nodes = tuple(ast.walk(tree))
        self.around = {inner: outer for outer in self.nodes for inner in ast.iter_child_nodes(outer)}

    def scope(self, node: ast.AST) -> _Scope | None:
        """The function whose local names are bound at `node`; None at the top of a module or class."""
        outer = self.around.get(node)
        while outer is not None and not isinstance(outer, (_Scope, ast.ClassDef)):
            outer = self.around.get(outer)
        return outer if isinstance(outer, _Scope) else None


@lru_cache(64)
def parsed(text: str) -> Tree | None:
    """The tree of a definition; None if its text is no Python."""
    first, end, rest = text.partition("\n")
    try:  # the first line of a member stands without its indentation
        return Tree(ast.parse(first + end + textwrap.dedent(rest) if first.startswith("@") else text))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def asked_of_modules(text: str) -> Asked:
    r"""What the modules that a definition takes by computed names are asked for.

    ``module.name`` and ``getattr(module, name)`` fail where there is no such name, which `catching_lines` are about; all else may find one that was added.

    >>> asked_of_modules("def load(name):\n    module = import_module(name)\n    return getattr(module, 'run')()")
    'names'
    >>> asked_of_modules("def load(name):\n    return vars(import_module(name))")
    'all'
    """
    tree = parsed(text)
    if tree is None:
        return "all"
    taken = [node for node in tree.nodes if isinstance(node, ast.Call) and _takes(node)]
    if not taken:
        return "nothing"
    return "names" if all(_is_only_named(node, tree) for node in taken) else "all"


def asked_of_its_own(why: str, text: str) -> Asked:
    r"""What a definition, of which `why` can't be told, asks its own module for. Code that is executed among names that it is given asks for nothing.

    >>> asked_of_its_own("exec() of computed code", "def run(code):\n    exec(code, {'x': 1})")
    'nothing'
    >>> asked_of_its_own("exec() of computed code", "def run(code):\n    exec(code)")
    'all'
    """
    if any(taking in why for taking in _TAKING):
        return asked_of_modules(text)
    tree = parsed(text)
    if tree is None:
        return "all"
    calls = [node for node in tree.nodes if isinstance(node, ast.Call)]
    if why == "globals()":
        return "names" if all(isinstance(tree.around[call], ast.Subscript) for call in calls if _called(call) == "globals") else "all"
    if not any(executing in why for executing in _EXECUTING):
        return "all"
    among = {call.func for call in calls if len(call.args) > 1}
    return "all" if any(isinstance(node, ast.Name) and node.id in _EXECUTING and node not in among for node in tree.nodes) else "nothing"


def catching_lines(text: str) -> tuple[range, ...]:
    r"""The lines of a definition, its first being 1, that run once somebody asked for a name that is not there, and the failure was caught.

    >>> catching_lines("def f(x):\n    try:\n        return g(x)\n    except (AttributeError, KeyError):\n        return 1")
    (range(5, 6),)
    >>> catching_lines("def f(x):\n    try:\n        return g(x)\n    except OSError:\n        return 1")
    ()
    """
    tree = parsed(text)
    if tree is None:
        return (range(1, text.count("\n") + 2),)
    handlers = [node for node in tree.nodes if isinstance(node, ast.ExceptHandler) and _catches_misses(node.type)]
    spans: list[ast.stmt] = [
        node for node in tree.nodes if isinstance(node, (ast.With, ast.AsyncWith)) and any(_suppresses(item) for item in node.items)
    ]
    return tuple(range(h.body[0].lineno, (h.body[-1].end_lineno or h.lineno) + 1) for h in handlers) + tuple(
        range(span.lineno, (span.end_lineno or span.lineno) + 1) for span in spans
    )


def _catches_misses(caught: ast.expr | None) -> bool:
    """Whether an ``except`` may catch that there is no such name; what is no built-in name may be anything."""
    match caught:
        case ast.Tuple(elts=several):
            return any(_catches_misses(one) for one in several)
        case ast.Name(id=name):
            built_in = getattr(builtins, name, None)
            return not isinstance(built_in, type) or not issubclass(built_in, BaseException) or any(issubclass(miss, built_in) for miss in _MISSES)
        case _:
            return True


def _suppresses(item: ast.withitem) -> bool:
    return isinstance(item.context_expr, ast.Call) and _called(item.context_expr) == "suppress"


def looked_at_elsewhere(text: str) -> frozenset[str] | None:
    r"""The attributes that a definition mentions on anything but code objects that it has compiled itself; None where that can't be told.

    >>> looked_at_elsewhere("def f(text, g):\n    code = compile(text, '', 'exec')\n    return code.co_code, g.co_consts")
    frozenset({'co_consts'})
    """
    tree = parsed(text)
    if tree is None:
        return None
    return frozenset(node.attr for node in tree.nodes if isinstance(node, ast.Attribute) and not _is_compiled_here(node.value, tree))


def _called(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else call.func.attr if isinstance(call.func, ast.Attribute) else ""


def _takes(call: ast.Call) -> bool:
    return _called(call) in _TAKING and not (call.args and isinstance(call.args[0], ast.Constant))


def _is_only_named(node: ast.expr, tree: Tree) -> bool:
    """Whether a module, the value of `node`, is only asked for names that it has to have."""
    user = tree.around.get(node)
    match user:
        case ast.Expr():
            return True
        case ast.Attribute(attr=name):
            return name != "__dict__"
        case ast.Call(func=ast.Name(id="getattr"), args=[first, _], keywords=[]):
            return first is node
        case ast.Assign(targets=[ast.Name(id=name)]):
            scope = tree.scope(user)
            if scope is None or _is_others(scope, name):
                return False
            return all(_is_only_named(use, tree) for use in _names(scope, name) if isinstance(use.ctx, ast.Load))
        case _:
            return False


def _is_compiled_here(node: ast.expr, tree: Tree) -> bool:
    """Whether a value is a local name that is bound to nothing but what ``compile`` and ``CodeType`` give, and changed copies of that."""
    scope = tree.scope(node)
    if not isinstance(node, ast.Name) or scope is None or _is_others(scope, node.id):
        return False
    makers = [_maker(name, tree) for name in _names(scope, node.id) if not isinstance(name.ctx, ast.Load)]
    return bool(makers) and all(maker is not None and _is_code(maker, node.id) for maker in makers)


def _is_code(maker: ast.expr, name: str) -> bool:
    match maker:
        case ast.Call(func=ast.Attribute(value=ast.Name(id=copied), attr="replace")):
            return copied == name
        case ast.Call():
            return _called(maker) in COMPILING
        case _:
            return False


def _maker(name: ast.Name, tree: Tree) -> ast.expr | None:
    """What a name is bound to by the assignment in which it stands alone."""
    match tree.around.get(name):
        case ast.Assign(targets=[target], value=value) if target is name:
            return value
        case ast.AnnAssign(target=target, value=value) if target is name:
            return value
        case _:
            return None


def _names(scope: _Scope, name: str) -> Iterator[ast.Name]:
    return (node for node in ast.walk(scope) if isinstance(node, ast.Name) and node.id == name)


def _is_others(scope: _Scope, name: str) -> bool:
    """Whether a name is a parameter, or declared to be bound elsewhere."""
    return any(
        (isinstance(node, ast.arg) and node.arg == name) or (isinstance(node, (ast.Global, ast.Nonlocal)) and name in node.names)
        for node in ast.walk(scope)
    )
