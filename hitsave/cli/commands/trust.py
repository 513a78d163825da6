"""`hitsave trust`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from hitsave.cli.consent import JSON_HELP

if TYPE_CHECKING:
    from hitsave.cli.here import Here


def trust(
    key: Annotated[str | None, typer.Argument(metavar="[KEY]", help="A member's public key, as hitsave whoami shows it to that member.")] = None,
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="Whose it is, for you to read.")] = None,
    remove: Annotated[bool, typer.Option("--remove", help="Trust this key no more: what it signed is not used, copies here included.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help=JSON_HELP)] = False,
) -> None:
    """List whose results are used, or add a key, or remove one.

    A stored result is code: only those are loaded that somebody has signed whom you trust. Ask the member for the key, not the server.
    """
    from hitsave.cli.here import Here
    from hitsave.errors import HitSaveError
    from hitsave.storage.team.accounts import config_folder
    from hitsave.storage.team.signing import public_text, read_public
    from hitsave.storage.team.trust import read_trusted, write_trusted

    with Here() as here:
        folder = config_folder(here.environ)
        if key is not None:
            try:
                public = read_public(key)
            except ValueError as problem:
                raise HitSaveError(f"{key!r} is no public key", str(problem)) from problem
            names = read_trusted(folder)
            if remove and names.pop(public, None) is None:
                raise HitSaveError(
                    f"{public_text(public)} is not among the keys that you trust", "One that the project lists is removed in its pyproject.toml"
                )
            if not remove and not name:
                raise HitSaveError("It was not said whose key that is", f"hitsave trust {key} NAME")
            write_trusted(folder, names if remove else names | {public: " ".join((name or "").split())})
        _list(here, folder, as_json=as_json)


def _list(here: Here, folder: str, *, as_json: bool) -> None:
    from hitsave.storage.team.signing import own_key, public_text
    from hitsave.storage.team.trust import project_keys, read_trusted

    own = own_key(folder, here.environ)
    by_project = "the project" if "HITSAVE_TRUSTED_KEYS" not in here.environ else "HITSAVE_TRUSTED_KEYS"
    rows = [(own.public, "you", "yourself")] if own is not None else []
    rows += [(public, name, "you") for public, name in read_trusted(folder).items()]
    rows += [(public, name, by_project) for public, name in project_keys(here.environ, here.settings.team.trusted_keys).items()]
    if as_json:
        from hitsave.cli.shapes import print_json

        print_json({"trusted": [{"public_key": public_text(public), "name": name, "by": by} for public, name, by in rows]})
        return
    from hitsave.cli.screen import Column, Screen

    screen = Screen()
    if not rows:
        screen.say("Nobody is trusted here, so no result of anyone else is used.")
        return
    screen.table([Column("KEY"), Column("WHOSE", gives=True), Column("TRUSTED BY")], [[public_text(public), name, by] for public, name, by in rows])
