"""`hitsave sync`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from hitsave.cli.consent import JSON_HELP

if TYPE_CHECKING:
    from hitsave.cli.here import Here
    from hitsave.storage.team.sending import Sent
    from hitsave.storage.team.using import Using


def sync(as_json: Annotated[bool, typer.Option("--json", help=JSON_HELP)] = False) -> int:
    """Send now what is still to be sent to the team server.

    Exits with 1 if something could not be sent.
    """
    from hitsave.cli.here import Here
    from hitsave.cli.team_here import team_here

    with Here() as here:
        using = team_here(here)
        return say_sent(here, using, send_waiting(here, using, quiet=as_json), as_json=as_json)


def send_waiting(here: Here, using: Using, *, quiet: bool) -> Sent:
    """Send the outbox of the project's server, with a bar."""
    from hitsave.cli.progress import shown_progress
    from hitsave.storage.team.sending import send_all

    sender = using.sender(here.environ, with_source=here.settings.team.share_source)
    waiting = here.store.outbox.count(using.login.address)
    with shown_progress(quiet=quiet) as told:

        def show(so_far: Sent) -> bool:
            told("sending", sum(so_far), waiting)
            return True

        return send_all(here.writable, using.hub_of, using.login.address, sender, now=True, told=show)


def say_sent(here: Here, using: Using, sent: Sent, *, as_json: bool) -> int:
    """Say what was sent and what is left, and why; the exit status."""
    from hitsave.freshness import words

    left = [waiting for waiting in here.store.outbox.all() if waiting.hub == using.login.address]
    if as_json:
        from hitsave.cli.shapes import print_json

        print_json(
            {"address": using.login.address, "sent": sent.sent, "left": [{"id": w.id, "attempts": w.attempts, "problem": w.problem} for w in left]}
        )
        return 1 if left else 0
    from hitsave.cli.screen import Screen

    screen = Screen()
    screen.say(f"Sent {words.counted(sent.sent, 'result')} to {using.login.address}." if sent.sent else "There was nothing to send.")
    for waiting in left:
        screen.say(f"{waiting.id}  not sent: {waiting.problem or 'another process is at it'}")
    return 1 if left else 0
