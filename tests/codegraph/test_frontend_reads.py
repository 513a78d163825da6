"""What a function reads from outside itself."""

from __future__ import annotations

import pytest

from hitsave.codegraph.facts import ImportOrigin
from hitsave.codegraph.reflection import EVERYTHING
from tests.codegraph.one_statement import body, chains, first, named


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("return np.random.rand(3)", {"np.random.rand"}),
        ("return TABLE", {"TABLE!"}),
        ("return mod.TABLE[0]", {"mod.TABLE"}),
        ("return mod.X + 1", {"mod.X"}),
        ("return -mod.X", {"mod.X"}),
        ("return mod.X < p", {"mod.X!"}),
        ("return [mod.X]", {"mod.X!"}),
        ("x = mod.X", {"mod.X!"}),
        ("mod.X", {"mod.X"}),
        ("g(mod)", {"g", "mod!"}),
        ("g(*mod.ARGS, **mod.OPTIONS)", {"g", "mod.ARGS", "mod.OPTIONS"}),
        ("for x in mod.TABLE: pass", {"mod.TABLE"}),
        ("if mod.FLAG: pass", {"mod.FLAG"}),
        ("while mod.FLAG: pass", {"mod.FLAG"}),
        ("with mod.lock as x: pass", {"mod.lock"}),
        ("return p if mod.FLAG else mod.X", {"mod.FLAG", "mod.X!"}),
        ("return f'{mod.X:>{mod.WIDTH}}'", {"mod.X", "mod.WIDTH"}),
        ("return mod.f(1).g.h(mod.X)", {"mod.f", "mod.X!"}),
        ("return (lambda x: x + K)(1)", {"K"}),
        ("return p[mod.START:mod.END]", {"mod.START!", "mod.END!"}),
        ("return None, True, ..., None.__class__", set()),
        ("assert p, MESSAGE", {"MESSAGE!"}),
        ("raise mod.Error from CAUSE", {"mod.Error!", "CAUSE!"}),
        ("del TABLE[p]", {"TABLE"}),
        ("cfg.debug = p", {"cfg.debug"}),
        ("TABLE[KEY] = p", {"TABLE", "KEY!"}),
        ("try: pass\nexcept mod.Error as e: return e", {"mod.Error"}),
        ("match p:\n    case mod.RED | Point(x=0): pass", {"mod.RED", "Point!"}),
    ],
)
def test_a_read_is_the_longest_chain_and_says_how_it_is_used(line, expected):
    """A chain counts as a whole where its value goes on to somewhere unknown, not where it is called, subscripted or added to."""
    assert chains(body(line).reads) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("return getattr(np, 'random').rand(3)", {"getattr", "np.random.rand"}),
        ("return getattr(getattr(np, 'random'), 'rand', None)(3)", {"getattr", "np.random.rand"}),
        ("return getattr(np, 'random')", {"getattr", "np.random!"}),
        ("return getattr(helper, p)", {"getattr", "helper!"}),
        ("return getattr(helper, 'f' + '')", {"getattr", "helper!"}),
        ("return hasattr(mod, 'fast')", {"hasattr", "mod.fast"}),
        ("setattr(mod, 'fast', p)", {"setattr", "mod.fast"}),
        ("return globals()['X'].y", {"globals", "X.y!"}),
        ("return globals().get('X')", {"globals", "X!"}),
        ("return eval('a + b.c')", {"eval", "a", "b.c"}),
        ("exec('import m; m.run(K)')", {"exec", "m.run", "K!"}),
    ],
)
def test_a_name_in_a_literal_is_a_name(line, expected):
    """``getattr(module, "name")`` and its like read what they name."""
    part = body(line)
    assert chains(part.reads) == expected
    assert part.unresolved == ()


