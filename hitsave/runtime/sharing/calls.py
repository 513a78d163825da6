"""What a call says to the team server's part of the runtime. Where there is no server, nothing of that part is loaded."""

from __future__ import annotations

import os
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from hitsave.errors import HitSaveError, HubError
from hitsave.runtime.lookup import Hit, Miss
from hitsave.runtime.process import unrecorded
from hitsave.runtime.recorder import own_work

if TYPE_CHECKING:
    from hitsave.runtime.engine import Engine
    from hitsave.storage.entry import Entry
    from hitsave.storage.exchanging import HubProject


Found = TypeVar("Found")


def or_from_team(found: Found) -> Found | Hit:
    """What was found locally; where that is a Miss, the result that the team server has, if it has one. HubError only where a server is required."""
    if not isinstance(found, Miss) or not is_shared(found):
        return found
    from hitsave.runtime.sharing import asking

    found.moment = None  # while this waits, others work
    return asking.ask(found) or found


async def or_from_team_beside(found: Found) -> Found | Hit:
    """As `or_from_team`, without keeping the event loop waiting."""
    if not isinstance(found, Miss) or not is_shared(found):
        return found
    from hitsave.runtime.sharing import asking

    found.moment = None
    return await asking.ask_beside(found) or found


def lease(miss: Miss) -> Hit | None:
    """Before an evaluation: see that no other machine is at it; or wait for that, and give what came of it."""
    if not is_shared(miss):
        return None
    from hitsave.runtime.sharing import leasing

    return leasing.take(miss)


def destination(miss: Miss) -> HubProject | None:
    """Where the result of an evaluation is to be sent."""
    if not is_shared(miss):
        return None
    from hitsave.runtime.sharing.team import team_of

    try:
        team = team_of(miss.engine)
    except HitSaveError:  # a server is required, and whoever asked it has raised
        return None
    return None if team is None else team.place


def evaluated(miss: Miss, wall_ns: int) -> None:
    """An evaluation has ended and is stored, if it could be: have it sent."""
    if not is_shared(miss):
        return
    from hitsave.runtime.sharing import leasing

    with own_work():
        leasing.evaluated(miss, wall_ns)


def from_team(identity: str, shared: Engine) -> Entry | None:
    """The entry with this ID from the project's team server, now in the local store; None if there is no server, or none that answers. UnknownEntryError if it has no such entry that is trusted."""
    if not _is_set(shared):
        return None
    from hitsave.runtime.sharing.team import team_of
    from hitsave.storage.team.pulling import Pull

    try:
        team = team_of(shared)
        return None if team is None else Pull(team.store, team.hub, team.trust, team.settings.tiers, shared.library.root).identity(identity)
    except HubError:
        return None


def show(miss: Miss) -> None:
    """An experiment is listed as running, or as failed: have the team see it."""
    if miss.evaluation is None or miss.evaluation.entry_id is None or not is_shared(miss):
        return
    from hitsave.runtime.sharing import outgoing
    from hitsave.runtime.sharing.team import team_of

    with suppress(HitSaveError):
        team = team_of(miss.engine)
        if team is not None:
            team.transport.prepare()
            outgoing.of(team).show(miss.evaluation.entry_id)


def is_shared(miss: Miss) -> bool:
    """Whether a call may have to do with a team server."""
    if miss.is_shared is None:  # asked up to five times a call
        miss.is_shared = miss.mode in {"on", "refresh"} and not miss.memo.local_only and _is_set(miss.engine)
    return miss.is_shared


def _is_set(shared: Engine) -> bool:
    """Whether there may be a team server."""
    with own_work():
        named = unrecorded.get("HITSAVE_HUB", "").strip() or shared.settings.team.hub
        return named.lower() != "off" if named else _may_be_logged_in(unrecorded.get("XDG_CONFIG_HOME"), unrecorded.get("HITSAVE_HUB_REQUIRED"))


@cache
def _may_be_logged_in(*_of: Any) -> bool:
    from hitsave.storage.team.accounts import LOGINS_FILE, config_folder

    try:
        return os.path.exists(os.path.join(config_folder(unrecorded), LOGINS_FILE)) or bool(unrecorded.get("HITSAVE_HUB_REQUIRED"))
    except HitSaveError:
        return False
