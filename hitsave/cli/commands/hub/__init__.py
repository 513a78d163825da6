"""`hitsave hub`: run the team server, and look after its accounts and what it keeps."""

from __future__ import annotations

import typer

from hitsave.cli.commands.hub.check import fsck, tidy
from hitsave.cli.commands.hub.keys import key_add, key_list, key_revoke
from hitsave.cli.commands.hub.projects import project_budget, project_list
from hitsave.cli.commands.hub.serve import migrate, serve
from hitsave.cli.commands.hub.users import user_add, user_disable, user_link, user_list


def hub_app() -> typer.Typer:
    """The commands below `hitsave hub`."""
    app = typer.Typer(help="Run the team server, and look after it.", no_args_is_help=True)
    for command in (serve, migrate, fsck, tidy):
        app.command(command.__name__)(command)
    for name, said, commands in (
        ("user", "The members of a team.", {"add": user_add, "list": user_list, "link": user_link, "disable": user_disable}),
        ("key", "API keys of members and of CI.", {"add": key_add, "list": key_list, "revoke": key_revoke}),
        ("project", "What projects take, and may take.", {"list": project_list, "budget": project_budget}),
    ):
        group = typer.Typer(help=said, no_args_is_help=True)
        for word, command in commands.items():
            group.command(word)(command)
        app.add_typer(group, name=name)
    return app