def test_a_local_variable_called_getattr_is_no_getattr():
    """A parameter shadows the built-in."""
    assert chains(body("return getattr(np, 'random')", signature="f(getattr)").reads) == {"np!"}


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("import_module(p)", "import_module() of a computed name"),
        ("importlib.import_module('a' + p)", "import_module() of a computed name"),
        ("importlib.import_module('.a', p)", "import_module() of a computed name"),
        ("__import__(p)", "__import__() of a computed name"),
        ("exec(p)", "exec() of computed code"),
        ("eval(p)", "eval() of computed code"),
        ("eval('no python')", "eval() of computed code"),
        ("globals()[p]", "globals()"),
        ("globals().update(p)", "globals()"),
        ("map(eval, p)", "eval"),
    ],
)
def test_what_text_cannot_tell_is_named(line, why):
    """A computed import, code or global name is unresolved, with the reason and the line."""
    assert [(u.why, u.line) for u in body("pass", line).unresolved] == [(why, 3)]


def test_the_namespace_of_a_function_is_known_but_not_that_of_a_module():
    """``locals()`` in a function gives its own variables; at module level it gives everything."""
    assert body("return locals(), vars(p)").unresolved == ()
    assert [u.why for u in first("X = vars()").shell.unresolved] == ["vars() of a module"]


@pytest.mark.parametrize(
    ("lines", "path", "origin"),
    [
        ("import numpy as np\nreturn np.zeros(3)", ("np", "zeros"), ImportOrigin("numpy", 0, None)),
        ("import a.b.c\nreturn a.b.c.f()", ("a", "b", "c", "f"), ImportOrigin("a", 0, None)),
        ("import a.b as s\nreturn s.f()", ("s", "f"), ImportOrigin("a.b", 0, None)),
        ("from ..util import f as g\nreturn g()", ("g",), ImportOrigin("util", 2, "f")),
        ("from . import m\nreturn m.f()", ("m", "f"), ImportOrigin("", 1, "m")),
        ("return importlib.import_module('a.b').f()", ("a.b", "f"), ImportOrigin("a.b", 0, None)),
        ("return import_module('.b', __package__).f()", (".b", "f"), ImportOrigin("b", 1, None)),
        ("return __import__('a.b').b.f()", ("a", "b", "f"), ImportOrigin("a", 0, None)),
        ("return getattr(import_module('a'), 'f')()", ("a", "f"), ImportOrigin("a", 0, None)),
    ],
)
def test_an_import_in_the_body_says_where_its_reads_lead(lines, path, origin):
    """A read of a name that a local import binds has the import as its origin."""
    assert [(r.path, r.origin) for r in body(lines).reads if r.origin] == [(path, origin)]


def test_a_name_bound_by_an_import_and_by_something_else_may_be_either():
    """The read is reported with each origin, wherever the imports stand."""
    part = body("json = None\nif p:\n    json.loads(q)\n    import json\nelse:\n    import ujson as json\nreturn json.dumps(q)")
    assert {(r.path, r.origin and r.origin.module) for r in part.reads} == {
        (("json", "loads"), "json"),
        (("json", "loads"), "ujson"),
        (("json", "dumps"), "json"),
        (("json", "dumps"), "ujson"),
    }


def test_an_import_for_its_effect_is_listed():
    """What import statements ask for is kept, used or not."""
    part = body("import plugins.csv\nfrom .x import y")
    assert part.imports == (ImportOrigin("plugins.csv", 0, None), ImportOrigin("x", 1, "y"))
    assert part.reads == ()


def test_a_read_has_the_line_where_it_stands():
    """Lines count through brackets, continuations, comments and long strings."""
    text = 'def f():\n    x = [  # one\n        A,\n\n        # two\n        B\n        .c,\n    ]; y = """\n\n    """ + C\n    return x + \\\n        D(\n            E)\n'
    assert {r.path[0]: r.line for r in first(text).body.reads} == {"A": 3, "B": 6, "C": 10, "D": 12, "E": 13}


def test_each_chain_is_reported_once_at_its_first_line():
    """Uses of one chain are one read; it is whole if one of them is."""
    (read,) = body("mod.f(1)", "x = mod.f").reads
    assert (read.line, read.whole) == (2, True)


def test_what_a_function_changes_is_noted():
    """Stores to attributes and items of global names, mutating methods, and global names rebound."""
    part = body(
        "global COUNT\nCOUNT += 1\nTABLE['x'] = 1\ncfg.deep.debug = 2\nLIST.append(3)\nTREE[p].children.append(4)\nsetattr(mod, 'x', 5)\ndel CACHE[q]\np.x = q.append(6)\nf(TABLE).x = 7"
    )
    assert part.stores == ("COUNT",)
    assert part.mutates == (("CACHE",), ("LIST",), ("TABLE",), ("TREE",), ("cfg", "deep"), ("mod",))


