from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from hitsave.workspace.distributions import Distribution
from hitsave.workspace.module_names import module_name
from hitsave.workspace.settings import SENSITIVITIES, Sensitivity

Write = Callable[..., Path]
PAGE = (Path(__file__).parents[2] / "docs" / "formats.md").read_text(encoding="utf-8")


def rows_below(header: str) -> list[list[str]]:
    """The cells of a table of docs/formats.md, each without its back quotes."""
    lines = PAGE.partition(header)[2].split("\n")[2:]
    table = lines[: next(n for n, line in enumerate(lines) if not line.startswith("|"))]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table]


@pytest.mark.parametrize(("files", "name"), rows_below("| files of the project | module of the first |"))
def test_the_table_of_module_names_is_true(write: Write, files: str, name: str) -> None:
    """Each row of the page, with the root and with the script's folder on the path."""
    names = [file.strip("` ") for file in files.split(",")]
    root = write("project", *names)
    for on_path in ([root], [(root / names[0]).parent]):
        assert module_name(root / names[0], on_path, root) == name.strip("`")


def test_the_table_of_sensitivities_is_true() -> None:
    """Each row of the page, and no sensitivity without one."""
    table = {row[0].strip("`"): row[1].strip("`") for row in rows_below("| sensitivity | text for `1.26.4` | |")}
    assert set(table) == set(SENSITIVITIES)
    sensitivities: tuple[Sensitivity, ...] = ("exact", "minor", "major", "ignore")
    for sensitivity in sensitivities:
        assert Distribution("numpy", "1.26.4").counted(sensitivity) == table[sensitivity]
