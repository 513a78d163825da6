"""What a hub is told when it starts: options of `hitsave hub serve`, or the environment variables `HITSAVE_HUB_…`, which its workers read."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Final, Self

from hitsave.errors import SettingError

PREFIX: Final = "HITSAVE_HUB_"
DAY: Final = 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class HubSettings:
    """`database`, `blobs`: addresses. `address`: what people type to reach the hub, "" for what a request says.

    `grace`: seconds that an object which nothing needs is kept, twice over. `budget`: bytes a project, 0 for no bound; `tidy`: seconds between two rounds of retention, 0 for none.
    """

    database: str
    blobs: str
    address: str = ""
    grace: int = DAY
    budget: int = 0
    tidy: int = 15 * 60

    @classmethod
    def embedded(cls, folder: str | os.PathLike[str]) -> Self:
        """SQLite and files in `folder`, which is made."""
        path = Path(folder).absolute()
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        (path / "objects").mkdir(mode=0o700, exist_ok=True)
        return cls(f"sqlite:///{path / 'hub.sqlite'}", f"file://{path / 'objects'}")

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> Self:
        """The settings that `as_environment` wrote, or a person."""
        given = {field.name: environment.get(PREFIX + field.name.upper(), "") for field in fields(cls)}
        if not given["database"] or not given["blobs"]:
            raise SettingError("A hub needs a database and a place for blobs", "Start it with: hitsave hub serve")
        numbers = {name: _number(name, given.pop(name)) for name in ("grace", "budget", "tidy")}
        return cls(**given, **{name: number for name, number in numbers.items() if number is not None})  # pyright: ignore[reportArgumentType] - which are texts, and which numbers, is settled above

    def as_environment(self) -> dict[str, str]:
        """What its workers are started with."""
        return {PREFIX + field.name.upper(): str(getattr(self, field.name)) for field in fields(self)}


def default_folder(environment: Mapping[str, str]) -> Path:
    """Where a hub without configuration keeps what it has."""
    given = environment.get(PREFIX + "DIR")
    if given:
        return Path(given)
    data = environment.get("XDG_DATA_HOME")
    return (Path(data) if data else Path.home() / ".local" / "share") / "hitsave-hub"


def _number(name: str, text: str) -> int | None:
    if not text:
        return None
    if not text.isascii() or not text.isdigit():
        raise SettingError(f"{PREFIX}{name.upper()} is {text!r}", "It must be a whole number")
    return int(text)
