"""The canonical form agrees with Python's own tree: equal where that is equal, but for what is meant to be ignored, and different where it differs."""

from __future__ import annotations

import ast
import copy
import random
import sysconfig
from pathlib import Path

import pytest

from hitsave.codegraph.frontend import analyse_statement

# 12 kinds of mutation, each a function that changes one node, or returns None where it does not apply.
MUTATIONS = {
    "operator": lambda n, r: _set(n, op=r.choice([ast.Add(), ast.Sub(), ast.Mult(), ast.FloorDiv()])) if isinstance(n, ast.BinOp) else None,
    "comparison": lambda n, r: (
        _set(n, ops=[r.choice([ast.Lt(), ast.GtE(), ast.NotIn(), ast.IsNot()]), *n.ops[1:]]) if isinstance(n, ast.Compare) else None
    ),
    "constant": lambda n, r: (
        _set(n, value=r.choice([1, 2.0, "q", b"q", None])) if isinstance(n, ast.Constant) and isinstance(n.value, (int, str)) else None
    ),
    "name": lambda n, r: _set(n, id=n.id + "_") if isinstance(n, ast.Name) else None,
    "attribute": lambda n, r: _set(n, attr=n.attr + "_") if isinstance(n, ast.Attribute) else None,
    "branches": lambda n, r: _set(n, body=n.orelse or [ast.Pass()], orelse=n.body) if isinstance(n, ast.If) else None,
    "argument": lambda n, r: _set(n, args=n.args[:-1]) if isinstance(n, ast.Call) and n.args else None,
    "keyword": lambda n, r: _set(n, arg=n.arg + "_") if isinstance(n, ast.keyword) and n.arg else None,
    "return": lambda n, r: _set(n, value=None) if isinstance(n, ast.Return) and n.value else None,
    "junction": lambda n, r: _set(n, op=ast.And() if isinstance(n.op, ast.Or) else ast.Or()) if isinstance(n, ast.BoolOp) else None,
    "statement": lambda n, r: _set(n, body=n.body[1:]) if isinstance(n, (ast.If, ast.For, ast.With)) and len(n.body) > 1 else None,
    "parameter": lambda n, r: _set(n, arg=n.arg + "_") if isinstance(n, ast.arg) else None,
    # … and two that are to change nothing.
    "annotation": lambda n, r: _set(n, annotation=ast.Name("int")) if isinstance(n, ast.arg) else None,
    "docstring": lambda n, r: _set(n, body=[ast.Expr(ast.Constant("new")), *n.body]) if isinstance(n, ast.FunctionDef) else None,
}
NEUTRAL = {"annotation", "docstring"}


@pytest.mark.parametrize("kind", MUTATIONS)
def test_a_mutation_changes_the_digest_exactly_where_it_changes_the_tree(kind):
    """Each kind, on functions of the standard library."""
    random_ = random.Random(kind)
    changed = 0
    functions = list(_functions("configparser", "functools", "statistics", "subprocess"))
    for function in random_.sample(functions, 90):
        sites = [n for n in ast.walk(function) if MUTATIONS[kind](copy.deepcopy(n), random_) is not None]
        for site in random_.sample(sites, min(1, len(sites))):
            number = list(ast.walk(function)).index(site)
            mutant = copy.deepcopy(function)
            MUTATIONS[kind](list(ast.walk(mutant))[number], random_)
            try:
                before, after = ast.unparse(function), ast.unparse(ast.fix_missing_locations(mutant))
                equal = _tree(before) == _tree(after)
            except (SyntaxError, ValueError):  # not every mutant is Python
                continue
            assert (_digests(before) == _digests(after)) is equal, after
            changed += not equal
    assert changed >= 10 if kind not in NEUTRAL else changed == 0


def _set(node, **fields):
    for name, value in fields.items():
        setattr(node, name, value)
    return node


def _functions(*modules):
    for module in modules:
        tree = ast.parse(Path(sysconfig.get_path("stdlib"), f"{module}.py").read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef) and len(ast.unparse(node)) < 3000:
                node.decorator_list = []
                yield node


def _digests(text):
    facts = analyse_statement(text)
    assert facts.error is None, facts.error
    return facts.definitions[0].shell.digest, facts.definitions[0].body.digest


def _tree(text):
    return ast.dump(_Normal().visit(ast.parse(text)))


class _Normal(ast.NodeTransformer):
    """Takes out of a tree what the canonical form ignores."""

    def generic_visit(self, node):
        super().generic_visit(node)
        for field in ("body", "orelse", "finalbody"):
            block = getattr(node, field, None)
            if isinstance(block, list):
                setattr(
                    node,
                    field,
                    [s for s in block if not isinstance(s, ast.Pass) and not (isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant))],
                )
        return node

    def visit_FunctionDef(self, node):
        node.returns, node.name = None, "f" if isinstance(node, ast.FunctionDef) else node.name
        return self.generic_visit(node)

    def visit_arg(self, node):
        node.annotation = None
        return node

    def visit_BoolOp(self, node):
        self.generic_visit(node)
        flat = []
        for value in node.values:
            flat += value.values if isinstance(value, ast.BoolOp) and type(value.op) is type(node.op) else [value]
        node.values = flat
        return node

    def visit_JoinedStr(self, node):
        self.generic_visit(node)
        return node if any(not isinstance(v, ast.Constant) for v in node.values) else ast.Constant("".join(v.value for v in node.values))

    def visit_Constant(self, node):
        node.kind = None
        return node
