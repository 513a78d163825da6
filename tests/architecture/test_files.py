"""Files of one idea, names from the word list, tests that say what they show."""

from __future__ import annotations

import ast
import re
import tomllib

import pytest

from tests.architecture.source import PACKAGES, SOURCE_FOLDERS, files, relative, tree

MOST_LINES = 350
LONG_FILES = "tests/architecture/long_files.toml"

# Words that say nothing about a thing, and `hash` as a noun: it is a digest.
NOT_A_NAME = {"manager", "helper", "helpers", "util", "utils", "info", "infos", "data", "common", "hash", "hashes", "misc"}


def test_a_file_of_more_than_one_idea_is_listed_with_a_reason():
    """Long files are an exception that someone decided on; the list holds no file that is short again."""
    listed = tomllib.loads(files("tests/architecture", ending="long_files.toml")[0].read_text(encoding="utf-8"))
    long = {
        relative(path): count
        for ending in (".py", ".ts", ".tsx")
        for path in files(*SOURCE_FOLDERS, ending=ending)
        if (count := len(path.read_text(encoding="utf-8").splitlines())) > MOST_LINES
    }
    assert sorted(long) == sorted(listed), f"over {MOST_LINES} lines: {long}; each needs a reason in {LONG_FILES}, and only those"
    assert all(isinstance(reason, str) and len(reason) > 20 for reason in listed.values())


def words(name: str) -> set[str]:
    """The words of a name: ``EntryInfo`` has "entry" and "info", ``file_utils`` "file" and "utils"."""
    return {word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)}


def test_no_module_or_class_has_a_name_that_says_nothing():
    """The design's word list is binding."""
    names = {f"{relative(path)}": words(path.parent.name if path.stem == "__init__" else path.stem) for path in files(*PACKAGES)}
    names |= {
        f"{relative(path)}:{node.lineno} {node.name}": words(node.name)
        for path in files(*PACKAGES)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ClassDef)
    }
    assert [place for place, said in names.items() if said & NOT_A_NAME] == []


@pytest.mark.parametrize(
    ("name", "is_bad"),
    [("EntryInfo", True), ("file_utils", True), ("StoreManager", True), ("Database", False), ("UndigestibleError", False), ("HashTable", True)],
)
def test_a_bad_word_is_found_as_a_word(name, is_bad):
    """`Database` is a word of its own; `EntryData` has one that says nothing."""
    assert bool(words(name) & NOT_A_NAME) == is_bad


def test_every_package_says_what_it_is_for():
    """The docstring of a folder's `__init__.py` is where its reader starts."""
    silent = [relative(path) for path in files(*PACKAGES) if path.name == "__init__.py" and not ast.get_docstring(tree(path))]
    assert silent == []


def test_every_folder_of_a_package_is_one():
    """A folder without `__init__.py` is left out of checks that import-linter makes."""
    folders = {path.parent for path in files(*PACKAGES)}
    assert [relative(folder) for folder in sorted(folders) if not (folder / "__init__.py").exists()] == []


def test_every_test_says_what_behaviour_it_shows():
    """A test has a one-line docstring; its name and that line are what a reader sees when it fails."""
    silent = [
        f"{relative(path)}:{node.lineno} {node.name}"
        for path in files("tests")
        if path.name.startswith("test_")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_") and not ast.get_docstring(node)
    ]
    assert silent == []
