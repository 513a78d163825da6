"""What the files of one ``*.dist-info`` or ``*.egg-info`` folder say."""

from __future__ import annotations

import os
import sys
from typing import Any, Final, cast

from hitsave.structs import NamedTuple
from hitsave.workspace.settings import normalised

_WANTED: Final = ("Name:", "Version:", "Requires-Dist:")


class Metadata(NamedTuple):
    """The header that counts: name and version as written, requirements of no extra that apply here, normalised and sorted."""

    name: str
    version: str
    requires: tuple[str, ...]


def read_metadata(info: str) -> Metadata | None:
    """The metadata in `info`, a ``*.dist-info`` or ``*.egg-info`` folder, or an ``*.egg-info`` file; None where it has no metadata."""
    for file in ("METADATA", "PKG-INFO", ""):
        header = _header(os.path.join(info, file) if file else info)
        if header:
            break
    else:
        return None
    name = version = ""
    requires: list[str] = []
    for line in header.split("\n"):
        if line.startswith(_WANTED):  # case as every tool writes it
            key, _, value = line.partition(":")
            if key == "Requires-Dist":
                requires.append(value)
            elif key == "Name":
                name = name or value.strip()
            else:
                version = version or value.strip()
    if not requires and info.endswith(".egg-info"):
        requires = _egg_requirements(read_text(os.path.join(info, "requires.txt")))
    names = {required for requirement in requires if (required := required_name(requirement))}
    return Metadata(name, version, tuple(sorted(names)))


def required_name(requirement: str) -> str | None:
    """The normalised name in a requirement, None where its marker says that it is for an extra, or for another Python or system.

    >>> required_name("Foo_Bar[fast]>=1 ; python_version >= '3'"), required_name("pytest; extra == 'test'")
    ('foo-bar', None)
    """
    name, _, marker = requirement.partition(";")
    if "extra" in marker:
        return None
    for end in " [(<>=!~@":
        name = name.lstrip().partition(end)[0]
    return normalised(name) if name and applies(marker.strip()) else None


def applies(marker: str) -> bool:
    """Whether an environment marker holds here. One that is too clever for this counts as holding: then a version is watched that need not be."""
    if "extra" in marker:
        return False
    if not marker or " or " in marker:
        return True
    return all(_holds(condition.strip(" ()")) for condition in marker.split(" and "))


def top_level(info: str) -> tuple[str, ...]:
    """The import names that ``top_level.txt`` lists; () where there is none."""
    return tuple(read_text(os.path.join(info, "top_level.txt")).split())


def top_level_files(info: str) -> set[str]:
    """The names at the top of the folder that `info` is in of what was installed: ``numpy``, ``six.py``. As `installed_files`, but quick for long lists."""
    record = read_text(os.path.join(info, "RECORD"))
    if record and '"' not in record:
        return {top.partition(",")[0] for top in {line.partition("/")[0] for line in record.split("\n")}} - {"", "..", "__pycache__"}
    return {path.partition("/")[0] for path, _ in installed_files(info)} - {"..", "__pycache__"}


def installed_files(info: str) -> list[tuple[str, str]]:
    """(path relative to the folder that `info` is in, digest as recorded) of every installed file, from RECORD, installed-files.txt or SOURCES.txt."""
    record = read_text(os.path.join(info, "RECORD"))
    if record:
        return [_record_line(line) for line in record.split("\n") if line]
    installed = read_text(os.path.join(info, "installed-files.txt"))
    folder = os.path.basename(info)
    if installed:
        return [(os.path.normpath(os.path.join(folder, line)).replace(os.sep, "/"), "") for line in installed.split("\n") if line]
    return [(line, "") for line in read_text(os.path.join(info, "SOURCES.txt")).split("\n") if line]


def direct_url(info: str) -> dict[str, Any]:
    """What ``direct_url.json`` says (PEP 610): that the distribution did not come from an index; {} where it did."""
    text = read_text(os.path.join(info, "direct_url.json"))
    if not text:
        return {}
    import json

    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return cast("dict[str, Any]", content) if isinstance(content, dict) else {}


