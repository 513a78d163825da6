"""Single flight between machines: who is about to compute something takes a lease for it on the team server, and who finds it taken waits for the result.

A lease only saves work. It is believed only while its owner, whom this process trusts, keeps signing that the work goes on: a server can't make anybody wait by its word alone.
How often the owner says so is a tenth of the time that it has been at work, from one second to half a minute, and who waits gives up when it is three times late.
"""

from __future__ import annotations

import base64
import binascii
import random
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Final, NamedTuple

from hitsave.digest import Digest, digest_parts
from hitsave.errors import HitSaveError, HubError, HubRefusedError
from hitsave.runtime import recorder
from hitsave.runtime.sharing import outgoing
from hitsave.runtime.sharing.asking import LOOKUP_SECONDS, REQUIRED_SECONDS, fetch, load_landed
from hitsave.runtime.sharing.deadline import Clock
from hitsave.runtime.sharing.team import Team, team_of
from hitsave.runtime.waiting import longest_wait
from hitsave.storage import platform
from hitsave.storage.packing import pack
from hitsave.storage.team.signing import signature_holds
from hitsave.storage.wire import lease_name

if TYPE_CHECKING:
    from hitsave.runtime.live import LiveWalker
    from hitsave.runtime.lookup import Hit, Miss
    from hitsave.storage.entry import Entry
    from hitsave.storage.team.client import Leased

WORTH_A_LEASE_NS: Final = 500_000_000
"""What took less the last time is computed rather than asked about once more."""
_CODE_CONTEXT: Final = "hitsave 2026 v1 lease code"
_WORD_CONTEXT: Final = b"hitsave 2026 v1 lease word\0"
_SHORTEST: Final = 1.0
_LONGEST: Final = 30.0
_PART: Final = 0.1
_LATE: Final = 3.0
_FIRST_PAUSE: Final = 0.1
_LONGEST_PAUSE: Final = 2.0
_chance: Final = random.Random()  # noqa: S311 - its own, so that the program's random numbers stay what they are


class Word(NamedTuple):
    """What an owner signed: that it was at work at `issued` (nanoseconds since 1970, by its own clock), and that it will say so again within `period` seconds."""

    issued: int
    period: float


class Held:
    """A lease that this process holds, and keeps saying so until it is given back."""

    def __init__(self, team: Team, name: Digest, token: str) -> None:
        self._team = team
        self._name = name
        self._token = token
        self._begun = time.monotonic()
        self._over = threading.Event()
        threading.Thread(target=self._keep, name="hitsave-lease", daemon=True).start()

    def give_back(self) -> None:
        """It is over; what was computed is sent first."""
        self._over.set()
        outgoing.of(self._team).nudge(lambda: self._team.hub.release(self._name, self._token))

    def _keep(self) -> None:
        with recorder.own_work():
            while not self._over.wait(_period(self._begun)):
                try:
                    _ask_for(self._team, self._name, _period(self._begun), self._token)
                except HitSaveError:
                    continue  # it may be a moment's fault; if it lasts, the lease ends, and the work may be done twice


def take(miss: Miss) -> Hit | None:
    """Take the lease for what is about to be computed, into ``miss.lease``; or wait for whoever has it, and give what came of that. Never raises a HitSaveError."""
    team = team_of(miss.engine) if miss.mode == "on" else None
    if team is None or not team.may_lease or _is_quick(miss, team):
        return None
    assert miss.walker is not None
    name = lease_name(miss.inputs.key, _code_digest(miss.walker))
    clock = Clock(REQUIRED_SECONDS if team.required else team.patience.allowance(LOOKUP_SECONDS))
    if clock.seconds <= 0:
        return None
    try:
        entry = _take(miss, team, name, clock)
    except HubRefusedError:
        team.may_lease = False
        return None
    except HubError as problem:
        team.patience.failed(clock.waited, retry_after=problem.retry_after)
        team.say(problem)
        return None
    except HitSaveError:
        return None
    return None if entry is None else load_landed(miss, entry)


