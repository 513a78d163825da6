"""`hitsave/accept`: a person declares that what changed does not matter."""

from __future__ import annotations

import asyncio
from typing import Any

from hitsave.codegraph.symbols import Symbol
from hitsave.errors import HitSaveError
from hitsave.freshness.accepting import Proposal, propose
from hitsave.freshness.status import Reason
from hitsave.freshness.words import counted, duration
from hitsave_server.lsp import acting, contract
from hitsave_server.lsp.analysis import Analysis
from hitsave_server.lsp.picture import Picture
from hitsave_server.lsp.server import HitSaveServer
from hitsave_server.lsp.targets import chosen, find, nothing, table, text


def register(server: HitSaveServer) -> None:
    """Answer it."""

    @server.feature(contract.ACCEPT)
    async def accept_change(params: Any) -> contract.Done:
        return await accept(server, table(params))


def can_be_accepted(reason: Reason) -> bool:
    """Whether a reason is a change of code or of a variable, and that is still there."""
    return reason.kind in {"code", "capture"} and ":" in reason.subject and reason.after is not None


async def accept(server: HitSaveServer, given: dict[str, Any]) -> contract.Done:
    """Accept the change that is meant, or only say what that would make good again."""
    await server.caught_up()
    found = _change(server, given)
    if not isinstance(found, tuple):
        return found
    picture, subject = found
    proposal = await server.ask(picture.root, lambda a: proposal_of(a, subject))
    if not isinstance(proposal, Proposal):
        return nothing(proposal or "There is no such project here")
    done = _done(proposal)
    if given.get("preview") is not True:
        done = await asyncio.to_thread(acting.accept, picture.store.folder, proposal, done)
        server.analyst.look(store=True)
    return done


def proposal_of(analysis: Analysis, subject: str) -> Proposal | str:
    """What would be accepted of a symbol; or why nothing can be."""
    try:
        judged = analysis.results.spoiled()
        return propose(analysis.text, Symbol.parse(subject), judged, failures_of=lambda j: analysis.results.checklist.failures(j.entry.record))
    except HitSaveError as problem:
        return str(problem)
    except ValueError:
        return f"{subject} is not the name of anything in a program"


def _change(server: HitSaveServer, given: dict[str, Any]) -> tuple[Picture, str] | contract.Done:
    """The project, and the symbol that changed: the one that is named, else the nearest one that spoils the result that is meant."""
    subject = text(given, "subject")
    if subject is not None and text(given, "symbol") is None:
        root = text(given, "root")
        picture = next((p for p in server.pictures.values() if root in {None, p.root}), None)
        return (picture, subject) if picture is not None else nothing("There is no such project here")
    found = find(server, given)
    if found is None:
        return nothing("There is no such function here")
    picture, function = found
    judged = chosen(function, given)
    reasons = judged.reasons if judged is not None else ()
    if not reasons:
        return nothing(f"No change spoils results of {function.name}()")
    wanted = next((r for r in reasons if can_be_accepted(r) and subject in {None, r.subject}), None)
    if wanted is None:
        return nothing(f"{reasons[0].message}: that can't be accepted, only a change of code or of a variable that is still there")
    return picture, wanted.subject


def _done(proposal: Proposal) -> contract.Done:
    results = counted(len(proposal.good), "result")
    message = f"{proposal.symbol.name} changed: {results}, {duration(proposal.wall_ns)} of compute, would be good again"
    if proposal.still_stale:
        message += f"; {counted(len(proposal.still_stale), 'result')} would still be stale, because of other changes"
    size = sum(judged.entry.size for judged in proposal.good)
    return {"ok": True, "message": message, "count": len(proposal.good), "seconds": proposal.wall_ns / 1e9, "size": size}
