"""docs/settings.md is the one place where settings are documented; it says what the code does."""

from __future__ import annotations

import inspect
import re
import tomllib
from pathlib import Path

import hitsave
from hitsave.workspace.settings import KEYS, MODES, SENSITIVITIES, Settings, settings_from_table

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/settings.md").read_text(encoding="utf-8")


def section(title: str) -> str:
    """The text under a heading."""
    return re.split(r"^## ", PAGE.partition(f"## {title}")[2], maxsplit=1, flags=re.MULTILINE)[0]


def first_column(text: str) -> list[str]:
    """What the rows of its table are about."""
    return re.findall(r"^\| `([^`]+)` \|", text, re.MULTILINE)


def test_every_key_is_documented_and_no_other() -> None:
    """Those that `settings_from_table` takes."""
    assert sorted(first_column(section("`[tool.hitsave]`"))) == sorted(KEYS)
    assert all(f"`{word}`" in PAGE for word in SENSITIVITIES)


def test_the_example_can_be_copied() -> None:
    """Each key has a value that it can have."""
    (example,) = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    table = tomllib.loads(example)["tool"]["hitsave"]
    assert sorted(table) == sorted(KEYS)
    settings_from_table(table, "pyproject.toml", str(ROOT))


def test_the_defaults_are_those_of_the_code() -> None:
    """As a person would write them."""
    rows = dict(re.findall(r"^\| `([^`]+)` \| `([^`]+)` \|", section("`[tool.hitsave]`"), re.MULTILINE))
    written = tomllib.loads("\n".join(f"{key} = {value}" for key, value in rows.items()))
    assert settings_from_table(written, "pyproject.toml", str(ROOT)) == Settings()


def test_every_variable_is_documented_and_no_other() -> None:
    """Those that the code asks for, wherever it does."""
    source = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "hitsave").rglob("*.py"))
    asked = set(re.findall(r"""(?:(?:environ|unrecorded)(?:\.get\(|\[)|_environ\()["'](HITSAVE[A-Z_]*)["']""", source)) | {"HITSAVE_TEST_STORE"}
    assert set(first_column(section("Environment"))) == asked
    assert all(f"`{mode}`" in section("Environment") for mode in MODES)


def test_every_option_of_the_decorators_is_documented_and_no_other() -> None:
    """With its default."""
    import typing

    overload = typing.get_overloads(hitsave.memo)[1]
    options = {name: parameter.default for name, parameter in inspect.signature(overload).parameters.items()}
    rows = dict(re.findall(r"^\| `([^`]+)` \| `([^`]+)` \|", section("Decorator and call"), re.MULTILINE))
    assert rows == {name: repr(default).replace("'", '"') for name, default in options.items()}