def read_text(file: str) -> str:
    """The text of a file; "" where there is none."""
    try:
        with open(file, "rb") as opened:
            return opened.read().decode("utf-8", "replace").replace("\r\n", "\n")
    except (OSError, ValueError):
        return ""


def _header(file: str) -> str:
    """The text up to the first empty line; what follows is a description, often long."""
    pieces: list[bytes] = []
    try:
        with open(file, "rb", buffering=0) as opened:
            while piece := opened.read(8192):
                pieces.append(piece.replace(b"\r\n", b"\n"))
                if b"\n\n" in piece or b"\r\n\r\n" in piece:
                    break
    except (OSError, ValueError):
        return ""
    return b"".join(pieces).partition(b"\n\n")[0].decode("utf-8", "replace")


def _record_line(line: str) -> tuple[str, str]:
    if line.startswith('"'):
        path, _, rest = line[1:].replace('""', "\0").partition('"')
        return path.replace("\0", '"'), rest.lstrip(",").partition(",")[0]
    path, _, rest = line.partition(",")
    return path, rest.partition(",")[0]


def _egg_requirements(text: str) -> list[str]:
    """``requires.txt``: requirements, then sections ``[extra:marker]`` of more."""
    found: list[str] = []
    marker = ""
    for line in text.split("\n"):
        stripped = line.strip()
        if stripped.startswith("["):
            extra, _, marker = stripped.strip("[]").partition(":")
            marker = "extra" if extra else marker
        elif stripped and not stripped.startswith("#"):
            found.append(f"{stripped} ; {marker}" if marker else stripped)
    return found


def _holds(condition: str) -> bool:
    for operator in ("not in", "in", "===", "==", "!=", "<=", ">=", "~=", "<", ">"):
        spaced = f" {operator} " if operator.endswith("in") else operator
        left, found, right = condition.partition(spaced)
        if found:
            return _compare(left.strip(), operator, right.strip())
    return True


def _compare(left: str, operator: str, right: str) -> bool:
    variable, constant = (left, right) if left[:1] not in "'\"" else (right, left)
    here = _environment(variable)
    wanted = constant.strip("'\"")
    if here is None or (variable is right and operator not in {"==", "!="}):
        return True
    if operator in {"in", "not in"}:
        return (here in wanted) == (operator == "in")
    if operator in {"==", "!="} and (not variable.startswith("python") or wanted.endswith("*")):
        same = here.startswith(wanted[:-1]) if wanted.endswith("*") else here == wanted
        return same == (operator == "==")
    ours, theirs = _numbers(here), _numbers(wanted)
    if ours is None or theirs is None:
        return True
    length = max(len(ours), len(theirs))
    ours, theirs = ours + (0,) * (length - len(ours)), theirs + (0,) * (length - len(theirs))
    match operator:
        case "==" | "===":
            return ours == theirs
        case "!=":
            return ours != theirs
        case "<":
            return ours < theirs
        case "<=":
            return ours <= theirs
        case ">":
            return ours > theirs
        case ">=":
            return ours >= theirs
        case _:
            return True


def _environment(variable: str) -> str | None:
    match variable:
        case "python_version":
            return f"{sys.version_info.major}.{sys.version_info.minor}"
        case "python_full_version":
            return ".".join(str(part) for part in sys.version_info[:3])
        case "sys_platform":
            return sys.platform
        case "os_name":
            return os.name
        case "platform_system":
            return {"linux": "Linux", "darwin": "Darwin", "win32": "Windows"}.get(sys.platform)
        case "implementation_name":
            return sys.implementation.name
        case "platform_python_implementation":
            return {"cpython": "CPython", "pypy": "PyPy"}.get(sys.implementation.name)
        case _:
            return None


def _numbers(version: str) -> tuple[int, ...] | None:
    parts = version.split(".")
    return tuple(int(part) for part in parts) if all(part.isdecimal() for part in parts) else None
