"""The real packages that are mutated, and the functions over them that are remembered.

A subject is a driver (drivers/NAME.py) and the packages that it uses, which are copied into its project as code of that project.
Packages come from the environment of the Python that runs (its lock pins them), or from what ``./dev mutation`` unpacked (requirements/mutation.txt pins that).
"""

from __future__ import annotations

import os
import shutil
import sysconfig
import tomllib
from pathlib import Path
from typing import Any, Final

HERE: Final = Path(__file__).resolve().parent
PLAN: Final[dict[str, Any]] = tomllib.loads((HERE / "plan.toml").read_text(encoding="utf-8"))
UNPACKED: Final = Path(os.environ.get("MUTATION_PACKAGES") or HERE.parents[1] / ".venv" / "mutation")

SUBJECTS: Final[dict[str, tuple[str, ...]]] = {
    "tabulate": ("tabulate",),  # tables of formats made of closures and partials
    "mistune": ("mistune",),  # plug-ins, registries of rules, regular expressions
    "click": ("click",),  # decorators, a hierarchy of parameter types, contexts
    "jinja2": ("jinja2", "markupsafe"),  # a compiler to Python text, visitors by computed names, caches
    "pyparsing": ("pyparsing",),  # operators that build parsers, class-level state, decorators on methods
    "sympy_ntheory": ("sympy", "mpmath"),  # metaclasses, dispatch, caches, hundreds of modules
    "markdown_it": ("markdown_it", "mdurl"),  # rulers of rules, presets, dataclasses with slots
    "attrs": ("attr", "attrs"),  # code made from text
    "markdown": ("markdown",),  # extensions, registries by priority
    "pluggy": ("pluggy",),  # hooks
    "packaging": ("packaging",),  # versions, markers, a tokenizer
    "h11": ("h11",),  # sentinels by metaclass, tables of transitions
}


def package_place(name: str) -> Path | None:
    """Where the source of an import package is, None where it is not at hand."""
    for folder in (UNPACKED, Path(sysconfig.get_paths()["purelib"])):
        if (folder / name / "__init__.py").exists():
            return folder / name
    return None


def at_hand(subject: str) -> bool:
    """Whether all packages of a subject are there."""
    return all(package_place(name) for name in SUBJECTS[subject])


def make_project(subject: str, folder: Path) -> None:
    """Make the project of a subject in `folder`: its driver, the player, and its packages' Python source."""
    folder.mkdir(parents=True)
    (folder / "pyproject.toml").write_text(f'[project]\nname = "mutated-{subject.replace("_", "-")}"\nversion = "1"\n', encoding="utf-8")
    shutil.copy(HERE / "drivers" / f"{subject}.py", folder / "driver.py")
    shutil.copy(HERE / "player.py", folder / "player.py")
    for name in SUBJECTS[subject]:
        place = package_place(name)
        assert place is not None
        shutil.copytree(place, folder / name, ignore=shutil.ignore_patterns("__pycache__", "*.so", "*.pyd", "*.c", "tests", "locale-data"))
