"""What is sent to the team server while the program goes on: the outbox, by one thread a process and server. Whatever is not sent when the process ends is sent by the next one.

Of several processes with one store, one at a time sends.
"""

from __future__ import annotations

import atexit
import os
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from hitsave.digest import digest_bytes
from hitsave.errors import HitSaveError, HubError, HubRefusedError, UnknownEntryError
from hitsave.runtime import recorder
from hitsave.runtime.forking import in_forked_child
from hitsave.runtime.sharing.team import say, say_unusable
from hitsave.storage.team.client import Hub
from hitsave.storage.team.sending import Sender, send_all, show

if TYPE_CHECKING:
    from collections.abc import Callable

    from hitsave.runtime.sharing.team import Team

EXIT_SECONDS: Final = 2.0
REQUIRED_EXIT_SECONDS: Final = 60.0
_OTHERS_SECONDS: Final = 1.0
"""After which it is looked again whether another process still sends."""
_SHOW_SECONDS: Final = 3.0
"""Between two looks at what experiments that go on have logged."""
_SENDING_CONTEXT: Final = "hitsave 2026 v1 sending"


class Outgoing:
    """The thread that speaks to one server when nobody waits for it."""

    def __init__(self, team: Team) -> None:
        self.team = team
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._jobs: list[Callable[[], None]] = []
        self._wanted = False
        self._resting = False
        self._sender: Sender | None = None
        self._ended = False
        self._shown: dict[str, int | None] = {}

    def show(self, identity: str) -> None:
        """An experiment has begun, or has failed: show it, and what it logs, until it has ended."""
        with self._changed:
            self._shown.setdefault(identity, None)
        self.nudge()

    def nudge(self, job: Callable[[], None] | None = None) -> None:
        """There is something to send, or a `job` to be done, which may raise HitSaveError, and is not done twice."""
        with self._changed:
            self._wanted = True
            if self._ended:  # it stays in the outbox
                return
            if job is not None:
                self._jobs.append(job)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="hitsave-outgoing", daemon=True)
                try:
                    self._thread.start()
                except RuntimeError:  # no more threads, or the interpreter is shutting down: it stays in the outbox
                    self._thread, self._ended = None, True
            self._changed.notify_all()

    def flush(self, seconds: float) -> bool:
        """Wait until everything is sent, `seconds` at most, and not while the server is left alone; whether it is."""
        deadline = time.monotonic() + seconds
        with self._changed:
            while self._wanted and not self._resting and self._thread is not None:
                left = deadline - time.monotonic()
                if left <= 0:
                    return False
                self._changed.wait(left)
            return not self._wanted

    def _run(self) -> None:
        with recorder.own_work():
            while True:
                with self._changed:
                    jobs, self._jobs = self._jobs, []
                    self._resting = False
                rest = self._work(jobs)
                with self._changed:
                    if rest is None and not self._jobs:
                        self._wanted = False
                    self._resting = rest is not None
                    if self._ended:
                        self._thread = None
                    self._changed.notify_all()
                    if self._ended:
                        return
                    if rest is None and not self._wanted:
                        self._changed.wait_for(lambda: self._wanted, _SHOW_SECONDS if self._shown else None)
                    elif rest is not None:
                        self._changed.wait_for(lambda: False, rest)  # what there is to send meanwhile waits, too

    def _work(self, jobs: list[Callable[[], None]]) -> float | None:
        """Do what there is to do; the seconds after which to try again, None if nothing is left."""
        try:
            rest = self._send()
            self._show_all()
        except HubRefusedError as problem:
            say(f"{problem} Results stay on this machine until it does.")
            self._ended = True
            rest = None
        except HubError as problem:
            self.team.patience.failed(0.0, retry_after=problem.retry_after)
            say_unusable(problem)
            rest = max(self.team.patience.rests_for, 0.1)
            self._ended = rest == float("inf")
        except HitSaveError:  # the store: whoever needs it next says so
            rest = None
        for job in jobs:
            with suppress(HitSaveError):
                job()
        return rest

    def _send(self) -> float | None:
        team = self.team
        outbox = team.store.outbox
        if not outbox.count(team.login.address):
            return None
        sender = self._as_whom()
        if sender is None:
            outbox.drop([waiting.number for waiting in outbox.due(team.login.address, 1_000_000, now=True)])
            return None
        alone = team.store.lock(digest_bytes(_SENDING_CONTEXT, team.login.address.encode()))
        if not alone.acquire(0):
            return _OTHERS_SECONDS
        try:
            send_all(team.store, self._hub_of, team.login.address, sender, now=False)
        finally:
            alone.release()
        return None

    def _show_all(self) -> None:
        """Show the experiments that go on, where there is something new: that they began, what they logged, that they failed. One that is done is sent as a result."""
        with self._changed:
            shown = dict(self._shown)
        for identity, last in shown.items():
            sender = self._as_whom()
            try:
                entry = self.team.store.get(identity)
            except UnknownEntryError:
                entry = None
            if sender is not None and entry is not None and entry.status != "done":
                if last is None or entry.status == "failed" or self.team.store.logged(identity, after=last):
                    self._shown[identity] = show(self.team.store, self.team.hub, sender, entry, after=last or 0)
                if entry.status == "running":
                    continue
            with self._changed:
                del self._shown[identity]

    def _hub_of(self, project: str) -> Hub:
        return Hub(self.team.transport, project)

    def _as_whom(self) -> Sender | None:
        """As whom is sent; None if this user may only read, or has no key to sign with, which is said once."""
        if self._sender is None:
            me = self.team.hub.whoami()
            key = self.team.signing_key()
            if "write" not in me["scopes"]:
                return None
            if key is None:
                say("There is no key to sign results with, so they are not shared. hitsave login makes one.")
                return None
            self._sender = Sender(key, me["tier"], self.team.settings.share_source)
        return self._sender


_outgoing: dict[str, Outgoing] = {}
_lock = threading.Lock()
_process = 0


def of(team: Team) -> Outgoing:
    """What is sent to a server by this process. What an earlier one left in the outbox is sent, too."""
    global _process  # noqa: PLW0603 - one flush a process
    with _lock:
        if _process != os.getpid():
            _process = os.getpid()
            atexit.register(flush)
        found = _outgoing.get(team.login.address)
        if found is not None and found.team is team:
            return found
        found = _outgoing[team.login.address] = Outgoing(team)
    if team.store.outbox.count(team.login.address):
        found.nudge()
    return found


def flush() -> None:
    """Give what is still to be sent a moment, when the process ends: as much patience as is left, two seconds at most; a minute where a server is required."""
    if _process != os.getpid():
        return
    for outgoing in list(_outgoing.values()):
        team = outgoing.team
        if outgoing.flush(REQUIRED_EXIT_SECONDS if team.required else team.patience.left(EXIT_SECONDS)) or not team.required:
            continue
        say(f"Not all results could be sent to {team.login.address}. hitsave sync sends the rest.")


def _begin_again() -> None:
    """Threads and connections are the parent's."""
    global _lock  # noqa: PLW0603 - it may have been held
    _lock = threading.Lock()
    _outgoing.clear()


in_forked_child(_begin_again)
