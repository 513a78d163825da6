"""Looks up a call on the team server, after memory and the local store had nothing: what is found, and right here and now, lands in the local store, and is a hit from there."""

from __future__ import annotations

from _thread import start_new_thread
from contextlib import suppress
from contextvars import copy_context
from typing import TYPE_CHECKING, Final

from hitsave.errors import ForgedError, HitSaveError, HubError
from hitsave.freshness.check import holds
from hitsave.freshness.record import Record, decoded
from hitsave.runtime import recorder
from hitsave.runtime.lookup import Hit, Miss, guard, load, world_for
from hitsave.runtime.notices import warn_once
from hitsave.runtime.sharing import outgoing
from hitsave.runtime.sharing.deadline import Clock
from hitsave.runtime.sharing.team import Team, say, say_unusable, team_of
from hitsave.storage.team.receiving import Offer, bring_texts, land, read_offers, verified_contents
from hitsave.storage.team.signing import public_text

if TYPE_CHECKING:
    from asyncio import Future
    from collections.abc import Mapping

    from hitsave.digest import Digest
    from hitsave.storage.contents import ContentKind
    from hitsave.storage.entry import Entry
    from hitsave.storage.team.receiving import Offers

LOOKUP_SECONDS: Final = 0.3
FIRST_SECONDS: Final = 1.0
"""The first look-up of a process has to make the connection, and to load the library for it."""
REQUIRED_SECONDS: Final = 30.0
_LEAST_RATE: Final = 1 << 20
"""Bytes a second at which a large value has to come, to be waited for longer than the process's patience."""
_SHARE: Final = 0.5
"""The part of the time that computing took, which fetching the result may take at most."""


def ask(miss: Miss) -> Hit | None:
    """The result of a call from the team server, None if it has none, or can't be used. HubError only where a server is required."""
    if miss.mode != "on":
        return None
    try:
        with recorder.own_work():
            team = team_of(miss.engine)
            if team is None or team.has_nothing(miss.inputs.key):
                return None
            team.transport.prepare()
            outgoing.of(team)
            entry = _find(miss, team)
            if entry is not None:
                outgoing.of(team).nudge(lambda: bring_texts(team.store, team.hub, entry, seconds=REQUIRED_SECONDS))
        return None if entry is None else load_landed(miss, entry)
    except HubError:
        raise
    except Exception as problem:  # noqa: BLE001 - the cache must never break the program
        say(f"HitSave failed to ask the team server, with {type(problem).__name__}: {problem}. Please report it.")
        return None


async def ask_beside(miss: Miss) -> Hit | None:
    """As `ask`, on a thread of its own, so that the event loop goes on."""
    from asyncio import get_running_loop

    loop = get_running_loop()
    answer = loop.create_future()

    def beside() -> None:
        try:
            hit, problem = ask(miss), None
        except HubError as error:
            hit, problem = None, error
        with suppress(RuntimeError):  # the loop has ended
            loop.call_soon_threadsafe(_answer, answer, hit, problem)

    context = copy_context()
    start_new_thread(context.run, (beside,))
    return await answer


def _answer(answer: Future[Hit | None], hit: Hit | None, problem: HubError | None) -> None:
    if answer.done():  # the task was cancelled
        return
    if problem is None:
        answer.set_result(hit)
    else:
        answer.set_exception(problem)


def _find(miss: Miss, team: Team) -> Entry | None:
    """The call's entry, now in the local store."""
    seconds = LOOKUP_SECONDS if team.is_known else FIRST_SECONDS
    clock = Clock(REQUIRED_SECONDS if team.required else team.patience.allowance(seconds))
    if clock.seconds <= 0:
        return None
    entry: Entry | None = None
    try:
        entry = fetch(miss, team, clock)
    except ForgedError as problem:
        # Whatever else it says may be forged, too. It is left alone for as long as this process lives.
        team.patience.failed(clock.waited)
        team.patience.end(str(problem))
        _give_up(team, problem)
    except HubError as problem:
        team.patience.failed(clock.waited, retry_after=problem.retry_after)
        _give_up(team, problem)
    except HitSaveError as problem:  # the local store can't take it
        team.patience.waited(clock.waited)
        warn_once(("hub", "store", team.store.folder), f"A result of the team server could not be kept: {problem}")
    else:
        team.is_known = True
        if entry is None:
            team.patience.answered(clock.waited)
            team.note_nothing(miss.inputs.key)
        else:
            team.patience.saved(entry.wall_ns / 1e9 - clock.waited)
    return entry


def _give_up(team: Team, problem: HubError) -> None:
    if team.required:
        raise problem
    say_unusable(problem)


def fetch(miss: Miss, team: Team, clock: Clock) -> Entry | None:
    """What the server has for a call, if that is right here and now; it is in the local store then. HubError for whatever is wrong."""
    key, hub, tiers = miss.inputs.key, team.hub, team.settings.tiers
    found, sent = clock.wait_for(lambda: hub.lookup(key, tiers, seconds=REQUIRED_SECONDS))
    if not found:
        return None
    offers = read_offers(found, project=hub.project, tiers=tiers, trust=team.trust, key=key)
    _say_strangers(miss, offers)
    known = {entry.record for entry in miss.stale}
    offered = [offer for offer in offers.good if offer.entry.record not in known]
    if not offered:
        return None
    wanted: set[tuple[ContentKind, Digest]] = {("record", offer.entry.record) for offer in offered}
    records = clock.wait_for(lambda: verified_contents(hub, wanted, sent, seconds=REQUIRED_SECONDS))
    entry = _choose(miss, offered, records)
    if entry is None:
        return None
    # A large value is worth waiting for, while that costs much less than computing it, and it comes at a fair pace.
    clock.may_last(_SHARE * entry.wall_ns / 1e9)
    project = miss.memo.project_root(miss.engine)

    def arrived(count: int) -> None:
        clock.earn(count / _LEAST_RATE)

    return clock.wait_for(lambda: land(team.store, hub, entry, {**sent, **records}, listed_under=project, seconds=REQUIRED_SECONDS, arrived=arrived))


def _choose(miss: Miss, offered: list[Offer], records: Mapping[Digest, bytes]) -> Entry | None:
    """The first entry all of whose checks hold here and now."""
    with miss.engine.lock:
        world = world_for(miss)
        for offer in offered:
            record = decoded(Record, records.get(offer.entry.record))
            if record is not None and holds(record, world.expecting(record)):
                guard(miss, offer.entry, record, world)
                return offer.entry
    return None


def _say_strangers(miss: Miss, offers: Offers) -> None:
    """Say that there is a result that nobody here vouches for."""
    if offers.good or not offers.strangers:
        return
    signer = offers.strangers[0]
    key = public_text(signer) if len(signer) == 32 else "an unreadable key"
    say(
        f"The team server has a result of {miss.memo.name}() that is signed with {key}, which is not trusted here; it is computed instead."
        " hitsave trust lists whose key that may be."
    )


def load_landed(miss: Miss, entry: Entry) -> Hit | None:
    """The value of an entry that has landed."""
    if entry.extra is None:
        return load(miss, entry)
    with miss.engine.lock:  # it changes what the next look-up finds
        return load(miss, entry)
