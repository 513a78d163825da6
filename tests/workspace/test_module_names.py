from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from hitsave.workspace.module_names import ModuleNames, module_name
from hitsave.workspace.module_search import EXTENSION_SUFFIXES, ModuleSearch
from hitsave.workspace.origins import Origins

Write = Callable[..., Path]
STDLIB = os.path.dirname(os.__file__)


def names_for(root: Path, *roots: Path, source_roots: Iterable[str] = ("src",)) -> ModuleNames:
    """The names of a run of the project at `root` with these import roots before the standard library."""
    path = [*roots, Path(STDLIB)]
    return ModuleNames(ModuleSearch(path, Origins(root, path)), root, tuple(source_roots))


def test_flat_layout(write: Write) -> None:
    """Files are named from the project root."""
    root = write("app", "run.py", "pkg/__init__.py", "pkg/core.py", "pkg/sub/__init__.py")
    names = names_for(root, root)
    assert [names.name_of(root / f) for f in ("run.py", "pkg/core.py", "pkg/__init__.py", "pkg/sub/__init__.py")] == [
        "run",
        "pkg.core",
        "pkg",
        "pkg.sub",
    ]


def test_src_layout(write: Write) -> None:
    """A folder src is a root of its own: installed, run from the sources, or neither, the name is that of the import."""
    root = write("app", "src/app/__init__.py", "src/app/core.py", "src/lone.py", "tests/test_core.py")
    for roots in ([root / "src"], [root], [root / "src/app"], [root / "tests"], [root, root / "src"], []):
        names = names_for(root, *roots)
        assert names.name_of(root / "src/app/core.py") == "app.core"
        assert names.name_of(root / "src/app/__init__.py") == "app"
        assert names.name_of(root / "src/lone.py") == "lone"
        assert names.name_of(root / "tests/test_core.py") == "tests.test_core"


def test_src_that_is_itself_a_package(write: Write) -> None:
    """With an __init__.py it is imported as src, and named so."""
    root = write("app", "src/__init__.py", "src/model.py")
    names = names_for(root, root)
    assert names.name_of(root / "src/model.py") == "src.model"
    assert names.name_of(root / "src/__init__.py") == "src"


def test_a_script_has_the_same_name_when_run_and_when_imported(write: Write) -> None:
    """Running pkg/run.py puts pkg on the path, python -m pkg.run and import pkg.run the root: the symbols are the same."""
    root = write("app", "pkg/__init__.py", "pkg/run.py", "pkg/near.py")
    for roots in ([root / "pkg"], [root], [root, root / "pkg"], [root / "pkg", root], []):
        names = names_for(root, *roots)
        assert names.name_of(root / "pkg/run.py") == "pkg.run"
        assert names.name_of(root / "pkg/near.py") == "pkg.near"


def test_scripts_of_one_folder_and_of_two(write: Write) -> None:
    """Scripts in folders without __init__ are named with their folder: equal file names in two folders stay apart."""
    root = write("app", "scripts/a.py", "scripts/b.py", "exp1/run.py", "exp2/run.py")
    for roots in ([root / "scripts"], [root / "exp1"], [root / "exp2", root / "exp1"], [root]):
        names = names_for(root, *roots)
        assert [names.name_of(root / f) for f in ("scripts/a.py", "scripts/b.py", "exp1/run.py", "exp2/run.py")] == [
            "scripts.a",
            "scripts.b",
            "exp1.run",
            "exp2.run",
        ]


def test_an_import_by_the_short_name_leads_to_the_long_one(write: Write) -> None:
    """A script's neighbour is imported as b and called scripts.b; either name leads to it."""
    root = write("app", "scripts/a.py", "scripts/b.py", "scripts/kit/__init__.py", "scripts/kit/c.py")
    names = names_for(root, root / "scripts")
    for written in ("b", "scripts.b"):
        found = names.locate(written)
        assert found is not None
        assert (found.name, found.path) == ("scripts.b", str(root / "scripts/b.py"))
    assert (names.locate("kit.c") or _none()).name == "scripts.kit.c"


def test_namespace_packages(write: Write) -> None:
    """Folders without __init__ are parts of the name as any other."""
    root = write("app", "ns/inner/x.py", "ns/pkg/__init__.py", "ns/pkg/y.py")
    names = names_for(root, root)
    assert names.name_of(root / "ns/inner/x.py") == "ns.inner.x"
    assert names.name_of(root / "ns/pkg/y.py") == "ns.pkg.y"


