"""The files of chunks: in a folder or in an S3-compatible store, behind one interface."""

from __future__ import annotations

import asyncio
import os
import secrets
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, Final, cast
from urllib.parse import unquote, urlsplit

import obstore
from obstore.exceptions import BaseError as StorageFault
from obstore.store import LocalStore, S3Store

from hitsave.digest import Digest
from hitsave.errors import SettingError
from hitsave_server.hub.refusals import unavailable

_RETRIES: Final = 3
_PATIENCE: Final = timedelta(seconds=20)
_PROBE: Final = "hitsave-hub-probe"


class Files:
    """Bytes under names that are used once: written, read, deleted, never overwritten."""

    def __init__(self, address: str, environment: Mapping[str, str] = os.environ) -> None:
        parts = urlsplit(address)
        self._folder: Path | None = None
        match parts.scheme:
            case "file":
                self._folder = Path(unquote(parts.path))
                self._store: Any = LocalStore(self._folder, mkdir=True, automatic_cleanup=True)
            case "s3":
                http = environment.get("AWS_ENDPOINT_URL", environment.get("AWS_ENDPOINT", "")).startswith("http://")
                self._store = S3Store(
                    parts.netloc,
                    prefix=parts.path.strip("/") or None,
                    client_options={"allow_http": http, "connect_timeout": timedelta(seconds=5), "timeout": _PATIENCE},
                    retry_config={"max_retries": _RETRIES, "retry_timeout": _PATIENCE},
                )
            case _:
                raise SettingError(f"{address} is no place for blobs", "Give s3://BUCKET/PREFIX or file:///FOLDER")

    async def write(self, project: int, digest: Digest, content: bytes | bytearray | memoryview) -> str:
        """Write a file; its name."""
        name = f"{project}/{digest.hex()[:2]}/{digest.hex()}.{secrets.token_hex(4)}"
        try:
            await obstore.put_async(self._store, name, cast("bytes", content), use_multipart=False)
        except (StorageFault, OSError) as error:
            raise _away(error) from error
        if self._folder is not None:
            await asyncio.to_thread(_sync, self._folder / name)
        return name

    async def read(self, name: str) -> memoryview | None:
        """The bytes of a file, which are not copied; None if it is not there."""
        try:
            answer = await obstore.get_async(self._store, name)
            return memoryview(await answer.bytes_async())
        except FileNotFoundError:
            return None
        except (StorageFault, OSError) as error:
            raise _away(error) from error

    async def delete(self, name: str) -> None:
        """Delete a file, if it is there."""
        try:
            await obstore.delete_async(self._store, name)
        except FileNotFoundError:
            pass
        except (StorageFault, OSError) as error:
            raise _away(error) from error

    async def names(self) -> AsyncIterator[tuple[str, int, float]]:
        """All files: name, size, and when it was written."""
        listed: Any = obstore.list(self._store, chunk_size=1_000)  # pyright: ignore[reportUnknownMemberType] - one of its forms is of a package that is not needed here
        async for batch in listed:
            for found in batch:
                if found["path"] != _PROBE:
                    yield found["path"], found["size"], found["last_modified"].timestamp()

    async def probe(self) -> None:
        """503 unless the store answers."""
        try:
            await obstore.head_async(self._store, _PROBE)
        except FileNotFoundError:
            return
        except (StorageFault, OSError) as error:
            raise _away(error) from error


def _away(error: Exception) -> Exception:
    return unavailable(f"The object store does not answer ({type(error).__name__})")


def _sync(path: Path) -> None:
    # The file's row is written after this: what the row promises has to survive a power cut.
    for each, flags in ((path, os.O_RDONLY), (path.parent, os.O_RDONLY | getattr(os, "O_DIRECTORY", 0))):
        handle = os.open(each, flags)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
