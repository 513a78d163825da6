"""Stores of each released format stay readable. tests/compat/make_store_v1.py made this one."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from hitsave.digest import Digest
from hitsave.storage.contents import content_digest
from hitsave.storage.listing import Filter
from hitsave.storage.schema import VERSION
from hitsave.storage.store import Store

COMMITTED = Path(__file__).parents[1] / "compat" / "store_v1"


@pytest.fixture
def old(tmp_path):
    """A copy, with the permissions that a checkout does not keep."""
    folder = tmp_path / "store"
    shutil.copytree(COMMITTED, folder)
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o700 if path.is_dir() else 0o600)
    with Store.open(folder) as store:
        yield store


def test_a_store_of_version_1_is_read(old, key):
    """Every field, value and content is what was stored."""
    (small,) = old.find(key(1))
    assert (small.symbol, small.project, small.status, small.kind, small.codec) == ("app.train:fit", "/home/ada/app", "done", "memo", "pickle5")
    assert (small.created_ns, small.wall_ns, small.cpu_ns) == (1_760_000_000_000_000_001, 2_000_000_000, 1_500_000_000)
    assert (small.host, small.user, small.commit, small.parent) == ("engine", "ada", "c0ffee" * 6 + "c0ff", None)
    assert (small.hits, small.saved_ns, small.pinned, small.note, small.tags) == (3, 6_000_000_000, True, "the first one", ("baseline", "paper"))
    assert small.captures == Digest(bytes(range(32)))
    assert bytes(old.open_value(small)) == b"small value"
    assert old.content("view", small.view) == b'{"kind":"int"}'
    assert old.content("arguments", small.arguments) == b"\x91\x01"
    assert small.extra == b"\x80"
    assert old.record(small.record) == b"the Record"
    assert old.snapshot(small.snapshot) == b"the Snapshot"
    text = "def fit(rate: float) -> float:\n    return rate * 2\n"
    assert old.text(content_digest("text", text.encode())) == text
    (large,) = old.find(key(2))
    assert bytes(old.open_value(large)) == bytes(range(256)) * 400


def test_the_experiments_of_a_store_of_version_1_are_read(old, key):
    """Done, failed, and one that was running when its process ended."""
    (done,) = old.find(key(3))
    assert (done.metrics, done.local_only, done.parent) == (b"\x91\x03", True, old.find(key(1))[0].id)
    assert bytes(old.open_attachment(done.attachments[0])) == b"\x89PNG not really"
    (failed,) = old.list(Filter(status="failed"))
    assert old.content("error", failed.error) == b"Traceback (most recent call last): ..."
    assert [line.content for line in old.logged(failed.id)] == [b"\x01", b"\x02"]
    (running,) = old.list(Filter(status="running"))
    assert old.fail_interrupted(b"interrupted") == (running.id,)
    assert old.documents("/home/ada/app") == {"import roots": b"\x91\xa3src"}


def test_a_store_of_version_1_is_written(old, remember, key):
    """By today's HitSave, which brings it to today's version."""
    entry = remember(9, into=old)
    assert old.find(key(9)) == [entry]
    assert old._database.query("PRAGMA user_version") == [(VERSION,)]
    assert len(old.find(key(1))) == 1
