"""What goes, in which order, and what never does."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from hitsave.storage.entry import body
from tests.hub.conftest import running
from tests.hub.running import Client, Hub, make
from tests.hub.servers import until


@pytest.fixture
def short(tmp_path: Path):
    """An embedded hub with a grace of a second, that tidies when it is told to."""
    hub = Hub(tmp_path / "hub", {"HITSAVE_HUB_GRACE": "1", "HITSAVE_HUB_TIDY": "0"})
    hub.member()
    with running(hub):
        yield hub


def files(hub: Hub) -> int:
    """How many chunks are files."""
    return sum(1 for path in (hub.folder / "objects").rglob("*") if path.is_file())


def value(number: int) -> bytes:
    """100,000 bytes of their own."""
    return b"%06d" % number * 16_667


def test_least_recently_used_goes_first_and_pins_and_experiments_stay(short: Hub):
    """Over its budget, a project loses what nobody has used for longest, and no more than that."""
    client = short.key()
    pinned, experiment = client.put(value(1)), client.put(value(2), kind="experiment")
    client.ask("POST", f"…/entries/{pinned.id}/marks", {"pinned": True})
    old, used, new = (client.put(value(n)) for n in (3, 4, 5))
    time.sleep(1.1)
    client.ask("POST", "…/used", {"entries": [[used.id, 1, 1], [new.id, 1, 1]]})
    short.command("project", "budget", "app", "410 KB")

    assert "Evicted 1 entries" in short.command("tidy")

    assert client.look(pinned, experiment, old, used, new) == [[body(e)] if e is not old else [] for e in (pinned, experiment, old, used, new)]
    short.command("project", "budget", "app", "1 KB")
    short.command("tidy")
    assert client.look(pinned, experiment, used, new) == [[body(pinned)], [body(experiment)], [], []]


def test_objects_go_in_two_steps_a_grace_each(short: Hub):
    """First condemned, then deleted; files last. What an entry needs stays."""
    client = short.key()
    kept, gone = client.put(value(1)), client.put(value(2))
    short.command("project", "budget", "app", "150 KB")
    client.ask("POST", "…/used", {"entries": [[kept.id, 1, 1]]})
    time.sleep(1.1)
    client.ask("POST", "…/used", {"entries": [[kept.id, 1, 1]]})
    assert "Evicted 1 entries; condemned" in short.command("tidy")
    assert files(short) == 2

    def tidied() -> bool:
        short.tidy()
        return files(short) == 1

    until(tidied, "the end of the file", seconds=30)
    client.ask("GET", f"…/objects/{gone.value}", status=404)
    assert client.download(kept.value) == value(1)
    assert "all is well" in short.command("fsck", "--deep")


def test_what_is_on_its_way_is_not_collected(short: Hub):
    """An upload that was told that an object is there may rely on it: asking brings a condemned object back, and an entry that needs it keeps it."""
    client = short.key()
    entry, objects = make(value(1), project="app")
    client.upload(*objects)
    time.sleep(1.1)
    short.tidy()

    assert client.ask("POST", "…/missing", {"objects": [bytes(entry.value)], "chunks": []})["objects"] == []
    time.sleep(0.5)
    short.tidy()
    answer = client.share(entry)
    if answer["outcome"] == "missing":  # the others were not asked about, and may be gone
        client.upload(*objects)
        answer = client.share(entry)
    assert answer["outcome"] == "stored"
    for _ in range(3):
        time.sleep(1.1)
        short.tidy()
    assert client.download(entry.value) == value(1)
    assert client.look(entry) == [[body(entry)]]


def test_a_lost_upload_leaves_nothing(short: Hub):
    """Chunks without an object, objects without an entry: gone after their graces."""
    client = short.key()
    client.upload(("blob", value(1)), ("record", b"never used"))

    def tidied() -> bool:
        short.tidy()
        return files(short) == 0

    until(tidied, "the end of the upload", seconds=40)
    assert short.command("fsck").startswith("0 entries, 0 objects, 0 chunks, 0 files")
    assert isinstance(client, Client)
