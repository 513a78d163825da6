from __future__ import annotations

import os

import pytest

from hitsave.storage.entry import NewEntry, body
from hitsave.storage.landing import Landing
from hitsave.storage.shared import needs_of, shared_form
from hitsave.storage.store import Store
from hitsave.storage.team.signing import make_key
from hitsave.storage.team.trust import Trust


class Member:
    """Somebody with a store and a key."""

    def __init__(self, folder) -> None:
        self.folder = folder
        self.key = make_key(str(folder / "config"))
        self.store = Store.open(folder / "store")

    def compute(self, key, value: bytes = b"a value", **more):
        """An entry of this member's own."""
        new = NewEntry(key, "app:f", "/home/me/app", key, arguments=b"\x90", codec="pickle", view=b"view", user="ada", **more)
        text = "def f(): ..."
        from hitsave.storage.contents import content_digest, encode_text

        texts = {content_digest("text", encode_text(text)): text}
        return self.store.put(new, record=b"record of " + key, snapshot=b"snapshot", texts=texts, value=[value])

    def signed(self, entry, *, project: str = "p", tier: str = "member"):
        """An entry as this member shares it."""
        shared = shared_form(entry, project=project, tier=tier)
        return shared._replace(signer=self.key.public, signature=self.key.sign(body(shared)))

    def landing(self, entry, *, listed_under: str = "/home/you/app", **changes) -> Landing:
        """What is to land elsewhere of an entry."""
        shared = self.signed(entry)._replace(**changes)
        contents = [(need.digest, need.kind, self.store.content(need.kind, need.digest)) for need in needs_of(entry) if need.kind != "blob"]
        return Landing(shared, "https://hub.example", listed_under, contents, {entry.value: [bytes(self.store.open_value(entry))]})


@pytest.fixture
def ada(tmp_path):
    member = Member(tmp_path / "ada")
    yield member
    member.store.close()


@pytest.fixture
def bob(tmp_path):
    member = Member(tmp_path / "bob")
    yield member
    member.store.close()


@pytest.fixture
def key():
    """A function that makes a key of a number."""
    from hitsave.digest import digest_bytes

    return lambda number: digest_bytes("hitsave tests key", str(number).encode())


@pytest.fixture
def trusting(ada, bob):
    """Bob trusts Ada."""
    bob.store.trust = Trust({ada.key.public: "ada", bob.key.public: "you"})
    return bob


@pytest.fixture
def config(tmp_path, monkeypatch):
    """This user's configuration folder, as `config_folder` finds it."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    os.makedirs(tmp_path / "config" / "hitsave", mode=0o700)
    return str(tmp_path / "config" / "hitsave")
