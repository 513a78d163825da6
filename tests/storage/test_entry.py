"""An entry's bytes: sealed, the same everywhere, and read back as they were."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitsave.digest import Digest
from hitsave.freshness.record import record_digest, snapshot_digest, text_digest
from hitsave.storage.contents import content_digest, encode_text
from hitsave.storage.entry import Attachment, Entry, body, clean, join_tags, read_entry, seal, split_tags
from hitsave.storage.ids import ALPHABET, ID_LENGTH, new_id, normal_id
from hitsave.storage.packing import pack, unpack

ENTRY = Entry(
    id="01j9z0y3j5344k5fr787qv6dmg",
    key=Digest(b"k" * 32),
    record=Digest(b"r" * 32),
    snapshot=Digest(b"s" * 32),
    symbol="app.train:fit",
    project="/home/ada/app",
    status="done",
    kind="experiment",
    created_ns=1_700_000_000_000_000_000,
    wall_ns=5,
    cpu_ns=4,
    codec="pickle5",
    size=3,
    value=Digest(b"v" * 32),
    checksum=b"c" * 16,
    captures=Digest(b"p" * 32),
    arguments=Digest(b"a" * 32),
    view=None,
    error=None,
    metrics=b"\x90",
    attachments=(Attachment("plot", "image/png", 9, Digest(b"b" * 32), b"d" * 16),),
    host="engine",
    user="ada",
    commit=None,
    parent=None,
    process=None,
    local_only=False,
    tier="",
    extra=None,
)


def test_an_entry_is_read_back_as_it_was_written():
    """Digests are Digests again, attachments are Attachments."""
    again = read_entry(body(ENTRY))
    assert again == ENTRY
    assert isinstance(again.key, Digest)
    assert isinstance(again.value, Digest)
    assert isinstance(again.attachments[0], Attachment)


def test_the_body_of_an_entry_is_frozen():
    """The bytes that seals and signatures cover never change for the same entry: docs/formats.md, entry body 1."""
    assert content_digest("view", body(ENTRY)).hex() == "05d840cfe6440ab14be642873c9fed92a7966cd621467f5a9316c93dc39c519a"


def test_a_body_with_fields_of_a_later_hitsave_is_read():
    """Fields are only ever appended."""
    assert read_entry(pack([*unpack(body(ENTRY)), "new"])) == ENTRY


@pytest.mark.parametrize("content", [b"", b"\x90", b"\xc1", pack([2, *body(ENTRY)[1:]]), pack({"id": 1}), body(ENTRY)[:-1], b"\xff" * 50])
def test_what_is_no_body_of_a_known_format_is_refused(content):
    """It is a ValueError, whatever the bytes are."""
    with pytest.raises(ValueError, match=r"^not "):
        read_entry(content)


@given(st.integers(0, len(body(ENTRY)) * 8 - 1))
def test_every_changed_bit_of_a_body_breaks_its_seal(bit):
    """A row with a flipped bit is never taken for an entry."""
    changed = bytearray(body(ENTRY))
    changed[bit // 8] ^= 1 << bit % 8
    assert seal(bytes(changed), None, None) != seal(body(ENTRY), None, None)


def test_a_seal_covers_who_signed():
    """A signature can't be moved to another entry, nor be taken off, unnoticed."""
    content = body(ENTRY)
    assert (
        len(
            {
                seal(content, None, None),
                seal(content, b"me", b"sig"),
                seal(content, b"you", b"sig"),
                seal(content, b"me", b"gis"),
                seal(content, b"mesig", b""),
            }
        )
        == 5
    )


def test_entry_ids_sort_by_the_time_they_were_made_at():
    """Two IDs of different milliseconds are in order, and all are of 26 unmistakable characters."""
    import time

    ids = []
    for _ in range(5):
        ids.append(new_id())
        time.sleep(0.002)
    assert ids == sorted(ids)
    assert all(len(i) == ID_LENGTH and set(i) <= set(ALPHABET) for i in ids)


def test_entry_ids_do_not_repeat():
    """Eighty bits of each are random."""
    assert len({new_id() for _ in range(2000)}) == 2000


@pytest.mark.parametrize(
    ("typed", "normal"), [(" 01J9 ", "01j9"), ("OIL", "011"), ("01-J9", "01j9"), ("", None), ("u", None), ("é", None), ("0" * 27, None)]
)
def test_a_typed_id_is_read_as_people_mean_it(typed, normal):
    """Case, hyphens and confusable letters don't matter; what can't be an ID is None."""
    assert normal_id(typed) == normal


def test_contents_have_the_digests_that_the_record_layer_gives_them():
    """The layer above names its Records, Snapshots and texts itself; the store must look for the same."""
    assert content_digest("record", b"x") == record_digest(b"x")
    assert content_digest("snapshot", b"x") == snapshot_digest(b"x")
    assert content_digest("text", encode_text("é\ud800")) == text_digest("é\ud800")


@given(st.lists(st.text(max_size=8), max_size=5))
def test_tags_are_kept_each_once_in_order(tags):
    """White space within a tag is one space; empty tags are none."""
    kept = split_tags(join_tags(tags))
    assert kept == tuple(sorted(set(kept)))
    assert split_tags(join_tags(list(kept))) == kept
    assert not any("\n" in tag or not tag for tag in kept)


@given(st.text(alphabet=st.characters(categories=["L", "Cs", "Cc"])))
def test_any_text_can_be_kept(text):
    """Lone surrogates and NULs are written as escapes."""
    assert "\0" not in clean(text)
    clean(text).encode("utf-8")


def test_the_documented_places_of_a_body_are_those_of_an_entry():
    """docs/formats.md lists the fields of the entry body in the order in which they are written."""
    text = (Path(__file__).parents[2] / "docs" / "formats.md").read_text(encoding="utf-8")
    table = text[text.index("The **entry body** is") : text.index("A value is read from `inline`")]
    rows = [line.strip("| ").split(" | ") for line in table.splitlines() if line.startswith("| ") and line[2].isdigit()]
    places = [place for row in rows for place in map(int, row[0].split(", "))]
    names = [name.replace(" ", "_") for row in rows for name in row[1].split(", ")]
    assert places == list(range(30))
    assert names[0] == "format"
    fields = [{"created": "created_ns", "wall": "wall_ns", "cpu": "cpu_ns"}.get(name, name) for name in names[1:]]
    assert fields == list(Entry._fields[: len(fields)])
    assert Entry._fields[len(fields)] == "inline"
