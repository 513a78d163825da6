"""`hitsave/doctor`: what to paste into a bug report. No source text, no values, no names of functions."""

from __future__ import annotations

import platform
import sys
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final

from hitsave_server.lsp import contract
from hitsave_server.lsp.features.status import status_of
from hitsave_server.lsp.server import HitSaveServer

_LIBRARIES: Final = ("hitsave", "pygls", "lsprotocol", "libcst", "blake3", "msgpack", "xxhash")


def register(server: HitSaveServer) -> None:
    """Answer it."""

    @server.feature(contract.DOCTOR)
    def doctor(_: Any) -> contract.Report:
        return {"markdown": report(server)}


def report(server: HitSaveServer) -> str:
    """The report, as Markdown."""
    status = status_of(server, server.pictures)
    lines = [
        "### HitSave language server",
        "",
        f"- HitSave {status['version']}, contract {status['contract']}",
        f"- Python {sys.version.split()[0]} ({platform.python_implementation()}) at `{sys.executable}`",
        f"- {platform.system()} {platform.release()} {platform.machine()}",  # platform.platform() would start a program to ask for the processor
        f"- isolated: {'yes' if sys.flags.isolated else 'no'}",
        f"- libraries: {', '.join(f'{name} {_version(name)}' for name in _LIBRARIES)}",
        f"- position encoding: {server.workspace.position_encoding}",
        f"- health: {status['health']}, {status['message']}",
        f"- open files: {len(server.files.by_path)}",
        f"- settings: {server.settings}",
    ]
    for picture in server.pictures.values():
        results = sum(f.entries for f in picture.functions)
        lines.append(
            f"- project `{picture.root}`: {len(picture.functions)} functions, {results} results, {'complete' if picture.complete else 'not complete'}"
        )
    lines.extend(
        f"- store `{store['folder']}`: {'there' if store['exists'] else 'not there'}, {store['entries']} results, {store['size']:,} bytes {store['problem']}".rstrip()
        for store in status["stores"]
    )
    lines.extend(f"- problem: {problem['message']}. {problem['advice']}" for problem in status["problems"])
    return "\n".join(lines) + "\n"


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "(not installed as a distribution)"
