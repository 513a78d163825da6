from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from hitsave.workspace.project import find_project
from hitsave.workspace.sources import DiskSources, OverlaySources, SourceText
from hitsave.workspace.workspace import Workspace, default_import_roots

Write = Callable[..., Path]
Install = Callable[..., Path]

MODULES = [
    "distributions",
    "dotted",
    "editable",
    "facts_table",
    "folders",
    "metadata",
    "module_names",
    "module_search",
    "notebooks",
    "origins",
    "project",
    "settings",
    "sources",
    "workspace",
]


def test_a_project_with_a_tracked_distribution(write: Write, install: Install) -> None:
    """Everything together: settings, names, origins, versions, text under an open buffer."""
    root = write("app", {"pyproject.toml": "[project]\n[tool.hitsave]\ntrack = ['ours']\n", "src/app/__init__.py": "", "src/app/core.py": "x = 1\n"})
    install("ours", "1.0", {"ours/__init__.py": "", "ours/core.py": "y = 1\n"}, into="app/.venv/lib/python3.12/site-packages")
    site = install("theirs", "2.0", {"theirs.py": ""}, into="app/.venv/lib/python3.12/site-packages")
    project = find_project(root / "src/app/core.py", script_folder=None)
    roots = default_import_roots(project, [site], root / "src/app")
    assert roots == [str(root / "src/app"), str(root), str(root / "src"), str(site)]
    workspace = Workspace(project, roots).moment(OverlaySources(DiskSources()).with_buffer(root / "src/app/core.py", "x = 2\n"))
    found = workspace.names.locate("app.core")
    assert found is not None
    assert found.path == str(root / "src/app/core.py")
    text = workspace.sources.read(found.path)
    assert isinstance(text, SourceText)
    assert text.text == "x = 2\n"
    tracked = workspace.names.locate("ours.core")
    assert tracked is not None
    assert (tracked.kind, tracked.name, workspace.origin_of(tracked.path or "")) == ("source", "ours.core", "project")
    theirs = workspace.names.locate("theirs")
    assert theirs is not None
    assert theirs.kind == "external"
    owner = workspace.distributions.of_module(theirs)
    assert owner is not None
    assert (owner.name, workspace.distributions.counted("theirs", "exact")) == ("theirs", "2.0")


_UNWANTED = {
    "inspect",
    "dataclasses",
    "importlib.metadata",
    "tempfile",
    "email",
    "asyncio",
    "tokenize",
    "tomllib",
    "json",
    "ast",
    "zipfile",
    "shutil",
    "sysconfig",
    "urllib.parse",
    "libcst",
}


@pytest.mark.parametrize("module", MODULES)
def test_a_module_loads_nothing_heavy(module: str) -> None:
    """What is on the path of a first hit stays light; pathlib's own imports are left to it."""
    code = f"import pathlib, sys; before = set(sys.modules); import hitsave.workspace.{module}; print(*(set(sys.modules) - before))"
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", f"import sys; sys.path += {sys.path!r}; {code}"], capture_output=True, text=True, check=True
    )
    assert set(done.stdout.split()) & _UNWANTED == set()


def test_user_code_is_never_run(write: Write, install: Install, tmp_path: Path) -> None:
    """Modules, packages, path files and hooks that would leave a mark if they were run: none is left by any question."""
    mark = f"open({str(tmp_path / 'canary')!r}, 'w')\n"
    root = write(
        "app",
        {
            "pyproject.toml": "[project]",
            "a.py": mark,
            "pkg/__init__.py": mark,
            "pkg/b.py": "# coding: canary\n" + mark,
            "encodings/canary.py": mark,
            "sitecustomize.py": mark,
        },
    )
    site = install(
        "evil",
        "1.0",
        {
            "evil/__init__.py": mark,
            "__editable___evil_finder.py": mark + "MAPPING = {'x': " + mark.strip() + "}",
            "evil.pth": "import evil\n",
            "numpy.py": mark,
        },
        into="app/.venv/lib/python3.12/site-packages",
    )
    workspace = Workspace(find_project(root, script_folder=None), [root, site])
    for name in ("a", "pkg", "pkg.b", "evil", "evil.x", "x", "numpy", "encodings.canary", "sitecustomize"):
        workspace.names.locate(name)
        workspace.distributions.of_module(name)
    for file in root.rglob("*.py"):
        workspace.names.name_of(file)
        workspace.sources.read(file)
        workspace.distributions.of_path(file)
    workspace.distributions.tracked(["evil"])
    assert not (tmp_path / "canary").exists()
