"""The part of a store that a team server has to do with: what came from one, and what is to be sent to one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitsave.storage.faults import translated
from hitsave.storage.reading import Reading
from hitsave.structs import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hitsave.digest import Digest
    from hitsave.storage.entry import Entry
    from hitsave.storage.landing import Landing
    from hitsave.storage.team.outbox import Outbox


class HubProject(NamedTuple):
    """A project on a team server: the server's address, and the project's name there."""

    hub: str
    project: str


class Exchanging(Reading):
    """What `Store` adds the rest to."""

    @translated
    def land(self, landing: Landing) -> Entry:
        """Keep an entry of another machine, as it was signed; the entry as it is here. ForgedError if its bytes are not what it says."""
        from hitsave.storage.landing import land

        self._prepare()
        return land(self._database, self._blobs, self._damage, landing)

    @translated
    def add_texts(self, snapshot: Digest, texts: Mapping[Digest, bytes]) -> None:
        """Keep texts of a Snapshot that came without them."""
        from hitsave.storage.landing import add_texts

        add_texts(self._database, self._damage, snapshot, texts)

    @property
    def outbox(self) -> Outbox:
        """What is still to be sent to a team server."""
        from hitsave.storage.team.outbox import Outbox

        return Outbox(self._database)

    def _prepare(self) -> None:
        raise NotImplementedError
