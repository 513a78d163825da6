"""The checks of an encoded Record, row by row, are those of the Record; what is damaged is a ValueError."""

from __future__ import annotations

import pytest

from hitsave.freshness.check import checks_of
from hitsave.freshness.record import CaptureCheck, CodeCheck, EnvironmentCheck, ExternalCheck, FileCheck, NameCheck, Record
from hitsave.freshness.rows import check_of, rows
from hitsave.storage.packing import pack

RECORD = Record(
    "3.13",
    1,
    code=(CodeCheck("app:f", "function", b"s" * 32, None, 3, (1, 4)), CodeCheck("app:g", "class", b"s" * 32, b"b" * 32, 0)),
    names=(NameCheck("app", "len", "builtin len"), NameCheck("app", "na\udcffme", "")),
    captures=(CaptureCheck("app:K", b"v", None, True), CaptureCheck("app:L", None, b"m", False, b"u")),
    externals=(ExternalCheck("numpy", "minor", "2.3"),),
    compiled=(("app._fast", b"d" * 32),),
    files=(FileCheck("data.csv", "file", b"c" * 32), FileCheck("gone", "absent", None)),
    environment=(EnvironmentCheck("HOME", None),),
)


@pytest.mark.parametrize("record", [RECORD, Record("3.11", 0)])
def test_they_are_the_checks_of_the_record_in_the_same_order(record):
    """Of every kind, with what is left out at the end of a row."""
    found = [check_of(section, row) for section, encoded in rows(record.encode()) for row in encoded]
    assert found == list(checks_of(Record.decode(record.encode())))
    assert {*found} == {*checks_of(record)}


def test_a_damaged_record_is_a_value_error():
    """Cut anywhere, followed by something, of another format, or with rows that are no checks."""
    content = RECORD.encode()
    wrong = [content[:end] for end in range(len(content))]
    wrong += [
        content + b"\x00",
        pack([2, "3.13", 0, [], [], [], [], [], [], []]),
        pack([1, "3.13", 0]),
        pack("no list"),
        pack([1, "3.13", 0, 1, 2, 3, 4, 5, 6, 7]),
    ]
    for damaged in wrong:
        with pytest.raises(ValueError, match=r"no such list|something follows|not a Record|not msgpack"):
            list(rows(damaged))
    with pytest.raises(ValueError, match="not a check"):
        check_of("names", pack(["app"]))
