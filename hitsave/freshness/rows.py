"""The checks of an encoded Record, row by row. Records share most of their rows, so whoever holds many decodes each row once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from hitsave.freshness.check import AnyCheck, CompiledCheck, PythonCheck
from hitsave.freshness.record import RECORD_FORMAT, CaptureCheck, CodeCheck, EnvironmentCheck, ExternalCheck, FileCheck, NameCheck
from hitsave.storage.packing import pack, rows_of, unpack


def _code_check(symbol: str, kind: str, shell: bytes, body: bytes | None, documented: int, left_out: tuple[int, ...] | list[int] = ()) -> CodeCheck:
    return CodeCheck(symbol, kind, shell, body, documented, tuple(left_out))


PYTHON: Final = "python"
_SECTIONS: Final[dict[str, Callable[..., AnyCheck]]] = {
    "code": _code_check,
    "names": NameCheck,
    "captures": CaptureCheck,
    "externals": ExternalCheck,
    "compiled": CompiledCheck,
    "files": FileCheck,
    "environment": EnvironmentCheck,
}
"""As they follow each other in a Record."""
_MADE: Final = (PYTHON, "code", "names", "externals", "compiled", "environment", "files", "captures")
"""As `check.checks_of` gives them."""


def rows(content: bytes) -> Iterator[tuple[str, list[bytes]]]:
    """(section, encoded checks) of an encoded Record, in the order of `check.checks_of`; ValueError if it is none of this format."""
    form, python, optimize, *sections = rows_of(content, header=3)
    if unpack(form) != RECORD_FORMAT or len(sections) != len(_SECTIONS):
        raise ValueError("not a Record of a known format")
    found: dict[str, list[bytes]] = dict(zip(_SECTIONS, sections, strict=True))
    found[PYTHON] = [pack([unpack(python), unpack(optimize)])]
    for section in _MADE:
        yield section, found[section]


def check_of(section: str, row: bytes) -> AnyCheck:
    """The check that a row encodes; ValueError if it encodes none."""
    try:
        fields: list[Any] = unpack(row)
        return PythonCheck(*fields) if section == PYTHON else _SECTIONS[section](*fields)
    except TypeError as problem:
        raise ValueError(f"not a check: {problem}") from problem
