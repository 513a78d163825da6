from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from hitsave.workspace.module_search import EXTENSION_SUFFIXES, ModuleFile, ModuleSearch, find_module
from hitsave.workspace.origins import Origins

Write = Callable[..., Path]


def test_each_kind_of_module_is_found(write: Write) -> None:
    """Source files, packages and their submodules, folders without __init__, compiled modules."""
    root = write("p", "a.py", "pkg/__init__.py", "pkg/sub/__init__.py", "pkg/sub/m.py", "ns/inner/x.py", f"fast{EXTENSION_SUFFIXES[0]}", "bare.pyc")
    assert find_module("a", [root]) == ModuleFile("a", "source", str(root / "a.py"))
    assert find_module("pkg", [root]) == ModuleFile("pkg", "package", str(root / "pkg/__init__.py"), (str(root / "pkg"),))
    assert find_module("pkg.sub.m", [root]) == ModuleFile("pkg.sub.m", "source", str(root / "pkg/sub/m.py"))
    assert find_module("ns", [root]) == ModuleFile("ns", "namespace", None, (str(root / "ns"),))
    assert find_module("ns.inner.x", [root]) == ModuleFile("ns.inner.x", "source", str(root / "ns/inner/x.py"))
    assert find_module("fast", [root]) == ModuleFile("fast", "extension", str(root / f"fast{EXTENSION_SUFFIXES[0]}"))
    assert find_module("bare", [root]) == ModuleFile("bare", "extension", str(root / "bare.pyc"))


@pytest.mark.parametrize("name", ["nothing", "pkg.nothing", "a.b", "", ".", "pkg.", "..pkg", "a\0b", "../p/a", "nothing.at.all"])
def test_what_is_not_there_is_none(write: Write, name: str) -> None:
    """Missing modules, submodules of what is no package, and names that are none."""
    root = write("p", "a.py", "pkg/__init__.py")
    assert find_module(name, [root]) is None


def test_a_folder_prefers_as_python_does(write: Write) -> None:
    """Package before compiled module before source before bytecode; a namespace folder only if there is nothing else."""
    so = EXTENSION_SUFFIXES[-1]
    root = write(
        "p", "a/__init__.py", "a.py", f"b{so}", "b.py", "c.py", "c.pyc", "d/x.py", "d.py", "e/__init__.pyc", f"f/__init__{so}", "f/__init__.py"
    )
    found = {name: find_module(name, [root]) for name in "abcdef"}
    assert {name: module.path for name, module in found.items() if module} == {
        "a": str(root / "a/__init__.py"),
        "b": str(root / f"b{so}"),
        "c": str(root / "c.py"),
        "d": str(root / "d.py"),
        "e": str(root / "e/__init__.pyc"),
        "f": str(root / f"f/__init__{so}"),
    }


def test_the_first_root_wins_and_namespace_portions_add_up(write: Write) -> None:
    """An earlier root shadows a later one; a namespace package has a portion in each, but a real package anywhere ends it."""
    one, two = write("one", "m.py", "ns/a.py", "real/x.py"), write("two", "m.py", "ns/b.py", "real/__init__.py", "ns/a.py")
    assert find_module("m", [one, two]) == ModuleFile("m", "source", str(one / "m.py"))
    assert find_module("m", [two, one]) == ModuleFile("m", "source", str(two / "m.py"))
    assert find_module("ns", [one, two]) == ModuleFile("ns", "namespace", None, (str(one / "ns"), str(two / "ns")))
    assert find_module("ns.a", [one, two]) == ModuleFile("ns.a", "source", str(one / "ns/a.py"))
    assert find_module("ns.b", [one, two]) == ModuleFile("ns.b", "source", str(two / "ns/b.py"))
    assert find_module("real.x", [one, two]) is None


def test_a_file_beside_the_script_shadows_the_standard_library(write: Write) -> None:
    """Where the script's folder comes first; but built-in and frozen modules come before any folder."""
    root = write("p", "colorsys.py", "sys.py", "os.py")
    assert find_module("colorsys", [root, *sys.path]) == ModuleFile("colorsys", "source", str(root / "colorsys.py"))
    assert find_module("colorsys", [*sys.path, root]) == ModuleFile("colorsys", "stdlib")
    assert find_module("sys", [root, *sys.path]) == ModuleFile("sys", "stdlib")
    assert find_module("os", [root, *sys.path]) == ModuleFile("os", "stdlib")


def test_the_standard_library_is_known_without_its_folder(write: Write) -> None:
    """Import roots may be given without it; a module that it makes when it runs is believed."""
    root = write("p", "a.py")
    assert find_module("json.decoder", [root]) == ModuleFile("json.decoder", "stdlib")
    assert find_module("os.path", [root]) == ModuleFile("os.path", "stdlib")