def test_declared_source_roots(write: Write) -> None:
    """source-roots name further folders that modules are imported from."""
    root = write("app", "backend/app/core.py", "libs/shared/util.py", "tool.py")
    names = names_for(root, root / "backend", source_roots=("backend", "libs/shared"))
    assert names.name_of(root / "backend/app/core.py") == "app.core"
    assert names.name_of(root / "libs/shared/util.py") == "util"
    assert names_for(root, root / "backend").name_of(root / "backend/app/core.py") == "backend.app.core"


def test_the_root_of_a_package(write: Write) -> None:
    """A project root that is itself a package is part of its modules' names, as it is of their imports."""
    root = write("mypkg", "__init__.py", "core.py", "sub/x.py")
    names = names_for(root, root.parent)
    assert [names.name_of(root / f) for f in ("__init__.py", "core.py", "sub/x.py")] == ["mypkg", "mypkg.core", "mypkg.sub.x"]
    assert (names.file_of("mypkg.core") or _none()).path == str(root / "core.py")


def test_main_modules_never_have_the_name_main(write: Write) -> None:
    """__main__.py of a package, and of the project itself."""
    root = write("app", "pkg/__init__.py", "pkg/__main__.py", "__main__.py")
    names = names_for(root, root)
    assert names.name_of(root / "pkg/__main__.py") == "pkg.__main__"
    assert names.name_of(root / "__main__.py") == "app.__main__"
    assert (names.file_of("app.__main__") or _none()).path == str(root / "__main__.py")


def test_names_that_are_no_identifiers(write: Write) -> None:
    """Dashes and spaces stay; what would make a name ambiguous is escaped; accents are in one form."""
    root = write("app", "my-script.py", "my notebook.ipynb", "v1.2/run.py", "a.b.py", "100%.py", "x:y.py", "cafe\u0301.py")
    names = names_for(root, root)
    assert names.name_of(root / "my-script.py") == "my-script"
    assert names.name_of(root / "my notebook.ipynb") == "my notebook.ipynb"
    assert names.name_of(root / "v1.2/run.py") == "v1%2E2.run"
    assert names.name_of(root / "a.b.py") == "a%2Eb%2Epy"
    assert names.name_of(root / "100%.py") == "100%25"
    assert names.name_of(root / "x:y.py") == "x%3Ay"
    assert names.name_of(root / "cafe\u0301.py") == "caf\u00e9"


def test_names_that_are_not_utf_8(write: Write) -> None:
    """A file whose name is bytes of another encoding has a name that can be stored."""
    root = write("app", "x.py")
    odd = os.fsdecode(os.fsencode(root) + b"/caf\xe9.py")
    with open(odd, "w", encoding="utf-8"):
        pass
    names = names_for(root, root)
    assert names.name_of(odd) == "caf%E9"
    assert (names.file_of("caf%E9") or _none()).path == odd


def test_notebooks_are_told_from_modules(write: Write) -> None:
    """analysis.ipynb and analysis.py may stand side by side."""
    root = write("app", "analysis.ipynb", "analysis.py", "nb/deep.ipynb")
    names = names_for(root, root)
    assert names.name_of(root / "analysis.ipynb") == "analysis.ipynb"
    assert names.name_of(root / "analysis.py") == "analysis"
    assert names.name_of(root / "nb/deep.ipynb") == "nb.deep.ipynb"
    assert (names.file_of("nb.deep.ipynb") or _none()).path == str(root / "nb/deep.ipynb")


def test_a_script_beside_a_package_of_its_name(write: Write) -> None:
    """app.py beside app/: the import is the package, so the script is named by its whole file name. So are scripts without an ending."""
    root = write("app", "app.py", "app/__init__.py", "app/core.py", "bin/train", "bin/train.py", f"fast{EXTENSION_SUFFIXES[0]}", "fast.py", "job.txt")
    names = names_for(root, root)
    assert names.name_of(root / "app/__init__.py") == "app"
    assert names.name_of(root / "app.py") == "app%2Epy"
    assert names.name_of(root / "bin/train.py") == "bin.train"
    assert names.name_of(root / "bin/train") == "bin.train%2E"
    assert names.name_of(root / f"fast{EXTENSION_SUFFIXES[0]}") == "fast"
    assert names.name_of(root / "fast.py") == "fast%2Epy"
    assert names.name_of(root / "job.txt") == "job%2Etxt"
    for file in ("app.py", "bin/train", "fast.py", "job.txt"):
        assert (names.file_of(names.name_of(root / file)) or _none()).path == str(root / file)


