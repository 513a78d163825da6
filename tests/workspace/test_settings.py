from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from hitsave.errors import SettingError
from hitsave.workspace.settings import Settings, normalised, read_budget, read_settings

Write = Callable[..., Path]


def test_no_pyproject_gives_the_defaults(tmp_path: Path) -> None:
    """A folder without a pyproject.toml has the default settings."""
    assert read_settings(tmp_path, {}) == Settings()


def test_every_setting_is_read(write: Write) -> None:
    """Each key of [tool.hitsave] has its effect; names are normalised, paths are relative to the root."""
    root = write(
        "app",
        {
            "pyproject.toml": """
            [tool.hitsave]
            store = "out/store"
            track = ["My_Lib", "other"]
            source-roots = ["backend", "libs/core"]
            externals = { default = "minor", required = "ignore", Scikit_Learn = "major" }
            budget = "2 GB"
            views = false
            """
        },
    )
    settings = read_settings(root, {})
    assert settings.store == str(root / "out" / "store")
    assert settings.track == ("my-lib", "other")
    assert settings.source_roots == ("backend", "libs/core")
    assert (settings.budget, settings.views) == (2_000_000_000, False)
    assert settings.sensitivity_of_named("numpy") == "minor"
    assert settings.sensitivity_of_required("numpy") == "ignore"
    assert settings.sensitivity_of_named("scikit-learn") == settings.sensitivity_of_required("scikit.learn") == "major"


def test_the_environment_wins_over_the_file(write: Write, tmp_path: Path) -> None:
    """HITSAVE_DIR replaces the store's folder and HITSAVE sets the mode, in any case of letters."""
    root = write("app", {"pyproject.toml": "[tool.hitsave]\nstore = 'here'"})
    settings = read_settings(root, {"HITSAVE_DIR": str(tmp_path / "there"), "HITSAVE": " ReadOnly "})
    assert (settings.store, settings.mode) == (str(tmp_path / "there"), "readonly")
    assert read_settings(root, {"HITSAVE_DIR": "", "HITSAVE": ""}).mode == "on"


@pytest.mark.parametrize(
    ("text", "named", "allowed"),
    [
        ("[tool.hitsave]\ntrak = []", "'trak'", "track"),
        ("[tool.hitsave]\nbudget = 'much'", "budget is 'much'", "50 GB"),
        ("[tool.hitsave]\nbudget = inf", "budget is inf", "50 GB"),
        ("[tool.hitsave]\nviews = 'no'", "views is 'no'", "true or false"),
        ("[tool.hitsave]\nignore-rules = ['clock']", "ignore-rules is ['clock']", "a list of rules, such as ['HS007']"),
        ("[tool.hitsave]\nstore = 3", "store is 3", "a path"),
        ("[tool.hitsave]\nstore = ''", "store is ''", "a path"),
        ('[tool.hitsave]\nstore = "a\\u0000b"', r"store is 'a\x00b'", "a path"),
        ("[tool.hitsave]\ntrack = 'numpy'", "track is 'numpy'", "list"),
        ("[tool.hitsave]\ntrack = [1]", "track is [1]", "list"),
        ("[tool.hitsave]\nsource-roots = ['../other']", "source-roots is '../other'", "inside the project"),
        ("[tool.hitsave]\nsource-roots = ['/abs']", "source-roots is '/abs'", "inside the project"),
        ("[tool.hitsave]\nexternals = 'exact'", "externals is 'exact'", "a table"),
        ("[tool.hitsave]\nexternals = { numpy = 'patch' }", "externals.numpy is 'patch'", "exact, minor, major or ignore"),
        ("[tool.hitsave]\nexternals = { numpy = [] }", "externals.numpy is []", "exact, minor, major or ignore"),
        ("[tool]\nhitsave = 1", "not a table", "[tool.hitsave]"),
        ("[tool.hitsave\n", "not valid TOML", "Correct it"),
        ("# hitsave \xff", "not valid TOML", "Correct it"),
    ],
)
def test_a_wrong_setting_is_named_with_its_file_and_what_is_allowed(write: Write, text: str, named: str, allowed: str) -> None:
    """The error says which file, which key, which value, and what it has to be."""
    root = write("app", {"pyproject.toml": text.encode("latin-1")})
    with pytest.raises(SettingError) as error:
        read_settings(root, {})
    assert str(root / "pyproject.toml") in error.value.problem
    assert named in error.value.problem
    assert allowed in error.value.advice


def test_an_unknown_mode_is_an_error(tmp_path: Path) -> None:
    """HITSAVE can only be one of five words."""
    with pytest.raises(SettingError, match=r"HITSAVE is 'fast'.*on, off, readonly, refresh or verify"):
        read_settings(tmp_path, {"HITSAVE": "fast"})


def test_a_file_without_the_word_is_not_parsed(write: Write) -> None:
    """Broken TOML that has nothing to do with us is somebody else's to report."""
    root = write("app", {"pyproject.toml": "[tool.ruff\n"})
    assert read_settings(root, {}) == Settings()


@pytest.mark.parametrize(("written", "same"), [("Scikit_Learn", "scikit-learn"), ("zope.interface", "zope-interface"), ("a__b-.c", "a-b-c")])
def test_names_are_compared_as_pep_503_says(written: str, same: str) -> None:
    """Case, and runs of dots, dashes and underscores, make no difference."""
    assert normalised(written) == same


@pytest.mark.parametrize(
    ("text", "size"),
    [("0", 0), ("1000", 1000), ("1.5 kB", 1500), ("2MiB", 2 << 20), (" 3 TB ", 3 * 10**12), ("none", None), ("NONE", None)],
)
def test_sizes_are_read_as_people_write_them(text: str, size: int | None) -> None:
    """With decimal and binary units, or none."""
    assert read_budget(text) == size


@pytest.mark.parametrize("text", ["", "GB", "-1", "1 XB", "1 GB 2", "much"])
def test_what_is_no_size_is_refused(text: str) -> None:
    """There is no guessing."""
    with pytest.raises(ValueError, match="is no size"):
        read_budget(text)
    with pytest.raises(ValueError, match="more than any disk has"):
        read_budget("9" * 400 + " GB")


def test_budget_and_views_are_set_by_the_environment(tmp_path: Path) -> None:
    """Which wins, and is asked back for what it can't be."""
    settings = read_settings(tmp_path, {"HITSAVE_BUDGET": "1 GB", "HITSAVE_VIEWS": "off"})
    assert (settings.budget, settings.views) == (10**9, False)
    for variables in ({"HITSAVE_BUDGET": "much"}, {"HITSAVE_VIEWS": "maybe"}):
        with pytest.raises(SettingError, match=next(iter(variables))):
            read_settings(tmp_path, variables)