def test_installed_modules_are_external_to_the_last_name(write: Write) -> None:
    """The search ends at the top of a distribution's package: what it makes when it runs can't be known; a namespace package is followed to what is installed in it."""
    project = write("p", "google/mine.py")
    site = write("p/.venv/lib/python3.12/site-packages", "six.py", "big/__init__.py", "google/cloud/__init__.py", "google/cloud/x.py")
    roots = [project, site]
    assert find_module("six.moves.urllib", roots) == ModuleFile("six.moves.urllib", "external", str(site / "six.py"))
    assert find_module("big.whatever", roots) == ModuleFile("big.whatever", "external", str(site / "big/__init__.py"))
    assert find_module("google.cloud.x", roots) == ModuleFile("google.cloud.x", "external", str(site / "google/cloud/__init__.py"))
    assert find_module("google.mine", roots) == ModuleFile("google.mine", "source", str(project / "google/mine.py"))
    assert find_module("google", roots) == ModuleFile("google", "namespace", None, (str(project / "google"), str(site / "google")))
    assert find_module("google", [site]) == ModuleFile("google", "external", None, (str(site / "google"),))


def test_a_tracked_distribution_is_followed_like_the_project(write: Write) -> None:
    """Its modules are source, those of its neighbours stay external."""
    project = write("p", "a.py")
    site = write(
        "p/.venv/lib/python3.12/site-packages",
        "ours/__init__.py",
        "ours/core.py",
        "theirs/__init__.py",
        "ns/ours/__init__.py",
        "ns/theirs/__init__.py",
    )
    search = ModuleSearch([project, site], Origins(project, tracked=[site / "ours", site / "ns/ours"]))
    assert search.find("ours.core") == ModuleFile("ours.core", "source", str(site / "ours/core.py"))
    assert (search.find("ns.ours") or _none()).kind == "package"
    assert (search.find("ns.theirs") or _none()).kind == "external"
    assert (search.find("theirs.core") or _none()).kind == "external"


def test_editable_hooks_are_asked_last(write: Write) -> None:
    """A table of modules, as setuptools' hooks have, finds what no root has: packages, single files, parts of namespaces."""
    root = write("p", "both.py")
    lib = write("lib/src", "pkg/__init__.py", "pkg/m.py", "single.py", "both.py", "parts/one/__init__.py")
    table = {"pkg": str(lib / "pkg"), "single": str(lib / "single"), "both": str(lib / "both"), "space.one": str(lib / "parts/one")}
    search = ModuleSearch([root], editable_modules=lambda: table)
    assert search.find("pkg.m") == ModuleFile("pkg.m", "source", str(lib / "pkg/m.py"))
    assert search.find("single") == ModuleFile("single", "source", str(lib / "single.py"))
    assert search.find("both") == ModuleFile("both", "source", str(root / "both.py"))
    assert search.find("space.one") == ModuleFile("space.one", "package", str(lib / "parts/one/__init__.py"), (str(lib / "parts/one"),))
    assert search.find("pkg.nothing") is None


def test_a_zip_file_on_the_path_is_external(tmp_path: Path) -> None:
    """Its modules are found, and are nobody's project code; a broken one has none."""
    with zipfile.ZipFile(tmp_path / "lib.zip", "w") as archive:
        archive.writestr("pkg/__init__.py", "")
        archive.writestr("m.py", "")
    (tmp_path / "broken.zip").write_bytes(b"no zip")
    roots = [tmp_path / "broken.zip", tmp_path / "lib.zip"]
    assert find_module("pkg.x", roots) == ModuleFile("pkg.x", "external", str(tmp_path / "lib.zip/pkg/__init__.py"))
    assert find_module("m", roots) == ModuleFile("m", "external", str(tmp_path / "lib.zip/m.py"))
    assert find_module("n", roots) is None


def test_broken_links_and_folders_called_like_files_are_passed_over(write: Write) -> None:
    """A link to nothing is no module, nor is a folder whose name ends in .py."""
    root = write("p", "dir.py/x.txt", "ok/gone.py")
    (root / "dangling.py").symlink_to(root / "nowhere.py")
    (root / "linked").symlink_to(root / "ok")
    assert find_module("dangling", [root]) is None
    assert find_module("dir", [root]) is None
    assert find_module("linked.gone", [root]) == ModuleFile("linked.gone", "source", str(root / "linked/gone.py"))


