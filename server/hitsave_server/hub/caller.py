"""Who asks, and what they may do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from hitsave.storage.wire import TIERS, Tier
from hitsave_server.hub.refusals import forbidden

Scope = Literal["read", "write", "admin"]
SCOPES: Final[tuple[Scope, ...]] = ("read", "write", "admin")

_ALL_TIERS: Final[frozenset[Tier]] = frozenset(TIERS)
_TRUSTED_TIERS: Final[frozenset[Tier]] = frozenset(TIERS[:2])


@dataclass(frozen=True, slots=True)
class Caller:
    """A member of a team, through one key. `projects` None: all of the team's."""

    team: int
    team_name: str
    member: int
    member_name: str
    key: str
    scopes: frozenset[str]
    tier: Tier
    projects: frozenset[str] | None
    expires: int | None

    def must(self, scope: Scope) -> None:
        """403 unless the key has this scope."""
        if scope not in self.scopes:
            raise forbidden(f"this needs a key that may {scope}")

    def may_see(self, project: str) -> bool:
        """Whether the key is good for this project."""
        return self.projects is None or project in self.projects

    @property
    def readable(self) -> frozenset[Tier]:
        """The tiers that it is given entries of. What untrusted runs made is for untrusted runs."""
        return _ALL_TIERS if self.tier == "untrusted" else _TRUSTED_TIERS
