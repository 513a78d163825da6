"""Which hub a command is about: the options that all of them take, and what they stand for."""

from __future__ import annotations

import os
from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from hitsave.errors import HitSaveError, SettingError

if TYPE_CHECKING:
    from hitsave_server.hub.database import Database
    from hitsave_server.hub.settings import HubSettings

DatabaseOption = Annotated[
    str, typer.Option("--database", envvar="HITSAVE_HUB_DATABASE", metavar="ADDRESS", help="postgresql://USER@HOST/NAME; else SQLite in the folder.")
]
BlobsOption = Annotated[
    str, typer.Option("--blobs", envvar="HITSAVE_HUB_BLOBS", metavar="ADDRESS", help="s3://BUCKET/PREFIX or file:///FOLDER; else in the folder.")
]
FolderOption = Annotated[
    str, typer.Option("--folder", envvar="HITSAVE_HUB_DIR", metavar="FOLDER", help="Where a hub without database and blobs keeps all.")
]


def settings_of(database: str, blobs: str, folder: str) -> HubSettings:
    """The settings that these options stand for."""
    try:
        from hitsave_server.hub.settings import HubSettings, default_folder
    except ImportError as missing:  # pragma: no cover - the tests have it installed
        raise HitSaveError("The team server is not installed", "Install it with: pip install 'hitsave[hub]'") from missing
    from dataclasses import replace

    if bool(database) != bool(blobs):
        raise SettingError("A hub has --database and --blobs, or neither", "Give both")
    environment = dict(os.environ)
    if database:
        return HubSettings.read(environment | {"HITSAVE_HUB_DATABASE": database, "HITSAVE_HUB_BLOBS": blobs})
    embedded = HubSettings.embedded(folder or default_folder(environment))
    given = HubSettings.read(environment | embedded.as_environment() | {name: environment[name] for name in _tuned(environment)})
    return replace(given, database=embedded.database, blobs=embedded.blobs)


@contextmanager
def open_database(database: str, blobs: str, folder: str) -> Generator[Database]:
    """The hub's database, of the version that this program knows. HitSaveError if it does not answer."""
    settings = settings_of(database, blobs, folder)
    from hitsave_server.hub.administration import opened

    with opened(settings) as found:
        yield found


def _tuned(environment: dict[str, str]) -> list[str]:
    return [name for name in environment if name.startswith("HITSAVE_HUB_") and environment[name]]
