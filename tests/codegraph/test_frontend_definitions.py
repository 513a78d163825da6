"""Which definitions a statement has, and where they stand."""

from __future__ import annotations

import ast
import sysconfig
from pathlib import Path

import pytest

from hitsave.codegraph.facts import ImportOrigin, Span
from hitsave.codegraph.frontend import analyse_statement
from hitsave.codegraph.index import statement_text
from hitsave.codegraph.indexing import index_module
from tests.codegraph.one_statement import chains, definitions, first, named


def _listed(text):
    return [(d.kind, d.name) for d in definitions(text)]


def test_definitions_come_in_source_order_outer_before_inner():
    """Functions, classes, lambdas and locals, named as __qualname__ names them."""
    text = """
    class C(Base):
        key = lambda s: [lambda: s for _ in s]
        def m(self):
            def inner():
                return (lambda: 1 for _ in ())
            return inner
        class D:
            async def n(self): yield
    """
    assert _listed(text) == [
        ("class", "C"),
        ("lambda", "C.<lambda>"),
        ("lambda", "C.<lambda>.<locals>.<lambda>"),
        ("function", "C.m"),
        ("function", "C.m.<locals>.inner"),
        ("lambda", "C.m.<locals>.inner.<locals>.<genexpr>.<locals>.<lambda>"),
        ("class", "C.D"),
        ("function", "C.D.n"),
    ]
    assert first(text).members == ("C.m", "C.D")
    flags = named(text, "C.D.n")
    assert (flags.is_async, flags.is_generator) == (True, True)


def test_a_function_declared_global_has_a_global_name():
    """As its __qualname__ has."""
    assert _listed("def f():\n    global g\n    def g(): pass\n") == [("function", "f"), ("function", "g")]


def test_yield_makes_the_innermost_function_a_generator():
    """Not the one around it, nor one that has a generator expression."""
    text = "def f():\n    x = lambda: (yield)\n    return (i for i in x)\n"
    assert [(d.name, d.is_generator) for d in definitions(text)] == [("f", False), ("f.<locals>.<lambda>", True)]


def test_a_class_lists_its_members_and_bases():
    """Repeated and conditional members too; the metaclass is among the bases."""
    text = """
    class C(a.Base, Generic[T], metaclass=Meta, flag=X):
        @property
        def x(self): pass
        @x.setter
        def x(self, value): pass
        if FAST:
            def y(self): pass
    """
    definition = first(text)
    assert definition.members == ("C.x", "C.x", "C.y")
    assert chains(definition.bases) == {"a.Base!", "Meta!"}
    assert chains(definition.shell.reads) == {"a.Base!", "Generic", "T!", "Meta!", "X!", "FAST"}
    assert [(d.name, d.conditional) for d in definitions(text) if d.kind == "function"] == [("C.x", False), ("C.x", False), ("C.y", True)]


def test_methods_count_apart_from_their_class():
    """A class's shell has the names of its members in their order, not what is in them."""
    one = first("class C:\n    def a(self): return 1\n    def b(self): pass\n")
    assert one.shell == first("class C:\n    def a(self, x=F()): return 2\n    def b(self): return G\n").shell
    assert one.shell.digest != first("class C:\n    def b(self): pass\n    def a(self): return 1\n").shell.digest


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A = f(1)", ["A"]),
        ("A = B = f(1)", ["A", "B"]),
        ("A, (B, *C) = f(1)", ["A", "B", "C"]),
        ("A: int = 1", ["A"]),
        ("A: int", []),
        ("A += 1", ["A"]),
        ("A.x, B[0] = 1, 2", []),
        ("f(A := 1)", ["A"]),
        ("[B := a for a in x]", ["B"]),
        ("for A, B in x: C = 1", ["A", "B", "C"]),
        ("with x as A, y as (B, C): pass", ["A", "B", "C"]),
        ("try:\n    A = 1\nexcept E as e:\n    A = 2\nelse:\n    B = 3\nfinally:\n    C = 4\n", ["A", "A", "B", "C"]),
        ("match x:\n    case [A, *B]: C = 1\n", ["A", "B", "C"]),
        ("while (A := f()): B = 1\nelse: C = 1", ["A", "B", "C"]),
        ("type A[T] = list[T]", ["A"]),
        ("import A", []),
        ("del A", []),
        ("global A", []),
    ],
)
def test_each_name_that_a_statement_gives_a_value_has_a_definition(text, expected):
    """In whatever way it is bound; imports are the index's business."""
    assert [d.name for d in definitions(text) if d.kind == "value"] == expected