def test_two_files_never_have_one_name(write: Write) -> None:
    """A module of src that the root has, too, keeps src in its name; of several source roots the first has the right to the short name."""
    root = write(
        "app",
        "utils.py",
        "src/utils.py",
        "src/pkg/x.py",
        "pkg/x.py",
        "src/own.py",
        "lib/own.py",
        "src/src/utils.py",
        "src/data/load.py",
        "data/table.csv",
    )
    for roots in ([root], [root / "src"], [root / "src", root], [root, root / "src"], []):
        names = names_for(root, *roots, source_roots=("src", "lib"))
        given = {file: names.name_of(file) for file in root.rglob("*.py")}
        assert len(set(given.values())) == len(given), (given, roots)
        assert names.name_of(root / "src/data/load.py") == "data.load", "a folder of data at the root takes no module's name"
    names = names_for(root, root, source_roots=("src", "lib"))
    assert [names.name_of(root / f) for f in ("utils.py", "src/utils.py", "src/own.py", "lib/own.py")] == ["utils", "src.utils", "own", "lib.own"]


def test_a_name_that_imports_something_else_is_not_given(write: Write) -> None:
    """json.py where the standard library comes first, and a file that another root shadows: marked as not importable, found again."""
    root = write("app", "json.py", "app/x.py", "backend/app/x.py", "scripts/run.py")
    names = names_for(root, root / "scripts", root / "backend")
    assert names.name_of(root / "json.py") == "%.json"
    assert names.name_of(root / "app/x.py") == "%.app.x"
    assert names.name_of(root / "backend/app/x.py") == "backend.app.x"
    assert (names.locate("%.json") or _none()).path == str(root / "json.py")
    assert (names.locate("%.app.x") or _none()).path == str(root / "app/x.py")
    assert (names.locate("app.x") or _none()).name == "backend.app.x"
    assert (names.locate("json") or _none()).kind == "stdlib"
    assert names_for(root, root).name_of(root / "json.py") == "json"


def test_folders_called_like_modules_of_the_standard_library(write: Write) -> None:
    """code/train.py is code.train: the library's code is no package, so nothing else has that name; test/ is one."""
    root = write("app", "code/train.py", "profile/a.py", "test/mine.py", "email/utils.py")
    names = names_for(root, root / "code")
    assert names.name_of(root / "code/train.py") == "code.train"
    assert (names.locate("code.train") or _none()).path == str(root / "code/train.py")
    assert (names.locate("code") or _none()).kind == "stdlib"
    assert names.name_of(root / "email/utils.py") == "%.email.utils"
    assert (names.locate("%.email.utils") or _none()).path == str(root / "email/utils.py")


def test_a_project_within_the_project(write: Write) -> None:
    """A library of a monorepo that is installed has the names that it has by itself; one that can't be imported so has the path in its name."""
    root = write(
        "mono",
        {
            ".git/HEAD": "",
            "libs/foo/pyproject.toml": "[project]",
            "libs/foo/src/foo/__init__.py": "",
            "libs/foo/src/foo/x.py": "",
            "libs/foo/conf.py": "",
            "main.py": "",
        },
    )
    alone = names_for(root / "libs/foo", root / "libs/foo")
    installed = names_for(root, root, root / "libs/foo/src")
    assert alone.name_of(root / "libs/foo/src/foo/x.py") == installed.name_of(root / "libs/foo/src/foo/x.py") == "foo.x"
    assert installed.name_of(root / "libs/foo/conf.py") == "libs.foo.conf"
    assert names_for(root, root).name_of(root / "libs/foo/src/foo/x.py") == "libs.foo.src.foo.x"


def test_two_projects(write: Write) -> None:
    """Code of another project, an editable install, has the names that it has in its own."""
    root = write("one", {"pyproject.toml": "[project]", "main.py": "", "conf.py": ""})
    other = write("two", {"pyproject.toml": "[project]", "src/lib/__init__.py": "", "src/lib/core.py": "", "conf.py": "", "tools/x.py": ""})
    names = names_for(root, root, other / "src")
    own = names_for(other, other / "src")
    assert names.name_of(other / "src/lib/core.py") == own.name_of(other / "src/lib/core.py") == "lib.core"
    assert names.name_of(other / "conf.py") == "two.conf", "conf imports this project's, not the other's"
    assert (names.file_of("two.conf") or _none()).path == str(other / "conf.py")
    assert (names_for(root, root, other / "src").file_of("two.tools.x") or _none()).path == str(other / "tools/x.py")


