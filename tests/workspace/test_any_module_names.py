from __future__ import annotations

import os
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitsave.workspace.dotted import escaped, under
from hitsave.workspace.module_names import ModuleNames
from hitsave.workspace.module_search import EXTENSION_SUFFIXES, ModuleSearch
from hitsave.workspace.origins import Origins

Write = Callable[..., Path]


def names_for(root: Path, *roots: Path) -> ModuleNames:
    """The names of a run of the project at `root`, with the source roots src and b, and these import roots before the standard library."""
    path = [*roots, Path(os.__file__).parent]
    return ModuleNames(ModuleSearch(path, Origins(root, path)), root, ("src", "b"))


part = st.sampled_from(["a", "b", "src", "app", "json", "utils", "my-x", "v1.2", "test", "__init__", "__main__"])
file_name = st.one_of(
    part.map(lambda p: f"{p}.py"),
    part.map(lambda p: f"{p}.ipynb"),
    part.filter(lambda p: "__" not in p),
    st.just(f"a{EXTENSION_SUFFIXES[0]}"),
    st.just("pyproject.toml"),
)
tree = st.lists(st.tuples(st.lists(part.filter(lambda p: "__" not in p), max_size=3), file_name), min_size=1, max_size=14)


@given(tree, st.lists(st.sampled_from(["", "src", "app", "a", "src/app", "b"]), max_size=3))
def test_every_file_of_any_tree_has_a_name_of_its_own_that_leads_back(
    tmp_path_factory: pytest.TempPathFactory, files: list[tuple[list[str], str]], on_path: list[str]
) -> None:
    """Whatever lies in a project and whatever is on the path: names are unique, lead back to their file, and an import never leads to a file of another name."""
    root = tmp_path_factory.mktemp("tree") / "proj"
    for folders, name in files:
        path = root.joinpath(*folders)
        try:
            path.mkdir(parents=True, exist_ok=True)
            (path / name).write_text("[project]" if name == "pyproject.toml" else "", encoding="utf-8")
        except OSError:
            continue  # a file is where a folder should be
    roots = [root / r for r in on_path]
    names = names_for(root, *roots).moment()
    seen: dict[str, Path] = {}
    for file in sorted(p for p in root.rglob("*") if p.is_file() and p.name != "pyproject.toml"):
        name = names.name_of(file)
        assert name not in seen, (name, file, seen[name])
        seen[name] = file
        found = names.locate(name)
        assert found is not None, (name, file)
        assert found.path == str(file), (name, file, found)
        assert found.name == name
        assert names_for(root, *roots).name_of(file) == name


@given(st.text(st.characters(codec="utf-8", exclude_characters="/\0"), min_size=1, max_size=8).filter(lambda t: t not in {".", ".."}))
def test_escaping_a_part_of_a_path_can_be_undone(text: str) -> None:
    """Any file name; the escaped form has no dot, no colon and no control character."""
    written = escaped(text)
    assert not set(written) & set(".:\n\t\x7f")
    assert under("/base", [written]) == "/base/" + unicodedata.normalize("NFC", text)


@pytest.mark.parametrize("name", ["%2E%2E.%2E%2E.etc.passwd", "a%2Fb", "a%00", "%2E", "a%ZZ", "%", "a..b", ""])
def test_a_name_never_leads_out_of_the_project(write: Write, name: str) -> None:
    """Names come from stores that others may have written."""
    write("", "etc/passwd", "a/b.py")
    root = write("app", "x.py", "a/b.py")
    assert names_for(root, root).file_of(name) is None
