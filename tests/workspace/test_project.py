from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitsave.errors import SettingError
from hitsave.workspace.project import Project, describes_project, find_project, find_root
from hitsave.workspace.settings import Settings

Write = Callable[..., Path]


def test_the_nearest_project_file_marks_the_root(write: Write) -> None:
    """A pyproject.toml with [project] is the root, whatever lies above it; one that only configures tools is passed over."""
    root = write(
        "",
        {
            "pyproject.toml": "[project]\nname='outer'",
            "a/pyproject.toml": "[project]\nname='a'",
            "a/b/pyproject.toml": "[tool.ruff]",
            "a/b/c/x.py": "",
        },
    )
    assert find_root(root / "a/b/c/x.py", script_folder=None) == str(root / "a")
    assert find_root(root / "a/b", script_folder=None) == str(root / "a")
    assert find_root(root, script_folder=None) == str(root)


def test_a_table_of_our_own_marks_the_root(write: Write) -> None:
    """[tool.hitsave] is enough, and its settings are the project's."""
    root = write("app", {"pyproject.toml": "[tool.hitsave]\ntrack = ['x']", "sub/run.py": ""})
    assert find_project(root / "sub/run.py", script_folder=root / "sub") == Project(str(root), Settings(track=("x",)))


def test_without_a_project_file_the_git_root_counts(write: Write) -> None:
    """A .git folder, or the .git file of a worktree or submodule, marks the root; a project file far above wins over it."""
    root = write("app", {".git/HEAD": "", "sub/x.py": "", "module/.git": "gitdir: elsewhere", "module/y.py": ""})
    assert find_root(root / "sub/x.py", script_folder=root / "sub") == str(root)
    assert find_root(root / "module/y.py", script_folder=None) == str(root / "module")
    write("", {"pyproject.toml": "[project]"})
    assert find_root(root / "sub/x.py", script_folder=None) == str(root.parent)


def test_without_any_marker_the_script_s_folder_is_the_root(write: Write) -> None:
    """A lone script is a project by itself; started without a script, the folder that one starts in is."""
    root = write("loose", "run.py", "lib/x.py")
    assert find_root(root / "lib/x.py", script_folder=root) == str(root)
    assert find_root(root / "lib/x.py", script_folder=None) == str(root / "lib")


def test_settings_that_can_t_be_read_are_an_error_but_the_root_is_known(write: Write) -> None:
    """Broken TOML: find_project raises, find_root still says where the project is."""
    root = write("app", {"pyproject.toml": "[project]\nname = \n[tool.hitsave]\n"})
    with pytest.raises(SettingError):
        find_project(root, script_folder=None)
    assert find_root(root, script_folder=None) == str(root)


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        ("[project]", True),
        ("  [ project ]  # ours", True),
        ("[project.scripts]\nx = 'y'", True),
        ("project.name = 'x'", True),
        ('["project"]', True),
        ("[tool.hitsave]", True),
        ("[tool.hitsave.externals]", True),
        ("tool.hitsave.track = []", True),
        ("[tool.poetry]\nname = 'x'", False),
        ("[tool.other]\nproject.x = 2", False),
        ("[[tool.hitsavex]]", False),
        ("[build-system]\nrequires = ['project']", False),
        ("", False),
    ],
)
def test_a_project_file_is_told_by_its_tables(text: str, marks: bool) -> None:
    """The quick reading of table headers agrees with tomllib."""
    parsed = tomllib.loads(text)
    assert describes_project(text.encode()) == marks == ("project" in parsed or "hitsave" in parsed.get("tool", {}))


@given(st.binary(max_size=200))
def test_any_bytes_are_read_without_an_error(content: bytes) -> None:
    """A pyproject.toml may contain anything."""
    assert describes_project(content) in {True, False}
