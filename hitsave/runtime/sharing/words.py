"""The word of who is at work on something: signed by a member, so that a server can neither make one nor pass an old one off as new.

It travels as the `owner` of a lease: who that is, for people, and behind a space the signed part, in base64. Who only asks for a lease signs nothing:
a server could show that to others as the word of somebody who is at work.
"""

from __future__ import annotations

import base64
import binascii
import time
from typing import TYPE_CHECKING, Final, NamedTuple

from hitsave.errors import HubRefusedError
from hitsave.storage import platform
from hitsave.storage.team.signing import signature_holds

if TYPE_CHECKING:
    from hitsave.digest import Digest
    from hitsave.runtime.sharing.team import Team

_CONTEXT: Final = b"hitsave 2026 v1 lease word\0"
_KEY_SIZE: Final = 32
_TIME_SIZE: Final = 8
_AHEAD: Final = 0.5
"""Seconds that the clock of another machine may be ahead of this one's."""


class Word(NamedTuple):
    """That its signer was at work, at `issued` by the signer's clock: nanoseconds since 1970."""

    issued: int

    def age(self) -> float:
        """Seconds since it was given, by this machine's clock. Infinite for one from the future, which could be kept back and shown later."""
        age = (time.time_ns() - self.issued) / 1e9
        return age if age > -_AHEAD else float("inf")


def sign_word(name: Digest, team: Team) -> str:
    """The word that this process is at work, now, on what the lease `name` is for."""
    key = team.signing_key()
    if key is None:
        raise HubRefusedError("There is no key to sign with")
    issued = time.time_ns().to_bytes(_TIME_SIZE, "big")
    raw = key.public + issued + key.sign_bytes(_CONTEXT + name + issued)
    return f"{asker()} {base64.b64encode(raw).decode()}"


def asker() -> str:
    """Who this is, for people."""
    return f"{platform.user_name()}@{platform.host_name()}"[:50].replace(" ", "-")


def has_word(owner: str) -> bool:
    """Whether the owner of a lease has given a word, whatever it is worth; not yet, where the lease has just been given."""
    return " " in owner


def read_word(owner: str, name: Digest, team: Team) -> Word | None:
    """The word of a lease's owner, if that is somebody trusted; else None."""
    try:
        raw = base64.b64decode(owner.rpartition(" ")[2], validate=True)
    except (binascii.Error, ValueError):
        return None
    signer, issued, signature = raw[:_KEY_SIZE], raw[_KEY_SIZE : _KEY_SIZE + _TIME_SIZE], raw[_KEY_SIZE + _TIME_SIZE :]
    if signer not in team.trust.names or not signature_holds(signer, signature, _CONTEXT + name + issued):
        return None
    return Word(int.from_bytes(issued, "big"))