def test_a_value_says_whether_it_is_a_literal_or_another_name():
    """Literals are compared by value, aliases are followed."""
    literals = {
        t: first(t).literal
        for t in [
            "A = 1",
            "A = -1",
            "A = {'a': [1, (2.5, None)], **{}}",
            "A = ['x' 'y', b'z', {1}]",
            "A = 60 * 60",
            "A = f'{x}'",
            "A = x",
            "A = not 1",
            "A += 1",
        ]
    }
    assert [t for t, literal in literals.items() if literal] == ["A = 1", "A = -1", "A = ['x' 'y', b'z', {1}]"]
    alias = first("g = mod.f").alias
    assert alias is not None
    assert (alias.path, alias.whole) == (("mod", "f"), True)
    assert first("g = getattr(mod, 'f')").alias is not None
    imported = first("g = import_module('a.b').f").alias
    assert imported is not None
    assert imported.origin == ImportOrigin("a.b", 0, None)
    assert [first(t).alias for t in ["g = mod.f()", "g = mod.f[0]", "g, = mod.f", "g = [mod.f]", "g = None", "g = -mod.f"]] == [None] * 6


def test_a_value_depends_on_what_it_is_made_of_and_on_how_it_is_unpacked():
    """Not on its own name, nor on the names beside it."""

    def shell(text, name):
        return named(text, name, "value").shell.digest

    assert shell("A, B = f()", "A") == shell("X, Y = f()", "X")
    assert shell("A, B = f()", "A") != shell("B, A = f()", "A")
    assert shell("A, B = f()", "A") != shell("A, B, C = f()", "A")
    assert shell("A, *B = f()", "A") != shell("A, B = f()", "A")
    assert shell("A = B = f()", "A") == shell("A = f()", "A")
    assert shell("A: int = f()", "A") == shell("A: str = f()", "A")
    assert named("A: int = 1", "A").annotations != named("A: str = 1", "A").annotations


def test_what_stands_under_a_condition_has_it_as_a_guard():
    """The condition and the branch count; elif and else stand under all that came before."""
    text = "if X.fast and Y:\n    A = 1\n    def f(): pass\nelif Z:\n    A = 1\nelse:\n    A = 1\n"
    found = definitions(text)
    assert [(d.name, chains(d.guards), d.conditional) for d in found] == [
        ("A", {"X.fast!", "Y!"}, True),
        ("f", {"X.fast!", "Y!"}, True),
        ("A", {"X.fast!", "Y!", "Z"}, True),
        ("A", {"X.fast!", "Y!", "Z"}, True),
    ]
    values = [d for d in found if d.kind == "value"]
    assert len({d.shell.digest for d in values}) == len({d.guard for d in values}) == 3
    assert named("if X:\n    def f(): pass\n", "f").guard != named("if not X:\n    def f(): pass\n", "f").guard
    assert named("def f(): pass\n", "f").guard is None
    assert named("if X:\n    def f(): pass\n", "f").shell == named("def f(): pass\n", "f").shell


def test_the_kinds_of_conditions_that_there_are():
    """Tests, subjects and patterns, iterables, context managers, exceptions."""
    assert chains(named("for x in ITEMS: A = 1", "A").guards) == {"ITEMS"}
    assert chains(named("with LOCK: A = 1", "A").guards) == {"LOCK"}
    assert chains(named("while TEST: A = 1", "A").guards) == {"TEST"}
    assert chains(named("match SUBJECT:\n    case mod.RED if TEST: A = 1", "A").guards) == {"SUBJECT!", "mod.RED", "TEST"}
    handled = [d for d in definitions("try:\n    import x\nexcept ImportError:\n    x = None\n") if d.kind == "value"]
    assert [chains(d.guards) for d in handled] == [{"ImportError"}]


