from __future__ import annotations

import json
import os
import sys
import sysconfig
from pathlib import Path

import pytest

from hitsave.workspace.origins import Origins, origin_of


@pytest.mark.parametrize(
    ("path", "origin"),
    [
        ("/home/me/app/train.py", "project"),
        ("/home/me/app/.venv/lib/python3.12/site-packages/numpy/__init__.py", "external"),
        ("/home/me/app/.venv/lib/python3.12/site-packages", "external"),
        ("/usr/lib/python3/dist-packages/yaml/__init__.py", "external"),
        ("/home/me/app/__pypackages__/3.12/lib/numpy/__init__.py", "external"),
        ("/home/me/app/my-site-packages-notes/x.py", "project"),
        ("/home/me/other/lib/x.py", "project"),
        ("<frozen importlib._bootstrap>", "stdlib"),
        (json.__file__, "stdlib"),
        (os.__file__, "stdlib"),
        (sysconfig.get_path("stdlib"), "stdlib"),
    ],
)
def test_code_is_the_project_s_unless_it_was_installed(path: str, origin: str) -> None:
    """Site-packages folders and the standard library are not the project's, also inside of it; everything else is."""
    assert origin_of(path, project_root="/home/me/app") == origin


def test_a_compiled_module_of_the_standard_library_is_not_the_project_s() -> None:
    """lib-dynload belongs to the standard library."""
    import _json

    if getattr(_json, "__file__", None):
        assert origin_of(_json.__file__) == "stdlib"


def test_a_home_folder_that_holds_the_interpreter_is_a_project_around_it() -> None:
    """The project root may be above the standard library, as with an interpreter under the home folder."""
    above = Path(os.__file__).parents[3]
    assert origin_of(os.__file__, project_root=above) == "stdlib"
    assert origin_of(above / "work.py", project_root=above) == "project"


def test_a_tracked_distribution_is_project_code() -> None:
    """Only what lies in its own folders."""
    site = "/home/me/app/.venv/lib/python3.12/site-packages"
    origins = Origins("/home/me/app", tracked=[f"{site}/ours", f"{site}/single.py"])
    assert origins.of(f"{site}/ours/core.py") == "project"
    assert origins.of(f"{site}/single.py") == "project"
    assert origins.of(f"{site}/ours_not/core.py") == "external"


def test_a_project_inside_a_site_packages_folder_is_a_project() -> None:
    """Somebody develops right there: then the folder's name says nothing of the project's files, but of those installed below."""
    root = "/opt/site-packages/mine"
    assert origin_of(f"{root}/a.py", project_root=root) == "project"
    assert origin_of(f"{root}/.venv/lib/python3.12/site-packages/b.py", project_root=root) == "external"
    assert origin_of("/opt/site-packages/other/a.py", project_root=root) == "external"


def test_the_standard_library_of_another_interpreter_is_known_by_its_path() -> None:
    """Import roots that a run of another Python left are not taken for project code."""
    other = "/usr/lib/python3.99"
    assert Origins("/home/me/app", [other, f"{other}/lib-dynload"]).of(f"{other}/json/__init__.py") == "stdlib"
    assert sys.version_info < (3, 99)
