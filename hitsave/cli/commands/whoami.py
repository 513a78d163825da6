"""`hitsave whoami`."""

from __future__ import annotations

from typing import Annotated

import typer

from hitsave.cli.consent import JSON_HELP


def whoami(as_json: Annotated[bool, typer.Option("--json", help=JSON_HELP)] = False) -> None:
    """Say which team server is used, as whom, and with which key."""
    from hitsave.cli.here import Here
    from hitsave.cli.team_here import team_here
    from hitsave.freshness import words
    from hitsave.storage.team.signing import own_key, public_text

    with Here() as here:
        using = team_here(here)
        me = using.hub.whoami()
        key = own_key(using.folder, here.environ)
        waiting = here.store.outbox.count(using.login.address)
        expires = me.get("expires")
        if as_json:
            from hitsave.cli.shapes import print_json

            shape = {name: me[name] for name in ("team", "member", "tier", "scopes")}
            shape |= {"address": using.login.address, "project": using.hub.project, "public_key": public_text(key.public) if key else None}
            print_json({**shape, "expires": expires, "waiting": waiting})
            return
        from hitsave.cli.screen import Column, Screen

        rows = [["server", using.login.address], ["project", using.hub.project], ["member", f"{me['member']} of {me['team']}"]]
        rows += [["tier", me["tier"]], ["key may", ", ".join(me["scopes"])]]
        rows += [["key expires", words.moment(expires * 1_000_000_000)]] if isinstance(expires, int) else []
        rows += [["you sign with", public_text(key.public) if key else "no key: hitsave login makes one"]]
        rows += [["to be sent", words.counted(waiting, "result")]]
        Screen().table([Column(""), Column("", gives=True)], rows, titles=False)
