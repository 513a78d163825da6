"""What a person can set: ``[tool.hitsave]`` in ``pyproject.toml``, and environment variables, which win.

    [tool.hitsave]
    store = ".cache/hitsave"                 # where results live; relative to the project root
    track = ["my-shared-lib"]                # installed distributions that count as project code
    source-roots = ["backend", "src"]        # folders that modules are imported from, besides the project root
    externals = { default = "exact", required = "minor", numpy = "major" }
    budget = "50 GB"                         # of all results in the store; what goes beyond is evicted
    views = true                             # whether values are pictured when they are recorded
    ignore-rules = ["HS007"]                 # rules of `hitsave lint` that are left out
    hub = "https://hub.example"              # the team server; `team_settings` has this and what belongs to it

    HITSAVE_DIR=/data/results HITSAVE=readonly python train.py

Anything that a setting can't be is a SettingError that says where it is written and what it can be.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, Literal, cast, get_args

from hitsave.errors import SettingError
from hitsave.patterns import pattern
from hitsave.structs import NamedTuple
from hitsave.workspace.team_settings import TEAM_KEYS, TeamSettings, team_settings_from_table

if TYPE_CHECKING:
    from _typeshed import StrPath

Sensitivity = Literal["exact", "minor", "major", "ignore"]
"""How much of a distribution's version counts: all of it, X.Y, X, or nothing."""

Mode = Literal["on", "off", "readonly", "refresh", "verify"]
"""What memoised functions do: use the store; compute only; never write; compute and write; run a sample of hits again and compare."""

SENSITIVITIES: Final[tuple[str, ...]] = get_args(Sensitivity)
MODES: Final[tuple[str, ...]] = get_args(Mode)
KEYS: Final = ("budget", "externals", "ignore-rules", "source-roots", "store", "track", "views", *TEAM_KEYS)
DEFAULT_BUDGET: Final = 50_000_000_000
"""Bytes that the results in a store may take."""
_UNITS: Final = {"": 1, "b": 1, "kb": 10**3, "mb": 10**6, "gb": 10**9, "tb": 10**12, "kib": 1 << 10, "mib": 1 << 20, "gib": 1 << 30, "tib": 1 << 40}
_SIZE: Final = pattern(r"\s*([0-9]+(?:\.[0-9]+)?)\s*([A-Za-z]*)\s*")
_YES: Final = frozenset({"on", "1", "true", "yes"})
_NO: Final = frozenset({"off", "0", "false", "no"})


class Settings(NamedTuple):
    """The settings of one project, checked.

    store         the folder of the store, absolute; None: that of the user, `storage.folder.default_folder`.
    track         distributions that count as project code, normalised names.
    source_roots  folders that modules are named and imported from besides the project root, relative to it, "/" between parts.
    named         how much of the version counts for a distribution that reached code names.
    required      the same for what such a distribution requires.
    externals     (normalised name, sensitivity) of distributions that have a sensitivity of their own.
    mode          what memoised functions do.
    budget        bytes that the results in the store may take; None: no bound.
    views         whether Views are made of values when they are recorded.
    ignore_rules  rules of advice that are left out, such as "HS007".
    team          the team server, and what is shared with it.

    >>> Settings().sensitivity_of_required("numpy")
    'minor'
    """

    store: str | None = None
    track: tuple[str, ...] = ()
    source_roots: tuple[str, ...] = ("src",)
    named: Sensitivity = "exact"
    required: Sensitivity = "minor"
    externals: tuple[tuple[str, Sensitivity], ...] = ()
    mode: Mode = "on"
    budget: int | None = DEFAULT_BUDGET
    views: bool = True
    ignore_rules: tuple[str, ...] = ()
    team: TeamSettings = TeamSettings()

    def sensitivity_of_named(self, distribution: str) -> Sensitivity:
        """How much of the version counts for a distribution that reached code names."""
        return dict(self.externals).get(normalised(distribution), self.named)

    def sensitivity_of_required(self, distribution: str) -> Sensitivity:
        """How much of the version counts for a distribution that a named one requires."""
        return dict(self.externals).get(normalised(distribution), self.required)


