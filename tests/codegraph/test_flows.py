"""Where local names' values come from and go to."""

from __future__ import annotations

from textwrap import dedent

import pytest

from hitsave.codegraph.flows import asked_of_its_own, asked_of_modules, catching_lines, looked_at_elsewhere


def defined(body: str) -> str:
    """A function with this body."""
    return "def f(name, other):\n" + "".join(f"    {line}\n" for line in dedent(body).strip().splitlines())


@pytest.mark.parametrize(
    "body",
    [
        "import_module(name)",
        "return getattr(import_module(name), other)",
        "return importlib.import_module(name).run()",
        "module = import_module(name)\nreturn getattr(module, other)(1) + module.run(2)",
        "module = __import__(name)\nreturn [getattr(module, n) for n in other]",
    ],
)
def test_a_module_that_is_only_asked_for_names_lists_none(body):
    """Each of these fails where there is no such name."""
    assert asked_of_modules(defined(body)) == "names"
    assert asked_of_its_own("import_module() of a computed name", defined(body)) == "names"


@pytest.mark.parametrize(
    "body",
    [
        "return import_module(name)",
        "return vars(import_module(name))",
        "return getattr(import_module(name), other, None)",
        "return getattr(other, import_module(name))",
        "return import_module(name).__dict__",
        "module = import_module(name)\nreturn dir(module)",
        "module = import_module(name)\nkept.append(module)",
        "module = other = import_module(name)",
        "global module\nmodule = import_module(name)",
        "self.module = import_module(name)",
        "if module := import_module(name): pass",
        "module = import_module(name)\ndef inner(): return hasattr(module, other)",
    ],
)
def test_a_module_that_goes_elsewhere_may_be_looked_through(body):
    """Nobody knows what is done there."""
    assert asked_of_modules(defined(body)) == "all"


def test_members_are_read_although_their_first_line_has_lost_its_indentation():
    """As the text of a method with a decorator stands in a graph."""
    text = "@classmethod\n    def f(cls, name):\n        return import_module(name).run"
    assert asked_of_modules(text) == "names"


def test_text_that_is_none_may_do_anything():
    """Nothing is known of it."""
    assert asked_of_modules("def f(:") == "all"
    assert asked_of_its_own("exec() of computed code", "def f(:") == "all"
    assert looked_at_elsewhere("def f(:") is None


@pytest.mark.parametrize(
    ("body", "asked"),
    [
        ("exec(name, {})", "nothing"),
        ("return eval(name, other, {})", "nothing"),
        ("exec(name)", "all"),
        ("exec(name, other); eval(name)", "all"),
        ("return map(eval, name)", "all"),
    ],
)
def test_executed_code_sees_the_modules_names_unless_it_is_given_others(body, asked):
    """``exec(code, names)`` looks nowhere else."""
    assert asked_of_its_own("exec() of computed code", defined(body)) == asked
    assert asked_of_modules(defined(body)) == "nothing"


def test_the_table_of_globals_has_all_names_but_one_item_is_one():
    """``globals()[name]`` fails where there is none."""
    assert asked_of_its_own("globals()", defined("return globals()[name]")) == "names"
    assert asked_of_its_own("globals()", defined("return globals().get(name)")) == "all"
    assert asked_of_its_own("globals()", defined("found = globals()\nreturn found[name]")) == "all"
    assert asked_of_its_own("vars() of a module", defined("return vars()")) == "all"


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("code = compile(name, '', 'exec')\nreturn code.co_consts", set()),
        ("code: CodeType = compile(name, '', 'exec')\ncode = code.replace(co_name='x')\nreturn code.co_code", set()),
        ("code = types.CodeType(1)\nreturn code.co_names", {"CodeType"}),
        ("code = compile(name, '', 'exec')\ncode = other\nreturn code.co_consts", {"co_consts"}),
        ("code = compile(name, '', 'exec')\nfor code in other: pass\nreturn code.co_consts", {"co_consts"}),
        ("name = compile(name, '', 'exec')\nreturn name.co_consts", {"co_consts"}),
        ("return other.__code__.co_consts", {"__code__", "co_consts"}),
    ],
)
def test_attributes_of_code_that_is_compiled_on_the_spot_are_nobodys(body, found):
    """Those of all else may be a definition's."""
    assert looked_at_elsewhere(defined(body)) == found


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        ("try:\n    g()\nexcept AttributeError:\n    return 1", [range(5, 6)]),
        ("try:\n    g()\nexcept (OSError, LookupError):\n    h()\n    return 1", [range(5, 7)]),
        ("try:\n    g()\nexcept:\n    return 1", [range(5, 6)]),
        ("try:\n    g()\nexcept Failure:\n    return 1", [range(5, 6)]),
        ("try:\n    g()\nexcept ValueError:\n    return 1", []),
        ("with contextlib.suppress(KeyError):\n    g()", [range(2, 4)]),
        ("with open(name):\n    g()", []),
    ],
)
def test_what_runs_once_a_miss_was_caught(body, lines):
    """By a name that is no built-in exception, anything may be."""
    assert list(catching_lines(defined(body))) == lines