def test_imports_and_definitions_can_rebind_global_names_too():
    """A ``global`` name is stored to by whatever binds it."""
    assert body("global a, b, c\nimport a\nfor b in p: pass\ndef c(): pass").stores == ("a", "b", "c")


def test_attribute_names_are_collected_from_everything():
    """On anything: local values, patterns, literal getattr."""
    part = body("p.alpha.beta = getattr(q, 'gamma')\nmatch p:\n    case C(delta=1): pass")
    assert part.attributes == ("alpha", "beta", "delta", "gamma")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("return p.__doc__", ("doc",)),
        ("return help(p)", ("doc",)),
        ("return getattr(p, '__doc__')", ("doc",)),
        ("return p.__annotations__", ("annotations",)),
        ("return typing.get_type_hints(p)", ("annotations",)),
        ("return dataclasses.fields(p)", ()),  # annotations of a class's own attributes count always
        ("return type(p).__name__", ("name",)),
        ("return __name__", ()),
        ("return inspect.getmodule(p)", ()),
        ("return inspect.isfunction(p)", ()),
        ("return inspect.getcallargs(p)", EVERYTHING),
        ("return walk(inspect)", EVERYTHING),
        ("return inspect.Signature.empty is p", ("annotations",)),
        ("return inspect.getsource(p)", ("text",)),
        ("return p.__code__.co_consts", ("source",)),
        ("return p.__code__.co_firstlineno", ("lines",)),
        ("return p.__code__.co_varnames", ("source",)),
        ("return p.__code__.co_varnames[: p.__code__.co_argcount]", ()),
        ("import inspect as i\nreturn i.signature(p)", ("annotations",)),
        ("from inspect import getdoc as g\nreturn g(p)", ("doc",)),
        ("return p.name", ()),
    ],
)
def test_reading_documentation_is_noticed(line, expected):
    """What may read docstrings, annotations or names of other definitions."""
    assert body(line).reflects == expected


def test_a_nested_function_counts_in_the_body_around_it():
    """What it reads, changes and can't tell is the outer function's as well."""
    text = """
    def f():
        @wrap
        def inner(x=DEFAULT):
            global N
            N = eval(x)
            return TABLE.append(y)
        y = 1
        class Local(Base):
            z = K
            def m(self): return M
    """
    part = named(text, "f").body
    assert chains(part.reads) == {"wrap", "DEFAULT!", "eval", "TABLE.append", "Base!", "K!", "M!"}
    assert (part.stores, part.mutates, len(part.unresolved)) == (("N",), (("TABLE",),), 1)
    inner = named(text, "f.<locals>.inner")
    assert (chains(inner.shell.reads), chains(inner.body.reads), inner.free) == ({"DEFAULT!"}, {"eval", "TABLE.append"}, ("y",))
    assert chains(named(text, "f.<locals>.Local.m").body.reads) == {"M!"}


def test_default_values_and_decorators_are_read_apart_from_the_body():
    """Defaults belong to the shell, decorators to themselves, annotations to the documentation."""
    definition = named(
        "@deco.wrap(LIMIT)\ndef f(x: Type = DEFAULT, *, y: 'mod.Other' = 1) -> Result:\n    z: Inner = 2\n    return z\n", "f", "function"
    )
    assert chains(definition.shell.reads) == {"DEFAULT!"}
    assert [(d.path, chains(d.reads)) for d in definition.decorators] == [(("deco", "wrap"), {"deco.wrap", "LIMIT!"})]
    assert chains(definition.doc_reads) == {"Type!", "mod.Other!", "Result!"}
    assert chains(definition.body.reads) == set()


def test_strings_that_are_values_are_not_taken_for_annotations():
    """``Literal["fast"]`` names nothing called fast."""
    assert chains(named("def f(x: Literal['fast'], y: list['Item']): pass", "f").doc_reads) == {"Literal", "list", "Item!"}
