"""Which team servers this user has logged in to, with the token for each; and which one a project uses.

The logins are in ``logins.json`` in the user's configuration folder, for this user alone.

Invariant: a token is looked up by the origin that it is to be sent to, and found only if `hitsave login` (or, in CI, the environment) named that origin.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any, Final, cast

from hitsave.errors import HubError
from hitsave.storage import platform
from hitsave.storage.team.address import normal_address, origin_of
from hitsave.storage.team.signing import read_private, write_private
from hitsave.structs import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

LOGINS_FILE: Final = "logins.json"
OFF: Final = "off"


class Login(NamedTuple):
    """A login: the server's address, the token for its origin, and, as the server said then, whose it is."""

    address: str
    token: str
    team: str = ""
    member: str = ""

    def __repr__(self) -> str:
        return f"Login({self.address}, team={self.team!r}, member={self.member!r})"


class Chosen(NamedTuple):
    """The team server that a project uses. `login` is None if this user never logged in there: then nothing is ever sent to it."""

    address: str
    login: Login | None


def config_folder(environ: Mapping[str, str]) -> str:
    """Where this user's logins and keys are kept; HubError if there is no telling."""
    folder = platform.config_folder(environ)
    if folder is None:
        raise HubError("There is no telling where this user's settings are kept", "Set XDG_CONFIG_HOME to a folder")
    return os.path.join(folder, "hitsave")


def chosen_hub(folder: str, environ: Mapping[str, str], of_project: str | None) -> Chosen | None:
    """The team server to use: that of ``HITSAVE_HUB``, else the one that the project names, else that of the last login; None if there is none, or "off" was said."""
    named = environ.get("HITSAVE_HUB", "").strip()
    asked = named or of_project
    if asked is not None and asked.lower() == OFF:
        return None
    logins = read_logins(folder)
    if asked is None:
        return next((Chosen(login.address, login) for login in reversed(logins.values())), None)
    address = normal_address(asked)
    token = environ.get("HITSAVE_HUB_TOKEN", "").strip()
    if named and token:
        return Chosen(address, Login(address, token))
    return Chosen(address, logins.get(origin_of(address)))


def read_logins(folder: str) -> dict[str, Login]:
    """The logins by origin, the last one last. HubError if the file can't be read, or others can."""
    path = os.path.join(folder, LOGINS_FILE)
    text = read_private(path)
    if text is None:
        return {}
    try:
        rows = cast("dict[str, Any]", json.loads(text))
        return {origin: Login(str(row["address"]), str(row["token"]), str(row["team"]), str(row["member"])) for origin, row in rows.items()}
    except (ValueError, TypeError, KeyError, AttributeError) as problem:
        raise HubError(f"{path} is damaged", "Remove it, and log in again") from problem


def write_login(folder: str, login: Login) -> None:
    """Keep a login, in place of an earlier one to the same origin."""
    logins = read_logins(folder)
    logins.pop(origin_of(login.address), None)
    _write(folder, logins | {origin_of(login.address): login})


def remove_login(folder: str, address: str) -> Login | None:
    """Forget the login to the origin of `address`; the login, None if there was none."""
    logins = read_logins(folder)
    login = logins.pop(origin_of(address), None)
    if login is not None:
        _write(folder, logins)
    return login


def _write(folder: str, logins: Mapping[str, Login]) -> None:
    text = json.dumps({origin: login._asdict() for origin, login in logins.items()}, indent=1)
    write_private(os.path.join(folder, LOGINS_FILE), text + "\n")