def test_code_outside_of_any_project(write: Write) -> None:
    """A folder on PYTHONPATH names its files; where several do, the outermost. What can't be imported has its folder in its name."""
    root = write("app", {"pyproject.toml": "[project]", "main.py": ""})
    ext = write("ext", "extlib/__init__.py", "extlib/core.py", "loose/y.py", "pkg/__init__.py", "pkg/z.py")
    names = names_for(root, root, ext / "loose", ext)
    assert names.name_of(ext / "extlib/core.py") == "extlib.core"
    assert names.name_of(ext / "loose/y.py") == "loose.y"
    assert names_for(root, root, ext / "pkg").name_of(ext / "pkg/z.py") == "ext.pkg.z"
    assert names_for(root, root).name_of(ext / "loose/y.py") == "loose.y"


def test_installed_and_library_files(write: Write) -> None:
    """They are named from the folder that they are imported from, and are found as what they are."""
    root = write("app", {"pyproject.toml": "[project]", "main.py": ""})
    site = write("app/.venv/lib/python3.12/site-packages", "pkg/__init__.py", "pkg/m.py", "single.py")
    names = names_for(root, root, site)
    assert [names.name_of(site / f) for f in ("pkg/m.py", "pkg/__init__.py", "single.py")] == ["pkg.m", "pkg", "single"]
    assert names.name_of(os.path.join(STDLIB, "json", "decoder.py")) == "json.decoder"


def test_links_lead_to_the_same_name(write: Write, tmp_path: Path) -> None:
    """A project reached through a link, or whose files are named by where links lead, has one set of names."""
    root = write("real/app", "pkg/__init__.py", "pkg/x.py")
    link = tmp_path / "link"
    link.symlink_to(root)
    for project in (root, link):
        for base in (root, link):
            for on_path in (root, link):
                assert names_for(project, on_path).name_of(base / "pkg/x.py") == "pkg.x"


def test_a_linked_file_is_named_by_where_it_stands(write: Write) -> None:
    """A link within the project to a file outside is a file of the project."""
    root, shared = write("app", "main.py"), write("shared", "common.py")
    (root / "common.py").symlink_to(shared / "common.py")
    assert names_for(root, root).name_of(root / "common.py") == "common"


def test_a_file_that_does_not_exist_yet(write: Write) -> None:
    """An unsaved buffer has the name that it will have."""
    root = write("app", "src/app/__init__.py")
    assert names_for(root, root).name_of(root / "src/app/new.py") == "app.new"


def test_moving_or_renaming_the_project_changes_no_name(write: Write) -> None:
    """Names are relative to the root."""
    files = ("a.py", "src/b.py", "pkg/__init__.py", "pkg/c.py", "d/e.py", "n.ipynb", "f.py", "f/__init__.py", "types.py")
    one, two = write("here", *files), write("some/where/else", *files)
    for roots in ((), ("",), ("src",), ("d",)):
        first, second = (names_for(root, *(root / r for r in roots)) for root in (one, two))
        assert [first.name_of(one / f) for f in files] == [second.name_of(two / f) for f in files]


def test_names_of_a_moment_agree_with_those_of_now(write: Write) -> None:
    """A moment remembers; it does not decide otherwise."""
    root = write("app", "src/a.py", "b/c.py", "json.py")
    names = names_for(root, root)
    moment = names.moment()
    for file in root.rglob("*.py"):
        assert moment.name_of(file) == moment.name_of(file) == names.name_of(file)


@pytest.mark.parametrize(
    ("arguments", "cwd"),
    [(["pkg/run.py"], "."), (["-m", "pkg.run"], "."), (["run.py"], "pkg"), (["-c", "import pkg.run"], "."), (["-c", "import run"], "pkg")],
)
def test_however_a_real_interpreter_runs_a_file_its_name_is_the_same(write: Write, arguments: list[str], cwd: str) -> None:
    """With the sys.path of a real run, started in each of the usual ways."""
    code = "import sys, json; print(json.dumps([__file__, sys.path]))"
    root = write("app", {"pyproject.toml": "[project]", "pkg/__init__.py": "", "pkg/run.py": code})
    out = subprocess.run([sys.executable, *arguments], cwd=root / cwd, capture_output=True, text=True, check=True).stdout
    import json

    file, path = json.loads(out)
    assert module_name(root / cwd / file, [root / cwd / entry for entry in path], root) == "pkg.run"


def _none() -> Any:
    raise AssertionError("not found")
