"""Mutations are changes, and neutral edits are none."""

from __future__ import annotations

import ast
import inspect
import random
from argparse import ArgumentParser

import pytest

from tests.mutation import campaign, neutral
from tests.mutation.mutations import makes_a_module, mutations_of, ran

SOURCE = inspect.getsource(inspect.getmodule(ArgumentParser))


def bare(source):
    """A module without what doesn't matter."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list) and body and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
            body[:1] = [ast.Pass()]
        if isinstance(node, (ast.FunctionDef, ast.Module)):
            node.body = [ast.Assign([n.target], n.value, lineno=1) if isinstance(n, ast.AnnAssign) and n.value else n for n in node.body]
        if isinstance(node, ast.arg):
            node.annotation = None
    return ast.dump(tree)


@pytest.mark.parametrize("name", ["comments", "docstrings", "annotations"])
def test_a_neutral_edit_changes_the_text_and_not_what_it_does(name):
    """Of a whole module of the standard library."""
    edited = neutral.EDITS[name](SOURCE)
    assert edited != SOURCE
    assert bare(edited) == bare(SOURCE)


def test_almost_every_mutation_makes_another_module():
    """Each changes one place; text that is no Python any more is rare, and left out."""
    found = mutations_of("argparse.py", SOURCE.encode())
    assert {m.kind for m in found} >= {"comparison", "condition", "constant", "return", "statement", "base class", "argument", "boolean", "element"}
    some = random.Random(1).sample(found, 40)
    made = [m.apply(SOURCE.encode()) for m in some]
    good = [source for source in made if makes_a_module(source)]
    assert len(good) > 37
    unchanged = ast.dump(ast.parse(SOURCE))
    assert [source for source in good if ast.dump(ast.parse(source)) == unchanged] == []


def test_a_decorator_is_taken_off():
    """With its ``@``."""
    source = "@first\n@second(1)\ndef f():\n    return 1\n"
    made = [m.apply(source.encode()).decode() for m in mutations_of("m.py", source.encode()) if m.kind == "decorator"]
    assert made == ["\n@second(1)\ndef f():\n    return 1\n", "@first\n\ndef f():\n    return 1\n"]


def test_lines_are_looked_up_among_those_that_ran():
    """A statement ran if any of its lines did."""
    assert [ran(lines, [2, 5, 9]) for lines in ((1, 1), (1, 2), (3, 4), (4, 6), (10, 12))] == [False, True, False, True, False]


def test_every_driver_has_a_subject():
    """And the other way round."""
    assert {p.stem for p in (campaign.ROOT / "tests" / "mutation" / "drivers").glob("*.py")} == set(campaign.subjects.SUBJECTS)


def test_the_plan_names_the_functions_of_the_drivers():
    """Of at least six packages, and enough mutants that three hundred change a result."""
    plan = campaign.subjects.PLAN
    for subject, functions in plan["functions"].items():
        tree = ast.parse((campaign.subjects.HERE / "drivers" / f"{subject}.py").read_text(encoding="utf-8"))
        remembered = [n.name for n in tree.body if isinstance(n, ast.FunctionDef) and "memo" in [ast.unparse(d) for d in n.decorator_list]]
        assert remembered == functions
    assert len(plan["functions"]) >= 6
    assert plan["changing"] * len(plan["functions"]) >= 300