def normalised(name: str) -> str:
    """A distribution's name as PEP 503 compares it: ``Scikit_Learn`` is ``scikit-learn``."""
    lowered = name.lower().replace("_", "-").replace(".", "-")
    while "--" in lowered:
        lowered = lowered.replace("--", "-")
    return lowered


def read_settings(root: StrPath, environ: Mapping[str, str]) -> Settings:
    """The settings of the project at `root`: its ``pyproject.toml``, if there is one, under the environment.

    Raises SettingError for TOML that can't be parsed, unknown keys, and values that a setting can't have.
    """
    folder = os.path.abspath(root)
    file = os.path.join(folder, "pyproject.toml")
    return with_environment(settings_from_table(_hitsave_table(file), file, folder), environ)


def settings_from_table(table: Mapping[str, Any], file: str, folder: str) -> Settings:
    """The settings that ``[tool.hitsave]`` of `file` makes; `folder` is the project root, which relative paths are relative to."""
    unknown = sorted(set(table) - set(KEYS))
    if unknown:
        raise SettingError(f"{file}: [tool.hitsave] has no setting {unknown[0]!r}", f"Settings are {', '.join(KEYS)}")
    settings = Settings()
    if "store" in table:
        store = table["store"]
        if not isinstance(store, str) or not store or "\0" in store:
            raise _wrong(file, "store", store, "a path, such as '.cache/hitsave'")
        settings = settings._replace(store=os.path.normpath(os.path.join(folder, os.path.expanduser(store))))
    if "track" in table:
        names = _strings(file, "track", table["track"], "a list of distribution names, such as ['my-lib']")
        settings = settings._replace(track=tuple(sorted({normalised(name) for name in names})))
    if "source-roots" in table:
        settings = settings._replace(source_roots=_source_roots(file, table["source-roots"]))
    if "externals" in table:
        settings = _with_externals(settings, file, table["externals"])
    if "budget" in table:
        budget = table["budget"]
        try:
            settings = settings._replace(budget=read_budget(budget if isinstance(budget, str) else str(int(budget))))
        except (ValueError, TypeError, OverflowError):  # the last of infinity, which TOML can write
            raise _wrong(file, "budget", budget, _BUDGETS) from None
    if "views" in table:
        if not isinstance(table["views"], bool):
            raise _wrong(file, "views", table["views"], "true or false")
        settings = settings._replace(views=table["views"])
    if "ignore-rules" in table:
        codes = _strings(file, "ignore-rules", table["ignore-rules"], _CODES)
        if not all(_CODE.fullmatch(code) for code in codes):
            raise _wrong(file, "ignore-rules", table["ignore-rules"], _CODES)
        settings = settings._replace(ignore_rules=tuple(code.upper() for code in codes))
    return settings._replace(team=team_settings_from_table(table, file))


_CODE: Final = pattern(r"(?i)HS\d{3}")
_CODES: Final = "a list of rules, such as ['HS007']"
_MOST_BYTES: Final = 1 << 63
_BUDGETS: Final = "a size, such as '50 GB', or 'none'"


def read_budget(text: str) -> int | None:
    """Bytes, as a person writes them: ``500 MB``, ``2.5GB``, ``1 GiB``, ``1000``; ``none`` is None, no bound. ValueError for anything else.

    >>> read_budget("2.5 GB"), read_budget("1GiB"), read_budget("none")
    (2500000000, 1073741824, None)
    """
    if text.strip().lower() == "none":
        return None
    found = _SIZE.fullmatch(text)
    unit = None if found is None else _UNITS.get(found[2].lower())
    if found is None or unit is None:
        raise ValueError(f"{text!r} is no size")
    size = float(found[1]) * unit
    if size > _MOST_BYTES:
        raise ValueError(f"{text!r} is more than any disk has")
    return int(size)


