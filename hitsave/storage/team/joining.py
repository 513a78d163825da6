"""Logging in: from an address and a token (or a person's approval in a browser) to a login that is kept, with a key to sign with."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final, cast

from hitsave.errors import HubError
from hitsave.storage import platform
from hitsave.storage.team.accounts import Login, write_login
from hitsave.storage.team.address import normal_address
from hitsave.storage.team.client import Hub
from hitsave.storage.team.signing import make_key
from hitsave.storage.team.transport import Transport
from hitsave.structs import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from hitsave.storage.wire import Identity

_LONGEST: Final = 900.0
_SLOWEST: Final = 30.0


class Joined(NamedTuple):
    """A login that was kept: whom the server takes this user for, and the public key that this user signs with."""

    login: Login
    me: Identity
    public: bytes


class Asked(NamedTuple):
    """What a person is to do: open `url`, and see that it shows `code`."""

    url: str
    code: str


def join(folder: str, address: str, token: str) -> Joined:
    """Keep a login with a token that the server at `address` gave; nothing is kept unless it accepts it."""
    address = normal_address(address)
    if not token or not token.isascii() or not token.isprintable() or " " in token:
        raise HubError("That is no token", "Copy it whole: it begins with hsk_")
    with Transport(address, token) as transport:
        hub = Hub(transport, "")
        hub.check_protocol()
        me = hub.whoami()
        key = make_key(folder)
        if "write" in me["scopes"]:
            hub.tell_signer(key.public, platform.host_name())
    login = Login(address, token, me["team"], me["member"])
    write_login(folder, login)
    return Joined(login, me, key.public)


def approved_token(folder: str, address: str, show: Callable[[Asked], None]) -> str:
    """A token that a person approves in the browser: `show` says where. HubError if that is refused, or takes too long."""
    address = normal_address(address)
    with Transport(address, None) as transport:
        return _approved(Hub(transport, ""), folder, show)


def _approved(hub: Hub, folder: str, show: Callable[[Asked], None]) -> str:
    address = hub.transport.address
    hub.check_protocol()
    asked: dict[str, Any] = hub.begin_login(platform.host_name(), platform.user_name(), make_key(folder).public)
    url = str(asked["url"])
    if not url.startswith(address + "/"):
        raise HubError(f"The team server at {address} wants the login approved elsewhere, which is not followed", "Log in with a token instead")
    show(Asked(url, str(asked["code"])))
    interval = min(max(float(cast("Any", asked.get("interval")) or 2), 0.5), _SLOWEST)
    deadline = time.monotonic() + _LONGEST
    while time.monotonic() < deadline:
        time.sleep(interval)
        token = hub.poll_login(str(asked["device"]))
        if token is not None:
            return token
    raise HubError("The login was not approved in time", "Try again")
