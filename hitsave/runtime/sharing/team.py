"""The team server as this process sees it: which one, as whom, whom it believes, and how patient it still is."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from hitsave.errors import HitSaveError, HubError
from hitsave.runtime.forking import in_forked_child
from hitsave.runtime.notices import warn_once
from hitsave.runtime.recorder import own_work
from hitsave.storage.exchanging import HubProject
from hitsave.storage.team.accounts import chosen_hub, config_folder
from hitsave.storage.team.client import Hub
from hitsave.storage.team.patience import Patience
from hitsave.storage.team.signing import own_key
from hitsave.storage.team.transport import Transport
from hitsave.storage.team.trust import trusted
from hitsave.storage.team.using import project_name
from hitsave.storage.throwaway import ASKED, REAL, tests_are_running
from hitsave.structs import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hitsave.digest import Digest
    from hitsave.runtime.engine import Engine
    from hitsave.storage.store import Store
    from hitsave.storage.team.accounts import Login
    from hitsave.storage.team.signing import SigningKey
    from hitsave.storage.team.trust import Trust
    from hitsave.workspace.team_settings import TeamSettings

_NOTHING_FOR: Final = 10.0
"""Seconds for which it is remembered, in memory only, that the server has nothing under a key."""
_MOST_KEYS: Final = 4096


class Place(NamedTuple):
    """What decides which server is used: the environment, the store, the project."""

    hub: str
    token: str
    trusted: str | None
    store: str
    project: str


class Team:
    """A team server that this user has logged in to, for the project of this process.

    `required`: that it can't be used is an error, not a warning.
    """

    def __init__(self, login: Login, name: str, settings: TeamSettings, trust: Trust, store: Store, folder: str) -> None:
        self.login = login
        self.settings = settings
        self.trust = trust
        self.store = store
        self.config_folder = folder
        self.transport = Transport(login.address, login.token)
        self.hub = Hub(self.transport, name)
        self.place = HubProject(login.address, name)
        self.patience = Patience()
        self.is_known = False
        """Whether the server has answered in this process, so that there is a connection."""
        self.may_lease = True
        self.took: dict[str, int] = {}
        """How long the last evaluation of each symbol took, in nanoseconds."""
        self._key: SigningKey | None = None
        self._nothing: dict[Digest, float] = {}
        store.trust = trust

    @property
    def required(self) -> bool:
        """Whether that the server can't be used is an error (``HITSAVE_HUB_REQUIRED``)."""
        return hub_is_required()

    def signing_key(self) -> SigningKey | None:
        """This user's key, None if there is none."""
        if self._key is None:
            self._key = own_key(self.config_folder, os.environ)
        return self._key

    def has_nothing(self, key: Digest) -> bool:
        """Whether the server said a moment ago that it has nothing that helps under `key`."""
        return self._nothing.get(key, 0.0) > time.monotonic()

    def note_nothing(self, key: Digest) -> None:
        """The server has nothing that helps under `key`."""
        if len(self._nothing) >= _MOST_KEYS:
            self._nothing.clear()
        self._nothing[key] = time.monotonic() + _NOTHING_FOR


def say(text: str) -> None:
    """Say what is wrong with the team server: once a process, whatever else is wrong with it, or one that is hostile could say a thousand things."""
    warn_once("hub", text)


def say_unusable(problem: HubError) -> None:
    """Say that the server can't be used now."""
    say(f"{problem} Results are computed here, and sent when it can be used again.")


def hub_is_required() -> bool:
    """Whether ``HITSAVE_HUB_REQUIRED`` says that a team server has to be there."""
    return os.environ.get("HITSAVE_HUB_REQUIRED", "").strip().lower() in {"1", "on", "true", "yes"}


_teams: dict[Place, Team | None] = {}


def team_of(shared: Engine) -> Team | None:
    """The team server of this process's project; None if there is none. HubError if one is required and can't be used.

    Tests have none, unless HITSAVE_HUB or HITSAVE_TEST_STORE asks for one: what a patched function gave is nobody else's.
    """
    with own_work():
        return _known_or_made(shared, os.environ)


def _known_or_made(shared: Engine, environ: Mapping[str, str]) -> Team | None:
    named = environ.get("HITSAVE_HUB", "")
    place = Place(named, environ.get("HITSAVE_HUB_TOKEN", ""), environ.get("HITSAVE_TRUSTED_KEYS"), shared.store_folder(), shared.library.root)
    if place in _teams:
        return _teams[place]
    if not named and environ.get(ASKED) != REAL and tests_are_running():
        return None
    try:
        team = _make(shared)
    except HitSaveError as problem:
        if hub_is_required():
            raise
        say(f"{problem} Results are computed here and not shared.")
        team = None
    _teams[place] = team
    return team


def _make(shared: Engine) -> Team | None:
    settings, folder = shared.settings.team, config_folder(os.environ)
    chosen = chosen_hub(folder, os.environ, settings.hub)
    if chosen is None:
        if hub_is_required():
            raise HubError("HITSAVE_HUB_REQUIRED is set, and there is no team server", "Set HITSAVE_HUB, or log in: hitsave login ADDRESS")
        return None
    if chosen.login is None:
        raise HubError(
            f"This project shares its results through {chosen.address}, where you are not logged in, so nothing was sent there",
            f"If you know that server: hitsave login {chosen.address}",
        )
    store = shared.store()
    if store is None:
        return None
    trust = trusted(folder, os.environ, settings.trusted_keys)
    return Team(chosen.login, project_name(settings.project, shared.library.root), settings, trust, store, folder)


def known_teams() -> list[Team]:
    """The servers that this process has used."""
    return [team for team in _teams.values() if team is not None]


def forget_teams() -> None:
    """Look again which server is to be used."""
    for team in known_teams():
        with suppress(Exception):
            team.transport.close()
    _teams.clear()


in_forked_child(_teams.clear)
