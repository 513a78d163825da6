"""Fetches entries by symbol or ID, ahead of any call: each is verified and kept as a hit would be, whether its code is today's or not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitsave.digest import Digest
from hitsave.errors import ForgedError, UnknownEntryError
from hitsave.storage.team.receiving import land, read_offers
from hitsave.structs import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from hitsave.storage.entry import Entry
    from hitsave.storage.store import Store
    from hitsave.storage.team.client import Hub
    from hitsave.storage.team.trust import Trust
    from hitsave.storage.wire import SharedEntry

SECONDS = 60.0


class Pulled(NamedTuple):
    """What a pull came to: the entries that are here now, how many of them were before, and the signers of others whom nobody here trusts."""

    entries: tuple[Entry, ...]
    already: int
    strangers: tuple[bytes, ...]


class Pull(NamedTuple):
    """Into which store is pulled, from where, believing whom, and under which local project the entries are listed."""

    store: Store
    hub: Hub
    trust: Trust
    tiers: Collection[str]
    listed_under: str

    def symbol(self, symbol: str, told: Callable[[int, int], None] = lambda _done, _of: None) -> Pulled:
        """All done entries of a symbol."""
        rows: list[SharedEntry] = []
        after: str | None = None
        while True:
            page = self.hub.entries(symbol=symbol, after=after)
            rows += page.entries
            after = page.more
            if after is None or not page.entries:
                break
        return self._land(rows, None, told)

    def identity(self, identity: str) -> Entry:
        """The entry with this ID. UnknownEntryError if there is none, or nobody trusted has signed it."""
        found = self.hub.entry(identity)
        if found is None:
            raise UnknownEntryError(
                f"There is no entry {identity} on {self.hub.transport.address}", "hitsave pull SYMBOL fetches what there is of a function"
            )
        pulled = self._land([found[0]], found[1], lambda _done, _of: None)
        if pulled.strangers or not pulled.entries:
            from hitsave.storage.team.signing import public_text

            signer = public_text(pulled.strangers[0]) if pulled.strangers else "nobody"
            raise UnknownEntryError(
                f"The entry {identity} is signed with {signer}, which is not trusted here", "If you know whose key that is: hitsave trust KEY NAME"
            )
        return pulled.entries[0]

    def _land(self, rows: list[SharedEntry], texts: list[Digest] | None, told: Callable[[int, int], None]) -> Pulled:
        offers = read_offers(rows, project=self.hub.project, tiers=self.tiers, trust=self.trust)
        landed: list[Entry] = []
        already = 0
        for number, offer in enumerate(offers.good):
            told(number, len(offers.good))
            if self._is_here(offer.entry):
                already += 1
                landed.append(self.store.get(offer.entry.id))
                continue
            of_code = texts if texts is not None else self._texts(offer.entry.id)
            landed.append(land(self.store, self.hub, offer.entry, {}, listed_under=self.listed_under, seconds=SECONDS, texts=of_code))
        return Pulled(tuple(landed), already, tuple(dict.fromkeys(offers.strangers)))

    def _texts(self, identity: str) -> list[Digest]:
        found = self.hub.entry(identity)
        if found is None:
            raise ForgedError(f"The team server lists an entry {identity} that it does not have")
        return found[1]

    def _is_here(self, entry: Entry) -> bool:
        try:
            return self.store.get(entry.id).status == "done"
        except UnknownEntryError:
            return False