@pytest.mark.parametrize("test", ["TYPE_CHECKING", "typing.TYPE_CHECKING", "(t.TYPE_CHECKING)"])
def test_what_only_type_checkers_read_is_ignored(test):
    """Everywhere; what stands in the else branch stands under no condition."""
    text = f"if {test}:\n    from x import y\n    A = 1\n    def f(): pass\nelse:\n    B = 2\n"
    assert [(d.name, d.conditional, d.guard) for d in definitions(text)] == [("B", False, None)]
    assert [d.name for d in definitions(f"if not {test}:\n    A = 1\nelse:\n    B = 2\n")] == ["A"]
    inside = f"def f():\n    if {test}:\n        import x\n    return 1\n"
    assert named(inside, "f").body == named("def f():\n    return 1\n", "f").body
    assert (
        first(f"class C:\n    if {test}:\n        x: int = 1\n        def m(self): pass\n    y = 1\n").shell.digest
        == first("class C:\n    y = 1\n").shell.digest
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("TABLE['x'] = f", [{"TABLE"}]),
        ("Frame.method = f", [{"Frame"}]),
        ("X += 1", [{"X"}]),
        ("del X, Y.z", [{"X", "Y"}]),
        ("TABLE.update(a=1)", [{"TABLE"}]),
        ("mod.TABLE.update(a=1)", [{"mod.TABLE"}]),
        ("TABLE[0].append(1)", [{"TABLE"}]),
        ("f(TABLE, *x, key=Y)", [{"f", "TABLE", "x", "Y"}]),
        ("app.route('/')(view)", [{"app", "view"}]),
        ("registry.add(mod.f)", [{"registry", "mod.f"}]),
        ("setattr(Frame, 'm', f)", [{"Frame", "f"}]),
        ("[TABLE.append(x) for x in ITEMS]", [{"TABLE"}]),
        ("OLD = TABLE.pop('x')", [{"TABLE"}]),
        ("NEW = TABLE.get('x')", []),
        ("NEW = f(TABLE)", []),
        ("'doc'", []),
        ("x", []),
        ("for k in KEYS:\n    TABLE[k] = 1\n    print(k)\n", [{"TABLE"}, {"print", "k"}]),
        ("if __name__ == '__main__':\n    main()\n    X = 1\n    X += 1\n", []),
        ("if '__main__' == __name__:\n    pass\nelse:\n    main()\n", [{"main"}]),
        ("@registry.register\ndef f(): pass", [{"registry"}]),
        ("@app.command(TABLE)\ndef f(): pass", [{"app", "TABLE"}]),
        ("@one\n@two.three.four\nclass C: pass", [{"one", "two.three"}]),
        ("class C:\n    @registry.register\n    def m(self): pass\n", [{"registry"}]),
        ("class C:\n    @property\n    def m(self): pass\n    @m.setter\n    def m(self, x): pass\n", []),
        ("class C:\n    registry.append(1)\n    own = []\n    own.append(2)\n", [{"registry"}]),
        ("def f():\n    registry.append(1)\n    @registry.add\n    def g(): pass\n", []),
        ("f = lambda: TABLE.append(1)", []),
    ],
)
def test_effects_name_what_they_may_change(text, expected):
    """Statements that run at import and may change an object that another statement made."""
    found = [d for d in definitions(text) if d.kind == "effect"]
    assert [{".".join(t) for t in d.targets} for d in found] == expected
    assert all(d.name == "<effect>" for d in found)


