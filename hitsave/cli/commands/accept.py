"""`hitsave accept`: declare that a change of one function or variable does not matter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from hitsave.cli.completing import complete_symbol
from hitsave.cli.consent import JSON_HELP, YES_HELP

if TYPE_CHECKING:
    from hitsave.cli.here import Here
    from hitsave.cli.shapes import Shape
    from hitsave.freshness.accepted import Acceptance
    from hitsave.freshness.accepting import Proposal


def accept(
    asked: Annotated[
        str | None,
        typer.Argument(
            metavar="SYMBOL",
            help="The function, class or variable that changed: a name, module:name or file.py:name.",
            autocompletion=complete_symbol,
        ),
    ] = None,
    note: Annotated[str, typer.Option("--note", help="Why it does not matter, for the record.")] = "",
    every: Annotated[bool, typer.Option("--every", help="Since any text of it that results were computed with, not only the newest.")] = False,
    undo: Annotated[bool, typer.Option("--undo", help="Take back all that was accepted of SYMBOL.")] = False,
    listed: Annotated[bool, typer.Option("--list", help="List what was accepted.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help=YES_HELP)] = False,
    as_json: Annotated[bool, typer.Option("--json", help=JSON_HELP)] = False,
) -> None:
    """Declare that a change of one function does not matter.

    Shows the change, and which results would be good again. It is put on record with your name, holds through later edits elsewhere, and ends with the next change of SYMBOL itself.
    """
    from hitsave.cli.here import Here
    from hitsave.errors import HitSaveError

    with Here() as here:
        if listed:
            _list(here, as_json=as_json)
            return
        if asked is None:
            raise HitSaveError("There is nothing said of what to accept", "Name what changed; hitsave why names it")
        if undo:
            _undo(here, asked, as_json=as_json)
            return
        _accept(here, asked, note, every=every, yes=yes, as_json=as_json)


def _accept(here: Here, asked: str, note: str, *, every: bool, yes: bool, as_json: bool) -> None:
    from hitsave.cli.consent import ask
    from hitsave.cli.finding import find_any_symbol
    from hitsave.freshness import accepting, words
    from hitsave.freshness.judging import Judge
    from hitsave.storage.listing import Filter
    from hitsave.storage.platform import user_name

    symbol = find_any_symbol(here, asked)
    here.readable(symbol)
    judged = Judge(here.store, here.root, here.text).judge(here.store.list(Filter(project=here.root, status="done"), limit=None))
    proposal = accepting.propose(here.text(), symbol, judged, all_texts=every)
    if not as_json:
        _say(proposal)
    what = f"{words.counted(len(proposal.good), 'result')} ({words.duration(proposal.wall_ns)} of compute)"
    done = ask(f"Declare that this change does not matter, which makes {what} good again?", yes=yes)
    made = accepting.accept(here.writable, proposal, user=user_name(), note=note) if done else []
    if as_json:
        from hitsave.cli.shapes import print_json, seconds

        print_json(
            {
                "done": done,
                "symbol": str(symbol),
                "before": proposal.before,
                "after": proposal.after,
                "good": [j.entry.id for j in proposal.good],
                "still_stale": [j.entry.id for j in proposal.still_stale],
                "other_texts": proposal.others,
                "compute_seconds": seconds(proposal.wall_ns),
                "accepted": [_shape(a) for a in made],
            }
        )
        return
    from hitsave.cli.screen import Screen

    Screen().say(f"Accepted; hitsave accept {asked} --undo takes it back." if done else "Nothing was accepted.")


def _say(proposal: Proposal) -> None:
    from hitsave.cli.screen import Screen
    from hitsave.freshness import words

    screen = Screen()
    screen.difference(proposal.before, proposal.after, str(proposal.symbol))
    screen.say()
    screen.say(f"{words.counted(len(proposal.good), 'result')}, {words.duration(proposal.wall_ns)} of compute, would be good again.")
    if proposal.still_stale:
        screen.say(f"{words.counted(len(proposal.still_stale), 'result')} would still be stale, because of other changes.", style="dim")
    if proposal.others:
        screen.say(
            f"Results were computed with {words.counted(proposal.others, 'other text')} of it, too: --every accepts the change from each.",
            style="dim",
        )


def _undo(here: Here, asked: str, *, as_json: bool) -> None:
    from hitsave.cli.screen import Screen
    from hitsave.errors import UnknownSymbolError
    from hitsave.freshness import words
    from hitsave.freshness.accepted import acceptances, withdraw

    names = {a.symbol for a in acceptances(here.store)}
    matching = sorted(n for n in names if asked in {n, n.partition(":")[2]} or n.replace(":", ".").endswith("." + asked))
    if len(matching) != 1:
        raise UnknownSymbolError(
            f"{asked} may mean {words.listed(matching, last='or')}" if matching else f"Nothing was accepted of {asked}",
            "hitsave accept --list shows what was",
        )
    count = withdraw(here.writable, matching[0])
    if as_json:
        from hitsave.cli.shapes import print_json

        print_json({"symbol": matching[0], "withdrawn": count})
        return
    Screen().say(f"Took back {words.counted(count, 'declaration')} about {matching[0]}.")


def _list(here: Here, *, as_json: bool) -> None:
    from hitsave.freshness.accepted import acceptances

    found = acceptances(here.store)
    if as_json:
        from hitsave.cli.shapes import print_json

        print_json({"accepted": [_shape(a) for a in found]})
        return
    from hitsave.cli.screen import Column, Screen
    from hitsave.freshness import words

    screen = Screen()
    if not found:
        screen.say("Nothing was accepted.")
        return
    rows = {(a.symbol, a.at_ns): [a.symbol, words.moment(a.at_ns), a.user, a.note] for a in found}
    screen.table([Column("ACCEPTED CHANGE OF", gives=True), Column("WHEN"), Column("BY"), Column("NOTE", gives=True)], rows.values())


def _shape(acceptance: Acceptance) -> Shape:
    from hitsave.freshness import words

    return {
        "symbol": acceptance.symbol,
        "what": acceptance.what,
        "before": [part.hex() if isinstance(part, bytes) else part for part in acceptance.before],
        "after": [part.hex() if isinstance(part, bytes) else part for part in acceptance.after],
        "user": acceptance.user,
        "at": words.iso(acceptance.at_ns),
        "note": acceptance.note,
    }
