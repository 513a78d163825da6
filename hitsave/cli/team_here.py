"""The team server of the current folder's project, for the commands that speak to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitsave.storage.team.using import Using, project_name, use

if TYPE_CHECKING:
    from hitsave.cli.here import Here


def team_here(here: Here) -> Using:
    """The server and the project; HitSaveError, saying what to do, where there is none or nobody is logged in. Who is trusted in the project is trusted in its store."""
    settings = here.settings.team
    using = use(here.environ, settings.hub, project_name(settings.project, here.root), settings.trusted_keys)
    here.writable.trust = here.store.trust = using.trust
    return using
