"""From a symbol that changed to what would be accepted of it: the change that a person is shown, and the results that it would make good."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from hitsave.codegraph.graph import BARE
from hitsave.codegraph.symbols import Symbol
from hitsave.digest import Digest
from hitsave.errors import UnknownSymbolError
from hitsave.freshness.accepted import Acceptance, keep, of_capture, of_code
from hitsave.freshness.check import Failure, World, answer, failures
from hitsave.freshness.judging import Judged
from hitsave.freshness.literals import literal_digest
from hitsave.freshness.project_text import ProjectText
from hitsave.freshness.record import CaptureCheck, CodeCheck
from hitsave.storage.store import Store


@dataclass(frozen=True, slots=True)
class Proposal:
    """What would be accepted: a change of `symbol` from the text `before` to `after`.

    `changes`    the checks that held then, with those that hold now.
    `good`       the entries that this makes good; `still_stale` those of that text that other changes spoil, too.
    `others`     how many other texts of the symbol stored results have, from each of which there is a change of its own.
    """

    symbol: Symbol
    before: str | None
    after: str | None
    changes: tuple[tuple[CodeCheck | CaptureCheck, CodeCheck | CaptureCheck], ...]
    good: tuple[Judged, ...]
    still_stale: tuple[Judged, ...]
    others: int

    @property
    def wall_ns(self) -> int:
        """The compute that needs not be done again."""
        return sum(judged.entry.wall_ns for judged in self.good)


def propose(
    text: ProjectText,
    symbol: Symbol,
    judged: Iterable[Judged],
    *,
    all_texts: bool = False,
    failures_of: Callable[[Judged], Iterable[Failure]] | None = None,
) -> Proposal:
    """The change of `symbol` since the newest of these entries that it spoils; with `all_texts`, since any of them. `failures_of`, who knows them already, gives the checks of an entry's Record that don't hold.

    UnknownSymbolError, which says why, if there is no change of it that could be accepted.
    """
    name, world = str(symbol), text.world

    def of_record(item: Judged) -> Iterable[Failure]:
        return failures(item.record, world) if item.record is not None else ()

    spoiled: list[tuple[Judged, bytes | None, CodeCheck | CaptureCheck]] = []
    for item in judged:
        if item.record is None or item.state not in {"stale", "cannot_tell"}:
            continue
        for check in (*item.record.code, *item.record.captures):
            if check.symbol == name and answer(check, world) not in {"same", "assumed"}:
                texts = item.snapshot.by_symbol() if item.snapshot is not None else {}
                spoiled.append((item, texts[name].text if name in texts else None, check))
    if not spoiled:
        raise UnknownSymbolError(f"No stored result is spoiled by a change of {symbol.name}", f"hitsave why {symbol.name} says what is stored of it")
    newest = spoiled[0][1]
    chosen = [row for row in spoiled if all_texts or row[1] == newest]
    changes = tuple(dict.fromkeys((check, _now(check, world)) for _, _, check in chosen))
    touched = {item.entry.id: item for item, _, _ in chosen}
    accepted = {before for before, _ in changes}
    good = [item for item in touched.values() if all(f.answer == "assumed" or f.check in accepted for f in (failures_of or of_record)(item))]
    kept = {item.entry.id for item in good}
    return Proposal(
        symbol,
        text.store.text(Digest(newest)) if newest is not None else None,
        _text_now(symbol, world),
        changes,
        tuple(good),
        tuple(item for item in touched.values() if item.entry.id not in kept),
        len({row[1] for row in spoiled} - {row[1] for row in chosen}),
    )


def accept(store: Store, proposal: Proposal, *, user: str, note: str = "") -> list[Acceptance]:
    """Declare, as `user`, that the change does not matter; from now on freshness and the runtime go by it."""
    made = [
        of_code(before, after, user=user, note=note)
        if isinstance(before, CodeCheck) and isinstance(after, CodeCheck)
        else of_capture(before, after, user=user, note=note)  # pyright: ignore[reportArgumentType] - the two are of one kind
        for before, after in proposal.changes
    ]
    keep(store, made)
    return made


def _now(check: CodeCheck | CaptureCheck, world: World) -> CodeCheck | CaptureCheck:
    """The check that the text as it is now would pass."""
    symbol = Symbol.parse(check.symbol)
    if isinstance(check, CodeCheck):
        node = world.code(symbol, documented=check.documented, bare=check.kind == BARE)
        if node is None:
            raise UnknownSymbolError(
                f"{symbol.name} is gone, and what is gone can't be accepted", "Undo its removal, or run again what depended on it"
            )
        return check._replace(kind=node.kind, shell=node.shell, body=node.without(check.left_out))
    maker = world.maker(symbol)
    if maker is None:
        raise UnknownSymbolError(f"{symbol.name} is gone, and what is gone can't be accepted", "Undo its removal, or run again what depended on it")
    if check.value is None:
        return check._replace(made_by=maker.digest)
    value = literal_digest(maker)
    if value is None:
        raise UnknownSymbolError(f"What {symbol.name} holds is computed, so only a run can tell its value", "Run what depends on it again")
    return check._replace(value=value, made_by=maker.digest)


def _text_now(symbol: Symbol, world: World) -> str | None:
    definition: Callable[[Symbol], object] | None = getattr(world, "definition", None)
    found = definition(symbol) if definition is not None else None
    maker = world.maker(symbol) if found is None else None
    return getattr(found or maker, "text", None)
