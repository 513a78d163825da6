"""One list of commands: what the docs, CI and a person run is a recipe of ./dev."""

from __future__ import annotations

import os
import re
import subprocess

import pytest

from tests.architecture.source import ROOT, recipes, relative

DOCS = [path for path in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")] if path.exists()]


@pytest.mark.parametrize("path", DOCS, ids=relative)
def test_every_recipe_that_the_docs_name_exists(path):
    """A command in the docs can be typed."""
    named = set(re.findall(r"\./dev ([a-z][a-z-]*)", path.read_text(encoding="utf-8")))
    assert named <= set(recipes())


def test_the_readme_sets_up_with_two_commands():
    """A new user types `./dev demo` and `./dev test`."""
    assert {"demo", "test"} <= set(re.findall(r"^\./dev ([a-z-]+)", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE))


def test_every_recipe_says_what_it_does():
    """`./dev` alone is the list; each line has a description."""
    assert {"setup", "test", "lint", "format", "types", "layers", "corpus", "lock", "demo"} <= set(recipes())
    assert all(len(says) > 20 for says in recipes().values())


def test_an_unknown_recipe_is_a_one_line_error():
    """A mistyped recipe says where the list is."""
    done = subprocess.run([ROOT / "dev", "tset"], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == "dev: no recipe 'tset'; ./dev lists them\n"


def test_ci_runs_the_recipe_that_a_person_runs():
    """CI has no commands of its own."""
    script = (ROOT / ".ci/run").read_text(encoding="utf-8")
    commands = [line for line in script.splitlines() if line.startswith("./dev ")]
    assert commands == ['./dev ready >"$installed" 2>&1 &', "./dev test || failed=1", "./dev test-more || failed=1"]
    assert os.access(ROOT / ".ci/run", os.X_OK)
