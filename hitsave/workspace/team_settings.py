"""What a project says about the team server, in ``[tool.hitsave]`` of its ``pyproject.toml``.

hub = "https://hub.example"              # the server, or "off"
hub-project = "churn"                    # the project's name there; else the folder's
trusted-keys = ["ed25519:… ada"]         # whose results are believed
accept-tiers = ["ci", "member"]          # of which trust tiers
share-source = true                      # whether the text of the code goes with a result
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast

from hitsave.errors import SettingError
from hitsave.structs import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

TEAM_KEYS: Final = ("accept-tiers", "hub", "hub-project", "share-source", "trusted-keys")
TIERS: Final = ("ci", "member", "untrusted")
_LONGEST_NAME: Final = 200


class TeamSettings(NamedTuple):
    """What a project says about the team server.

    hub           its address; "off": none, whatever this user has logged in to; None: that of the user's last login.
    project       the project's name on the server; None: the name of its folder.
    trusted_keys  the public keys of those whose results are believed, each with a name behind it.
    tiers         the trust tiers whose results are used.
    share_source  whether the text of the code goes with a result.
    """

    hub: str | None = None
    project: str | None = None
    trusted_keys: tuple[str, ...] = ()
    tiers: tuple[str, ...] = ("ci", "member")
    share_source: bool = True


def team_settings_from_table(table: Mapping[str, Any], file: str) -> TeamSettings:
    """The team settings that ``[tool.hitsave]`` of `file` makes. SettingError for values that they can't have."""
    settings = TeamSettings()
    if "hub" in table:
        settings = settings._replace(hub=_text(table, file, "hub", "the address of a team server, such as 'https://hub.example', or 'off'"))
    if "hub-project" in table:
        settings = settings._replace(project=_text(table, file, "hub-project", f"a name of {_LONGEST_NAME} characters at most"))
    if "trusted-keys" in table:
        settings = settings._replace(trusted_keys=_texts(table, file, "trusted-keys", "a list of public keys, such as ['ed25519:… ada']"))
    if "accept-tiers" in table:
        tiers = _texts(table, file, "accept-tiers", f"a list of some of {', '.join(TIERS)}")
        if not set(tiers) <= set(TIERS):
            raise _wrong(file, "accept-tiers", table["accept-tiers"], f"a list of some of {', '.join(TIERS)}")
        settings = settings._replace(tiers=tiers)
    if "share-source" in table:
        if not isinstance(table["share-source"], bool):
            raise _wrong(file, "share-source", table["share-source"], "true or false")
        settings = settings._replace(share_source=table["share-source"])
    return settings


def _text(table: Mapping[str, Any], file: str, key: str, allowed: str) -> str:
    value = table[key]
    if not isinstance(value, str) or not value.strip() or len(value) > _LONGEST_NAME or not value.isprintable():
        raise _wrong(file, key, value, allowed)
    return value.strip()


def _texts(table: Mapping[str, Any], file: str, key: str, allowed: str) -> tuple[str, ...]:
    value = table[key]
    if not isinstance(value, list) or not all(isinstance(entry, str) and entry for entry in cast("list[object]", value)):
        raise _wrong(file, key, value, allowed)
    return tuple(cast("list[str]", value))


def _wrong(file: str, key: str, value: Any, allowed: str) -> SettingError:
    return SettingError(f"{file}: [tool.hitsave] {key} is {value!r}", f"It has to be {allowed}")
