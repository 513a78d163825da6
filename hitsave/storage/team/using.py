"""The team server of one project, for whoever asks on a person's behalf: which it is, as whom, and whom that person trusts there."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from hitsave.errors import HubError
from hitsave.storage.team.accounts import chosen_hub, config_folder
from hitsave.storage.team.client import Hub
from hitsave.storage.team.sending import Sender
from hitsave.storage.team.signing import own_key
from hitsave.storage.team.transport import Transport
from hitsave.storage.team.trust import trusted
from hitsave.structs import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from hitsave.storage.team.accounts import Login
    from hitsave.storage.team.trust import Trust


class Using(NamedTuple):
    """A team server that this user has logged in to, and a project there; `folder` has the user's logins and keys."""

    login: Login
    hub: Hub
    trust: Trust
    folder: str

    def hub_of(self, project: str) -> Hub:
        """Another project of the same server."""
        return Hub(self.hub.transport, project)

    def sender(self, environ: Mapping[str, str], *, with_source: bool) -> Sender:
        """As whom results are sent; HubError if they can't be: the token may only read, or there is no key to sign with."""
        me = self.hub.whoami()
        if "write" not in me["scopes"]:
            raise HubError(f"Your key for {self.login.address} may only read", "Ask whoever runs the server for one that may write")
        key = own_key(self.folder, environ)
        if key is None:
            raise HubError("There is no key to sign results with", f"hitsave login {self.login.address} makes one")
        return Sender(key, me["tier"], with_source)


def use(environ: Mapping[str, str], of_project: str | None, name: str, trusted_keys: Iterable[str]) -> Using:
    """The server for a project that names `of_project` (None: none), whose name there is `name`, and that trusts `trusted_keys`. HubError if there is none, or no login to it."""
    folder = config_folder(environ)
    chosen = chosen_hub(folder, environ, of_project)
    if chosen is None:
        raise HubError("There is no team server", "hitsave login ADDRESS")
    if chosen.login is None:
        raise HubError(f"You are not logged in to {chosen.address}", f"If you know that server: hitsave login {chosen.address}")
    trust = trusted(folder, environ, trusted_keys)
    return Using(chosen.login, Hub(Transport(chosen.address, chosen.login.token), name), trust, folder)


def project_name(named: str | None, root: str) -> str:
    """A project's name on the server: as its settings say, else that of its folder."""
    return named or os.path.basename(root.rstrip(os.sep)) or "project"
