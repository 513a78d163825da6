from __future__ import annotations

from typing import Any

import pytest

from hitsave.digest import Digest
from hitsave.storage.entry import Attachment, Entry, body
from hitsave.storage.ids import new_id
from hitsave.storage.packing import pack, unpack
from hitsave.storage.shared import needs_of, read_shared, shared_form

DIGEST = Digest(bytes(range(32)))


def entry(**changed: Any) -> Entry:
    made = Entry(
        id=new_id(),
        key=DIGEST,
        record=DIGEST,
        snapshot=DIGEST,
        symbol="app:f",
        project="/home/me/app",
        status="done",
        kind="memo",
        created_ns=1,
        wall_ns=2,
        cpu_ns=3,
        codec="pickle",
        size=4,
        value=DIGEST,
        checksum=bytes(16),
        captures=DIGEST,
        arguments=DIGEST,
        view=DIGEST,
        error=None,
        metrics=b"m",
        attachments=(Attachment("a.png", "image/png", 5, DIGEST, bytes(16)),),
        host="h",
        user="u",
        commit="c",
        parent=None,
        process="token",
        local_only=False,
        tier="",
        extra=None,
        inline=b"1234",
        pinned=True,
    )
    return shared_form(made, project="app", tier="member")._replace(**changed)


def test_an_entry_in_its_shared_form_is_read_back() -> None:
    """What was shared is what is read, without what only its machine knew."""
    shared = entry()

    again = read_shared(body(shared), project="app")

    assert (again, again.process, again.inline, again.pinned) == (shared, None, None, False)


def test_an_entry_names_the_objects_that_it_needs() -> None:
    """The Record comes first, as a lookup wants it first; sizes are known of values and attachments."""
    needs = [(need.kind, need.size) for need in needs_of(entry())]

    assert needs == [("record", None), ("blob", 4), ("snapshot", None), ("arguments", None), ("view", None), ("blob", 5)]


WRONG: dict[str, list[Any]] = {
    "id": ["", "x", "Z" * 26, 5, None, ["a"]],
    "key": [b"", b"x" * 31, None, "k"],
    "record": [None, 1],
    "snapshot": [None, {}],
    "symbol": ["", "x" * 3_000, b"app:f", "a\0b"],
    "project": ["other", "", None],
    "status": ["gone", ["done"], "running"],
    "kind": ["x", {}],
    "created_ns": [-1, 1 << 63, True, 1.5],
    "codec": [None, "c" * 300],
    "size": [-1, None, (1 << 40) + 1],
    "value": [None, b"short"],
    "checksum": [None, b"short"],
    "captures": [None],
    "arguments": ["x"],
    "view": [b""],
    "metrics": ["text"],
    "attachments": [(1,), (("a", "m", 1, b"short", bytes(16)),), (("a", "m", 1, DIGEST, bytes(16)),) * 2],
    "host": [None, 1],
    "commit": [1],
    "parent": ["no id"],
    "process": ["of a done entry"],
    "local_only": [True, 0],
    "tier": ["", "root", None],
    "extra": [1],
}


@pytest.mark.parametrize("field", WRONG)
def test_a_field_that_is_not_what_it_must_be_is_refused(field: str) -> None:
    """Each field is checked before anything is done with it, and what is wrong is a ValueError and nothing else."""
    for value in WRONG[field]:
        fields = list(unpack(body(entry())))
        fields[1 + Entry._fields.index(field)] = value
        with pytest.raises(ValueError, match=r".+"):
            read_shared(pack(fields), project="app")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00",
        b"\x90",
        b"\xc1",
        pack([1]),
        pack([2, *range(29)]),
        pack({}),
        pack("x"),
        b"\xdd\xff\xff\xff\xff",
        b"\x91" * 100_000,
        bytes(2 << 20),
    ],
)
def test_what_is_no_entry_is_refused(content: bytes) -> None:
    """Bytes that are no entry at all are a ValueError."""
    with pytest.raises(ValueError, match=r".+"):
        read_shared(content, project="app")


def test_a_body_that_is_not_canonical_is_refused() -> None:
    """One entry has one body: another encoding of the same fields, or more of them, would be another thing to sign."""
    canonical = body(entry())
    assert canonical[:4] == b"\xdc\x00\x1e\x01"
    longer_number = canonical[:3] + b"\xcc\x01" + canonical[4:]

    for content in (longer_number, canonical + b"\xc0", pack([*unpack(canonical), None])):
        with pytest.raises(ValueError, match=r".+"):
            read_shared(content, project="app")