def test_an_effect_reads_what_it_gives_away():
    """A registered function is reached through the registry."""
    (effect,) = [d for d in definitions("@registry.register(KEY)\ndef f(): pass\n") if d.kind == "effect"]
    assert chains(effect.shell.reads) == {"registry.register", "KEY!", "f!"}
    (effect,) = [d for d in definitions("class C:\n    @registry.register\n    def m(self): pass\n") if d.kind == "effect"]
    assert chains(effect.shell.reads) == {"registry.register", "C.m!"}


def test_an_effect_counts_with_the_conditions_it_stands_under():
    """So that a changed condition is a change."""

    def effect(text):
        return next(d for d in definitions(text) if d.kind == "effect")

    one, other = effect("if X:\n    T.add(1)\n"), effect("if Y:\n    T.add(1)\n")
    assert one.shell.digest != other.shell.digest
    assert chains(one.guards) == {"X"}


def test_directives_are_collected_from_comments_alone():
    """With their lines; text that looks like one in a string is none."""
    text = "# hitsave: one\ndef f():  # noqa  # hitsave: ignore[HS003]\n    x = [  # hitsave: three\n        1,\n        # hitsave: five\n    ]\n    '# hitsave: no'\n    # hitsave: eight\n    return x\n"
    assert analyse_statement(text).directives == ((1, "one"), (2, "ignore[HS003]"), (3, "three"), (5, "five"), (8, "eight"))


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("@a\n# c\n@b(\n 1)\n\nasync def f():\n    return 1  # c\n", "f", Span(1, 0, 7, 12, 6)),
        ("if x:\n\tclass C:\n\t\ty = 1 ;\n", "C", Span(2, 1, 3, 7, 2)),
        ("é = 1; ü = [\n  2]; A = 3  # c\n", "ü", Span(1, 7, 2, 4, 1)),
        ("é = 1; ü = [\n  2]; A = 3  # c\n", "A", Span(2, 6, 2, 11, 2)),
        ("if x: A = 1; B = 2\n", "B", Span(1, 13, 1, 18, 1)),
        ("# c\nA = (1 +\n     2)  # d\n", "A", Span(2, 0, 3, 7, 2)),
        ("A = 'lambda', lambda x: x  # lambda\n", "<lambda>", Span(1, 14, 1, 25, 1)),
        ("A = (lambda\n     x: [\n  x])\n", "<lambda>", Span(1, 5, 3, 4, 1)),
    ],
)
def test_a_span_is_the_definition_without_what_follows_it(text, name, expected):
    """Lines from 1, columns in code points; decorators belong to it, comments behind it don't."""
    assert [d.span for d in definitions(text) if d.name == name] == [expected]


@pytest.mark.parametrize("module", ["asyncio/locks", "configparser", "dataclasses", "enum", "types"])
def test_spans_and_lines_agree_with_pythons_own_parser(module):
    """For every function, class, lambda and read of a module of the standard library."""
    text = Path(sysconfig.get_path("stdlib"), f"{module}.py").read_text(encoding="utf-8")
    lines = [line + "\n" for line in text.split("\n")]
    for where in index_module(text).statements:
        statement = statement_text(lines, where)
        facts = analyse_statement(statement)
        assert facts.error is None
        expected, names = _placed(statement)
        found = sorted(
            (d.span.line, d.span.column, d.span.end_line, d.span.end_column) for d in facts.definitions if d.kind in {"function", "class", "lambda"}
        )
        assert found == expected
        for definition in facts.definitions:
            for read in (*definition.shell.reads, *definition.body.reads):
                if read.origin is None and definition.kind != "effect" and "'" not in statement.split("\n")[read.line - 1]:
                    assert (read.path[0], read.line) in names


def _placed(text):
    lines = text.split("\n")

    def column(line, offset):
        return len(lines[line - 1].encode()[:offset].decode())

    places, names = [], set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            begins = min([node, *getattr(node, "decorator_list", [])], key=lambda n: n.lineno)
            at = (begins.lineno, node.col_offset)
            places.append((at[0], column(node.lineno, at[1]), node.end_lineno, column(node.end_lineno, node.end_col_offset)))
        elif isinstance(node, ast.Name):
            names.add((node.id, node.lineno))
    return sorted(places), names