def storing_settings(settings: Settings, environ: Mapping[str, str]) -> tuple[int | None, bool]:
    """`budget` and `views`, as HITSAVE_BUDGET and HITSAVE_VIEWS say, else as `settings` do. SettingError for what they can't be."""
    budget, views = settings.budget, settings.views
    written = environ.get("HITSAVE_BUDGET", "").strip()
    if written:
        try:
            budget = read_budget(written)
        except ValueError:
            raise SettingError(f"The environment variable HITSAVE_BUDGET is {written!r}", f"It can be {_BUDGETS}") from None
    written = environ.get("HITSAVE_VIEWS", "").strip().lower()
    if written:
        if written not in _YES | _NO:
            raise SettingError(f"The environment variable HITSAVE_VIEWS is {environ['HITSAVE_VIEWS']!r}", "It can be on or off")
        views = written in _YES
    return budget, views


def with_environment(settings: Settings, environ: Mapping[str, str]) -> Settings:
    """`settings` with what HITSAVE and HITSAVE_DIR say; an empty variable says nothing."""
    mode = environ.get("HITSAVE", "").strip().lower()
    if mode:
        if mode not in MODES:
            raise SettingError(f"The environment variable HITSAVE is {environ['HITSAVE']!r}", f"It can be {_either(MODES)}")
        settings = settings._replace(mode=cast("Mode", mode))
    store = environ.get("HITSAVE_DIR", "")
    if store:
        settings = settings._replace(store=os.path.abspath(os.path.expanduser(store)))
    budget, views = storing_settings(settings, environ)
    return settings._replace(budget=budget, views=views)


def _hitsave_table(file: str) -> Mapping[str, Any]:
    try:
        with open(file, "rb") as opened:
            content = opened.read()
    except OSError:
        return {}
    if b"hitsave" not in content:
        return {}  # nothing for us, and tomllib costs more than the rest of this module together
    import tomllib

    try:
        tool = tomllib.loads(content.decode("utf-8")).get("tool", {})
    except (ValueError, RecursionError) as problem:  # TOMLDecodeError and UnicodeDecodeError are ValueErrors
        raise SettingError(f"{file} is not valid TOML: {problem}", "Correct it; until then HitSave uses its defaults") from problem
    table = tool.get("hitsave", {}) if isinstance(tool, dict) else {}  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    if not isinstance(table, dict):
        raise SettingError(f"{file}: tool.hitsave is not a table", "Write the settings under a line [tool.hitsave]")
    return cast("Mapping[str, Any]", table)


def _source_roots(file: str, value: Any) -> tuple[str, ...]:
    roots: list[str] = []
    for entry in _strings(file, "source-roots", value, "a list of folders inside the project, such as ['src', 'backend']"):
        folder = os.path.normpath(entry).replace(os.sep, "/")
        if os.path.isabs(entry) or folder.startswith("../") or folder in {"..", "."}:
            raise _wrong(file, "source-roots", entry, "a list of folders inside the project, relative to its root")
        roots.append(folder)
    return tuple(dict.fromkeys(roots))


def _with_externals(settings: Settings, file: str, value: Any) -> Settings:
    if not isinstance(value, dict):
        raise _wrong(file, "externals", value, "a table, such as { default = 'exact', required = 'minor', numpy = 'major' }")
    own: dict[str, Sensitivity] = {}
    for name, sensitivity in cast("dict[str, Any]", value).items():
        if sensitivity not in SENSITIVITIES:
            raise _wrong(file, f"externals.{name}", sensitivity, _either(SENSITIVITIES))
        if name == "default":
            settings = settings._replace(named=sensitivity)
        elif name == "required":
            settings = settings._replace(required=sensitivity)
        else:
            own[normalised(name)] = sensitivity
    return settings._replace(externals=tuple(sorted(own.items())))


def _strings(file: str, key: str, value: Any, allowed: str) -> list[str]:
    entries = cast("list[Any]", value) if isinstance(value, list) else [None]
    if not all(isinstance(entry, str) and entry for entry in entries):
        raise _wrong(file, key, value, allowed)
    return cast("list[str]", entries)


def _wrong(file: str, key: str, value: Any, allowed: str) -> SettingError:
    return SettingError(f"{file}: [tool.hitsave] {key} is {value!r}", f"It has to be {allowed}")


def _either(words: tuple[str, ...]) -> str:
    return ", ".join(words[:-1]) + " or " + words[-1]
