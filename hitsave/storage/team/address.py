"""Addresses of team servers: what one may look like, and its origin, which tokens are bound to."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

from hitsave.errors import HubError

_PORTS: Final = {"https": 443, "http": 80}
_LOOPBACK: Final = re.compile(r"localhost|127(?:\.\d{1,3}){3}|::1", re.ASCII)
_PATH: Final = re.compile(r"[A-Za-z0-9/._~-]*")


def normal_address(text: str) -> str:
    """The address of a team server as it is kept: with its scheme, in lower case but for the path, and without a slash at the end.

    HubError if it can't be one, or if what is sent there could be read on the way: only a server on this machine may be spoken to without TLS.

    >>> normal_address("hub.example/team/")
    'https://hub.example/team'
    """
    text = text.strip()
    parts = urlsplit(text if "://" in text else f"https://{text}")
    try:
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port = "", None
    if parts.scheme not in _PORTS or not host or parts.username is not None or parts.query or parts.fragment or not _PATH.fullmatch(parts.path):
        raise HubError(f"{text!r} is not the address of a team server", "Write it like https://hub.example")
    if parts.scheme == "http" and not _LOOPBACK.fullmatch(host):
        raise HubError(f"{text} is not encrypted, so anyone on the way could read the token", f"Use https://{parts.netloc}{parts.path}")
    shown = f"[{host}]" if ":" in host else host
    place = shown if port in {None, _PORTS[parts.scheme]} else f"{shown}:{port}"
    return f"{parts.scheme}://{place}{parts.path.rstrip('/')}"


def origin_of(address: str) -> str:
    """Scheme, host and port of a normal address.

    >>> origin_of("https://hub.example/team")
    'https://hub.example'
    """
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def is_loopback(address: str) -> bool:
    """Whether a normal address is of this machine."""
    return bool(_LOOPBACK.fullmatch(urlsplit(address).hostname or ""))