def test_a_module_that_is_added_is_found_next_time(write: Write) -> None:
    """An optional import that becomes available, a file that shadows another: nothing is remembered that is not true any more."""
    one, two = write("one", "x.py"), write("two", "m.py")
    search = ModuleSearch([one, two])
    moment = search.moment()
    assert search.find("m") == moment.find("m") == ModuleFile("m", "source", str(two / "m.py"))
    assert search.find("optional") is None
    (one / "m.py").touch()
    (two / "optional.py").touch()
    assert search.find("m") == ModuleFile("m", "source", str(one / "m.py"))
    assert search.find("optional") == ModuleFile("optional", "source", str(two / "optional.py"))
    assert moment.find("m") == ModuleFile("m", "source", str(two / "m.py"))
    assert search.moment().find("m") == ModuleFile("m", "source", str(one / "m.py"))


def test_exact_asks_the_files_also_of_libraries(write: Write) -> None:
    """Where `find` believes a library, `exact` says what is really there."""
    root = write("p", "code/train.py", "m.py")
    search = ModuleSearch([root, *sys.path])
    assert search.exact("code.train") is None
    assert search.exact("json.decoder") is not None
    assert search.exact("json.nothing") is None
    assert search.exact("sys") is not None
    assert (search.exact("m") or _none()).path == str(root / "m.py")


def _names_to_compare() -> list[str]:
    """The standard library's names, and the top-level names and some submodules of what is installed."""
    installed = sorted(name for name in importlib.metadata.packages_distributions() if name.isidentifier())
    dotted = [
        "json.decoder",
        "xml.etree.ElementTree",
        "numpy.linalg",
        "pandas.core.frame",
        "_pytest.config",
        "hypothesis.strategies",
        "rich.console",
        "attr._make",
    ]
    return [*sorted(sys.stdlib_module_names), *installed, *dotted, "nothing_of_the_kind", "json.nothing_of_the_kind"]


def test_answers_agree_with_the_import_system() -> None:
    """For every name of the standard library and every installed top-level name: the file that importlib's finders name."""
    search = ModuleSearch(sys.path).moment()
    compared = 0
    for name in _names_to_compare():
        if name == "distutils":
            continue  # setuptools answers for it with a hook
        try:
            spec = importlib.util.find_spec(name)
        except (ImportError, ValueError, AttributeError):
            continue  # importlib had to run the parent package, which did not want to
        exact = search.exact(name)
        if spec is None:
            assert exact is None, name
            continue
        compared += 1
        found = search.find(name)
        assert found is not None, name
        if spec.origin in {"built-in", "frozen"}:
            assert found.kind == "stdlib", name
        elif spec.origin is None:
            locations = [os.path.abspath(p) for p in spec.submodule_search_locations or ()]
            assert exact is not None, name
            assert locations[0] == exact.path, name
        elif exact is None:  # found by a hook, or by a __path__ that the package made
            assert found.kind in {"stdlib", "external"}, name
        else:
            assert os.path.abspath(spec.origin) == exact.path, name
    assert compared > 200


_ORACLE = """
import importlib.util, json, sys
roots, names = json.loads(sys.stdin.read())
sys.path[:] = roots + sys.path
found = {}
for name in names:
    try:
        spec = importlib.util.find_spec(name)
        found[name] = spec and (spec.origin or list(spec.submodule_search_locations))
    except ImportError:
        found[name] = None
print(json.dumps(found))
"""


def test_answers_agree_with_the_import_system_on_strange_trees(write: Write) -> None:
    """A fresh interpreter with the same import path finds the same files, for every dotted name that the tree has."""
    import json

    one = write("one", "a.py", "a/__init__.py", "a/b.py", "ns/x.py", "ns/deep/y.py", "c/d.py", "my-script.py", "é.py", "e.pyc")
    two = write("two", "ns/__init__.py", "ns/z.py", "c/e.py", "a.py", "f/__init__.py", "f/g/h.py")
    three = write("three", "ns/w.py", "c/f.py", "f.py", "g.py/x.py")
    names = [
        "a",
        "a.b",
        "ns",
        "ns.x",
        "ns.z",
        "ns.w",
        "ns.deep.y",
        "c",
        "c.d",
        "c.e",
        "c.f",
        "my-script",
        "é",
        "e",
        "f",
        "f.g",
        "f.g.h",
        "g",
        "none",
        "a.none",
    ]
    for roots in ([one, two, three], [three, two, one], [one, three], [two], [one / "a", one]):
        answer = subprocess.run(
            [sys.executable, "-I", "-c", _ORACLE], input=json.dumps([[str(r) for r in roots], names]), capture_output=True, text=True, check=True
        )
        search = ModuleSearch([*roots, *sys.path]).moment()
        for name, theirs in json.loads(answer.stdout).items():
            ours = search.find(name)
            mine = None if ours is None else ours.path or list(ours.folders)
            assert mine == theirs, (name, roots)


def _none() -> ModuleFile:
    raise AssertionError("not found")
