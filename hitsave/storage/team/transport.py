"""HTTP to one team server, through httpx: the only module that knows it.

Redirects are not followed, no compression of HTTP's own is asked for or undone, and no more than `most` bytes of an answer are ever held.
"""

from __future__ import annotations

import os
import time
from _thread import allocate_lock
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Final, Self

from hitsave.errors import ForgedError, HubError
from hitsave.storage.team.address import is_loopback
from hitsave.storage.team.signing import INSTALL
from hitsave.structs import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    Arrived = Callable[[int], None]

CONNECT_SECONDS: Final = 2.0
_READ_SECONDS: Final = 10.0
_AGENT: Final = "hitsave"


class Reply(NamedTuple):
    """An answer: status, headers (names in lower case) and body."""

    status: int
    headers: Mapping[str, str]
    content: bytes | bytearray


class Transport:
    """Requests to the server at `address`, with `token`; of any number of threads. Connections are kept, and left behind by a forked child."""

    def __init__(self, address: str, token: str | None) -> None:
        self.address = address
        self._token = token
        self._lock = allocate_lock()
        self._client: Any = None
        self._process = 0

    def send(
        self,
        method: str,
        path: str,
        content: bytes | Iterator[memoryview] | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        most: int,
        seconds: float,
        arrived: Arrived | None = None,
    ) -> Reply:
        """Ask, and read the answer, which may take `seconds` and have `most` bytes. HubError if there is none; what its status means is the caller's to say.

        `arrived` is told of each piece of it how many bytes that has.
        """
        httpx = _httpx()
        deadline = time.monotonic() + seconds
        timeout = httpx.Timeout(min(seconds, _READ_SECONDS), connect=min(CONNECT_SECONDS, seconds))
        try:
            with self._connected(httpx).stream(method, self.address + path, content=content, headers=headers, timeout=timeout) as answer:
                if 300 <= answer.status_code < 400:
                    raise HubError(
                        f"The team server at {self.address} sends its clients elsewhere, which is not followed", "If it has moved, log in there"
                    )
                if answer.headers.get("content-encoding", "identity") != "identity":
                    raise ForgedError(f"The team server at {self.address} sent something compressed that was not asked for")
                return Reply(answer.status_code, answer.headers, _read(answer, most, deadline, self.address, arrived))
        except httpx.TimeoutException as problem:
            raise HubError(f"The team server at {self.address} does not answer in time") from problem
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as problem:
            raise HubError(f"The team server at {self.address} can't be reached: {_reason(problem)}") from problem

    def prepare(self) -> None:
        """Load what requests are made with, which takes a while and nothing from the network."""
        self._connected(_httpx())

    def close(self) -> None:
        """Close the connections; they open again if the transport is used again."""
        with self._lock:
            client, self._client = self._client, None
        if client is not None and self._process == os.getpid():
            client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _connected(self, httpx: Any) -> Any:
        with self._lock:
            if self._process != os.getpid():
                _left_behind.append(self._client)  # its sockets are the parent's, too; closing them would end what it says there
                self._client, self._process = None, os.getpid()
            if self._client is None:
                headers = {"Accept-Encoding": "identity", "User-Agent": _AGENT}
                if self._token is not None:
                    headers["Authorization"] = f"Bearer {self._token}"
                # What is on this machine is not reached through a proxy of the network's, which could read along.
                own, encrypted = is_loopback(self.address), self.address.startswith("https:")
                self._client = httpx.Client(headers=headers, follow_redirects=False, trust_env=not own, verify=encrypted)
            return self._client


_left_behind: Final[list[Any]] = []


def retry_after(reply: Reply) -> float | None:
    """The seconds for which the server asks to be left alone, None if it does not ask."""
    text = reply.headers.get("retry-after", "").strip()
    if text.isdecimal():
        return float(text[:9])
    try:
        return max(parsedate_to_datetime(text).timestamp() - time.time(), 0.0)
    except (ValueError, TypeError):
        return None


def _read(answer: Any, most: int, deadline: float, address: str, arrived: Arrived | None) -> bytearray:
    content = bytearray()
    for piece in answer.iter_raw():
        content += piece
        if arrived is not None:
            arrived(len(piece))
        if len(content) > most:
            raise ForgedError(f"The team server at {address} sent more than the {most} bytes that its answer may have")
        if time.monotonic() > deadline:
            raise HubError(f"The team server at {address} does not answer in time")
    return content


def _reason(problem: Exception) -> str:
    return str(problem) or type(problem).__name__


def _httpx() -> Any:
    try:
        import httpx
    except ImportError as problem:
        raise HubError("Sharing results needs the package httpx, which is not installed", INSTALL) from problem
    return httpx
