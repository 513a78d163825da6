"""Calls that stand for a chain of names or for code: ``getattr``, ``import_module``, ``globals``, ``eval`` and their like."""

from __future__ import annotations

from typing import Any

from hitsave.codegraph.facts import ImportOrigin
from hitsave.codegraph.frontend import cst
from hitsave.codegraph.reading import nesting
from hitsave.codegraph.reading.state import State
from hitsave.codegraph.reading.syntax import CONSTANTS, Attribute, Call, Name, import_call, item_of_globals, text_argument
from hitsave.codegraph.reflection import LOOKED_AT
from hitsave.codegraph.scopes import Scope, Use


class SpecialCalls(State):
    """Tells what such a call stands for, and reads the code in literals."""

    def stands_for(
        self, callee: str, function: Use | None, trailers: list[Any], left: int
    ) -> tuple[tuple[tuple[str, ...], ImportOrigin | None] | None, int, Call | None]:
        """The chain that a special call is, how many of `trailers` it takes in, and the call whose first argument is part of the chain.

        Where the text can't tell, `function`, the use of what is called, gets a `why`.
        """
        call: Call = trailers[left - 1]
        why: str | None = None
        if callee in {"getattr", "hasattr", "setattr", "delattr"}:
            attribute = text_argument(call, 1)
            if attribute is not None:
                self.part.attributes.add(attribute)
                if callee == "getattr" and attribute in LOOKED_AT:
                    self.part.looked_at.append(attribute)
                inner = self.static_chain(call.args[0].value)
                if inner is not None:
                    return ((*inner[0], attribute), inner[1]), 1, call
        elif callee in {"import_module", "__import__"}:
            module = import_call(callee, call)
            if module is not None:
                return module, 1, None
            why = f"{callee}() of a computed name"
        elif callee == "globals" and not call.args:
            name, used = item_of_globals(trailers, left)
            if name is not None:
                return ((name,), None), used, None
            why = "globals()"
        elif callee in {"vars", "locals"}:
            if not call.args and self.scope.function().kind == "module":
                why = f"{callee}() of a module"
        elif callee in {"eval", "exec"} and not self.quoted_call(callee, call):
            why = f"{callee}() of computed code"
        if function is not None:
            function.why = function.why or why
        return None, 1, None

    def static_chain(self, node: cst.BaseExpression) -> tuple[tuple[str, ...], ImportOrigin | None] | None:
        """The chain that an expression is, literal ``getattr`` and ``import_module`` included, or None; notes the functions called on the way as read."""
        if isinstance(node, Name):
            name = self.written(node)
            return None if name in CONSTANTS else ((name,), None)
        if isinstance(node, Attribute):
            inner = self.static_chain(node.value)
            return None if inner is None else ((*inner[0], self.written(node.attr)), inner[1])
        if not isinstance(node, Call):
            return None
        if isinstance(node.func, Name) and node.func.value == "getattr":
            attribute = text_argument(node, 1)
            inner = self.static_chain(node.args[0].value) if attribute is not None else None
            return None if inner is None or attribute is None else ((*inner[0], attribute), inner[1])
        callee = self.static_chain(node.func)
        if callee is not None and callee[0][-1] in {"import_module", "__import__"}:
            found = import_call(callee[0][-1], node)
            if found is not None:
                self.read(callee[0], self.line, whole=False)
            return found
        return None

    def quoted_call(self, callee: str, call: Call) -> bool:
        """Read the code in a literal that is given to ``eval`` or ``exec``; False if there is none, or it can't be told what it binds."""
        text = text_argument(call, 0)
        if text is None or len(call.args) != 1:
            return False
        if callee == "eval":
            return self.quoted(text)
        if self.scope.function().kind != "function" or nesting.problem(text):
            return False
        try:
            module = cst.parse_module(text)
        except (cst.ParserSyntaxError, UnicodeEncodeError):
            return False
        scope = Scope("function", self.scope)
        with_atoms, drafts, line = len(self.atoms), len(self.drafts), self.line
        saved = self.enter(self.part, scope)
        for statement in module.body:
            self.visit(statement)
        self.leave(saved)
        scope.close()
        del self.atoms[with_atoms:], self.drafts[drafts:]
        self.line = line
        return True

    def quoted(self, text: str) -> bool:
        """Read the expression in a string as if it stood here, without writing it; False if it is none."""
        try:
            if nesting.problem(text):
                return False
            expression = cst.parse_expression(text.strip())
        except (cst.ParserSyntaxError, UnicodeEncodeError):
            return False
        atoms, drafts, line = len(self.atoms), len(self.drafts), self.line
        self.visit(expression)
        del self.atoms[atoms:], self.drafts[drafts:]
        self.line = line
        return True
