"""What is local, by Python's rules."""

from __future__ import annotations

import ast
import symtable
import sysconfig
from pathlib import Path

import pytest

from hitsave.codegraph.frontend import analyse_statement
from tests.codegraph.one_statement import body, chains, definitions, first, named


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("x = 1\nreturn x", set()),
        ("return x\nx = 1", set()),
        ("for x, (y, *z) in p: x, y, z", set()),
        ("with p as (x, y): x, y", set()),
        ("import x.y\nreturn x", {"x!"}),
        ("try: pass\nexcept E as x: x", {"E"}),
        ("def x(): return x\nreturn x", set()),
        ("class x: pass\nreturn x", set()),
        ("if (x := p): return x", set()),
        ("[x := y for y in p]\nreturn x, y", {"y!"}),
        ("[x for x in x]", {"x"}),
        ("return [a for a in p for b in a if b], {b: a for a in b}", {"b!"}),
        ("return lambda x, *y, z=z, **w: (x, y, z, w)", {"z!"}),
        ("match p:\n    case [a, *b, {'k': c, **d}] if a: return a, b, c, d\n    case C(e, f=g) | h as i: return e, g, h, i", {"C!"}),
        ("del x\nreturn x", set()),
        ("x += 1", set()),
        ("x: int\nreturn x", set()),
        ("global x\nx = 1\nreturn x", {"x!"}),
        ("async def g(x):\n    async for y in x: await y\n    return [z async for z in x]", set()),
        ("x = 1\ndef g():\n    def h():\n        nonlocal x\n        x = 2\n        return x\n    return h", set()),
        ("global x\ndef g():\n    return x\nx = 1", {"x!"}),
        ("class C:\n    x = 1\n    def m(self): return x", {"x!"}),
        ("class C:\n    x = 1\n    y = x\n    z = [x for _ in x]", {"x!"}),
        ("class C:\n    sum = sum\n    n = sum(p)", {"sum!"}),
        ("x = 1\nclass C:\n    x = x", {"x!"}),
        ("x = 1\nclass C:\n    y = x", set()),
        ("class C:\n    def m(self): return super().m(), __class__", {"super"}),
        ("return __class__", {"__class__!"}),
    ],
)
def test_a_name_is_local_as_in_python(lines, expected):
    """Function, class and comprehension scopes, walrus, patterns, global and nonlocal."""
    assert chains(body(lines).reads) == expected


def test_names_are_compared_as_python_normalises_them():
    """``ﬁ`` and ``fi`` are one name."""
    text = "def ﬁ(ﬂ):\n    return fl + ﬁ\n"
    assert chains(named(text, "fi").body.reads) == {"fi"}


def test_type_parameters_are_local_and_count_where_code_reads_them():
    """They are seen in annotations and in the body; naming one in the body makes it part of the code."""
    generic = first("def f[T: Bound](x: T) -> list[T]:\n    return x\n")
    assert (chains(generic.doc_reads), generic.body.reads, generic.free) == ({"Bound!", "list"}, (), ())
    assert generic.body.digest == first("def f(x):\n    return x\n").body.digest
    assert first("def f[T](x):\n    return T\n").body.digest != first("def f(x):\n    return T\n").body.digest


def test_a_class_with_type_parameters_has_them_in_its_shell():
    """They make it generic, which can be seen."""
    assert first("class C[T]: pass").shell.digest != first("class C: pass").shell.digest
    assert chains(first("class C[T](Base[T]):\n    x: T\n").shell.reads) == {"Base"}


def test_free_names_are_those_of_the_functions_around():
    """Through any number of functions between, comprehensions included; not global names, not type parameters."""
    text = "def f[T](a):\n    b = 1\n    def g():\n        c = 2\n        return lambda d: (a, b, c, d, e, T)\n    return [lambda: i for i in a]\n"
    assert {d.name: d.free for d in definitions(text)} == {
        "f": (),
        "f.<locals>.g": ("a", "b"),
        "f.<locals>.g.<locals>.<lambda>": ("a", "b", "c"),
        "f.<locals>.<lambda>": ("i",),
    }


@pytest.mark.parametrize("module", ["asyncio.tasks", "dataclasses", "enum", "functools", "unittest.mock"])
def test_what_is_global_agrees_with_pythons_own_symbol_table(module):
    """For every function of a module of the standard library."""
    text = _source(module)
    if text is None:
        pytest.skip("this Python lays its library out in another way")
    tree = ast.parse(text)
    compared = 0
    for node in tree.body:
        if not isinstance(node, (ast.FunctionDef, ast.ClassDef)) or "TYPE_CHECKING" in ast.dump(node):
            continue
        statement = ast.get_source_segment(text, node)
        assert statement is not None
        facts = analyse_statement(statement)
        assert facts.error is None
        expected = _functions(symtable.symtable(ast.unparse(_WithoutAnnotations().visit(ast.parse(statement))), "statement", "exec"))
        for definition in facts.definitions:
            tables = expected.get(definition.name, [])
            same = [d for d in facts.definitions if d.name == definition.name]
            if definition.kind != "function" or len(tables) != 1 or len(same) != 1:
                continue
            found = {r.path[0] for r in definition.body.reads if r.origin is None} - set(definition.body.stores)
            assert found == _globals(tables[0]) - set(definition.body.stores), definition.name
            compared += 1
    assert compared


class _WithoutAnnotations(ast.NodeTransformer):
    def visit_arg(self, node):
        node.annotation = None
        return node

    def visit_FunctionDef(self, node):
        node.returns = None
        return self.generic_visit(node)

    visit_AsyncFunctionDef = visit_FunctionDef  # noqa: N815 - as ast calls it

    def visit_AnnAssign(self, node):
        node.annotation = ast.Constant(0)
        return self.generic_visit(node)


def _source(module):
    path = Path(sysconfig.get_path("stdlib"), *module.split(".")).with_suffix(".py")
    package = path.with_suffix("") / "__init__.py"
    found = path if path.is_file() else package
    return found.read_text(encoding="utf-8") if found.is_file() else None


def _functions(table, prefix=""):
    found = {}
    for child in table.get_children():
        if child.get_type() == "function" and child.get_name() in {"lambda", "listcomp", "setcomp", "dictcomp", "genexpr"}:
            inner = _functions(child, prefix)
        else:
            name = prefix + child.get_name()
            if child.get_type() == "function":
                found.setdefault(name, []).append(child)
            inner = _functions(child, name + ("." if child.get_type() == "class" else ".<locals>."))
        for name, tables in inner.items():
            found.setdefault(name, []).extend(tables)
    return found


def _globals(table):
    # Python notes __class__ as read wherever super is.
    found = {s.get_name() for s in table.get_symbols() if s.is_referenced() and s.is_global()} - {"__class__"}
    for child in table.get_children():
        found |= _globals(child)
    return found