def evaluated(miss: Miss, wall_ns: int) -> None:
    """An evaluation ended, after so many nanoseconds, and is stored."""
    with suppress(HitSaveError):
        team = team_of(miss.engine)
        if team is None:
            return
        team.took[str(miss.root)] = wall_ns
        team.patience.evaluated(wall_ns / 1e9)
        outgoing.of(team).nudge()


def _is_quick(miss: Miss, team: Team) -> bool:
    known = team.took.get(str(miss.root))
    if known is None and miss.stale:
        known = miss.stale[0].wall_ns
    return known is not None and known < WORTH_A_LEASE_NS


def _take(miss: Miss, team: Team, name: Digest, clock: Clock) -> Entry | None:
    """The entry that somebody else made, or None, when it is up to this process."""
    leased = clock.wait_for(lambda: _ask_for(team, name, _SHORTEST))
    seen, changed, pause = Word(0, 0.0), time.monotonic(), _FIRST_PAUSE
    longest = changed + longest_wait()
    while leased.token is None:
        word, now = read_word(leased.owner, name, team), time.monotonic()
        if word is None or now > longest:
            return None
        if word != seen:
            seen, changed = word, now
        elif now - changed > 2 * word.period + _LATE:
            team.patience.waited(now - changed)
            return None
        time.sleep(pause * _chance.uniform(0.5, 1.0))
        pause = min(pause * 1.5, _LONGEST_PAUSE)
        clock = Clock(REQUIRED_SECONDS if team.required else _LATE)
        entry = fetch(miss, team, clock)
        if entry is not None:
            return entry
        leased = clock.wait_for(lambda: _ask_for(team, name, _SHORTEST))
    miss.lease = Held(team, name, leased.token)
    return fetch(miss, team, clock)  # somebody may have finished between the look-up and now


def _ask_for(team: Team, name: Digest, period: float, token: str | None = None) -> Leased:
    word = sign_word(name, period, team)
    return team.hub.lease(name, owner=word, ttl_ms=int(1000 * (2 * period + _LATE)), token=token, seconds=REQUIRED_SECONDS)


def sign_word(name: Digest, period: float, team: Team) -> str:
    """Who is at work, for people, and the word for it, for programs."""
    key = team.signing_key()
    if key is None:
        raise HubRefusedError("There is no key to sign with")
    content = time.time_ns().to_bytes(8, "big") + int(period * 1000).to_bytes(4, "big")
    raw = key.public + content + key.sign_bytes(_WORD_CONTEXT + name + content)
    who = f"{platform.user_name()}@{platform.host_name()}"[:50].replace(" ", "-")
    return f"{who} {base64.b64encode(raw).decode()}"


def read_word(owner: str, name: Digest, team: Team) -> Word | None:
    """What the owner of a lease signed, if it is somebody trusted."""
    try:
        raw = base64.b64decode(owner.rpartition(" ")[2], validate=True)
    except (binascii.Error, ValueError):
        return None
    signer, content, signature = raw[:32], raw[32:44], raw[44:]
    if signer not in team.trust.names or not signature_holds(signer, signature, _WORD_CONTEXT + name + content):
        return None
    return Word(int.from_bytes(content[:8], "big"), min(int.from_bytes(content[8:], "big") / 1000, _LONGEST))


def _period(begun: float) -> float:
    return min(max(_PART * (time.monotonic() - begun), _SHORTEST), _LONGEST)


def _code_digest(walker: LiveWalker) -> Digest:
    """What tells apart two computations under one key: the code that they reach, and the captures that it reads."""
    code = sorted(pack([str(symbol), node.shell, node.body]) for symbol, node in walker.graph.code.items())
    values = sorted(pack([str(symbol), digest]) for symbol, digest in walker.values.items())
    return digest_parts(_CODE_CONTEXT, *code, *values)
