"""Single flight between machines: who is about to compute something takes a lease for it on the team server, and who finds it taken waits for the result.

A lease only saves work. It is believed only while its owner, whom this process trusts, keeps signing that the work goes on (`words`): a server can't make anybody wait by its word alone.
What a process waits without such a word, a fresh one, is paid from its `Patience`. Time that was shown to be somebody's work is not, and earns a little patience of its own.
"""

from __future__ import annotations

import random
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from hitsave.digest import Digest, digest_parts
from hitsave.errors import HitSaveError, HubError, HubRefusedError
from hitsave.runtime import recorder
from hitsave.runtime.sharing import outgoing
from hitsave.runtime.sharing.asking import LOOKUP_SECONDS, REQUIRED_SECONDS, fetch, load_landed
from hitsave.runtime.sharing.deadline import Clock
from hitsave.runtime.sharing.team import Team, say_unusable, team_of
from hitsave.runtime.sharing.words import asker, has_word, read_word, sign_word
from hitsave.runtime.waiting import longest_wait
from hitsave.storage.packing import pack
from hitsave.storage.team.patience import LIMIT, SHARE
from hitsave.storage.wire import lease_name

if TYPE_CHECKING:
    from hitsave.runtime.live import LiveWalker
    from hitsave.runtime.lookup import Hit, Miss
    from hitsave.storage.entry import Entry
    from hitsave.storage.team.client import Leased

WORTH_A_LEASE_NS: Final = 500_000_000
"""What took less the last time is computed rather than asked about once more."""
_CODE_CONTEXT: Final = "hitsave 2026 v1 lease code"
_PERIOD: Final = 0.6
"""Seconds between two words of an owner."""
_TTL_MS: Final = 1_500
"""How long a lease outlives its last word: less than those who wait have patience, so that one of them takes it over from an owner that was killed."""
_REQUIRED_TTL_MS: Final = 15_000
"""The same where a server is required, and those who wait have more."""
_FIRST_PAUSE: Final = 0.1
_LONGEST_PAUSE: Final = 1.0
_PAUSE_SHARE: Final = 0.02
"""The part of the time that it has waited, for which who waits leaves the server alone."""
_chance: Final = random.Random()  # noqa: S311 - its own, so that the program's random numbers stay what they are


class Held:
    """A lease that this process holds, and keeps saying so until it is given back."""

    def __init__(self, team: Team, name: Digest, token: str) -> None:
        self._team = team
        self._name = name
        self._token = token
        self._over = threading.Event()
        threading.Thread(target=self._keep, name="hitsave-lease", daemon=True).start()

    def give_back(self) -> None:
        """It is over; what was computed is sent first."""
        self._over.set()
        outgoing.of(self._team).nudge(lambda: self._team.hub.release(self._name, self._token))

    def _keep(self) -> None:
        with recorder.own_work():
            while not self._over.is_set():
                with suppress(HitSaveError):  # it may be a moment's fault; if it lasts, the lease ends, and the work may be done twice
                    renewed = _ask_for(self._team, self._name, sign_word(self._name, self._team), self._token)
                    self._token = renewed.token or self._token  # another one, where it had ended and nobody had taken it
                self._over.wait(_PERIOD)


class Waiting:
    """The account of a wait for who holds a lease. `proven`: until when (by the monotonic clock) that one is known to have been at work."""

    def __init__(self, team: Team, name: Digest) -> None:
        self._team = team
        self._name = name
        self._patience = REQUIRED_SECONDS if team.required else team.patience.left(LIMIT)
        self._begun = self._proven = time.monotonic()
        self._longest = self._begun + longest_wait()
        self._seen = 0

    def hear(self, owner: str) -> bool:
        """Take in what the owner says; whether there is anything to wait for."""
        now = time.monotonic()
        if has_word(owner):
            word = read_word(owner, self._name, self._team)
            if word is None:
                return False
            if word.issued > self._seen:
                self._seen = word.issued
                self._proven = max(self._proven, min(now, now - word.age()))
        return self.left() > 0.0 and now < self._longest

    def left(self) -> float:
        """Seconds that may still be waited without another word."""
        return self._patience + SHARE * (self._proven - self._begun) - self.vain()

    def vain(self) -> float:
        """Seconds that were waited without a word."""
        return time.monotonic() - self._proven

    def pause(self) -> None:
        """Leave the server alone for a moment."""
        longest = min(max(_PAUSE_SHARE * (time.monotonic() - self._begun), _FIRST_PAUSE), _LONGEST_PAUSE)
        time.sleep(min(longest * _chance.uniform(0.5, 1.0), max(self.left(), 0.0)))


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
        leased = clock.wait_for(lambda: _ask_for(team, name, asker()))
        if leased.token is None:
            entry = _wait(miss, team, name, leased)
        else:
            miss.lease = Held(team, name, leased.token)
            entry = fetch(miss, team, clock)  # somebody may have finished between the look-up and now
            team.patience.answered(clock.waited)
    except HubRefusedError:
        team.may_lease = False
        return None
    except HubError as problem:
        team.patience.failed(clock.waited, retry_after=problem.retry_after)
        say_unusable(problem)
        return None
    except HitSaveError:
        return None
    return None if entry is None else load_landed(miss, entry)


def _wait(miss: Miss, team: Team, name: Digest, leased: Leased) -> Entry | None:
    """The entry that whoever holds the lease makes; or None, when it is up to this process."""
    waiting = Waiting(team, name)
    entry: Entry | None = None
    try:
        while entry is None and leased.token is None:
            if not waiting.hear(leased.owner):
                return None
            waiting.pause()
            clock = Clock(waiting.left())
            entry = fetch(miss, team, clock)
            if entry is None:
                leased = clock.wait_for(lambda: _ask_for(team, name, asker()))
        if leased.token is not None:
            miss.lease = Held(team, name, leased.token)
            entry = fetch(miss, team, Clock(waiting.left()))
        return entry
    finally:
        if entry is None:
            team.patience.waited(waiting.vain())


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


def _ask_for(team: Team, name: Digest, owner: str, token: str | None = None) -> Leased:
    ttl_ms = _REQUIRED_TTL_MS if team.required else _TTL_MS
    return team.hub.lease(name, owner=owner, ttl_ms=ttl_ms, token=token, seconds=REQUIRED_SECONDS)


def _code_digest(walker: LiveWalker) -> Digest:
    """What tells apart two computations under one key: the code that they reach, and the captures that it reads."""
    code = sorted(pack([str(symbol), node.shell, node.body]) for symbol, node in walker.graph.code.items())
    values = sorted(pack([str(symbol), digest]) for symbol, digest in walker.values.items())
    return digest_parts(_CODE_CONTEXT, *code, *values)
