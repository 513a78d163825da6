"""Backup and restore as docs/hub.md tells them: the database first, the files after it, while the hub goes on."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
from pathlib import Path

import obstore
import pytest
from obstore.store import S3Store

from hitsave.storage.entry import body
from tests.hub.conftest import Scale, running
from tests.hub.running import Client, Hub
from tests.hub.servers import program

VALUE = b"a value in a file " * 10_000


def test_an_embedded_hub_is_backed_up_while_it_runs(tmp_path: Path):
    """What was there when the backup began is there after it was restored, keys too; what came later is missing, and nothing is half there."""
    hub = Hub(tmp_path / "hub")
    hub.member()
    with running(hub):
        client = hub.key()
        entry = client.put(VALUE)
        backup = tmp_path / "restored"
        backup.mkdir()
        with sqlite3.connect(hub.folder / "hub.sqlite") as source, sqlite3.connect(backup / "hub.sqlite") as target:
            source.backup(target)
        source.close()
        target.close()
        later = client.put(VALUE[1:])
        shutil.copytree(hub.folder / "objects", backup / "objects")

    restored = Hub(backup)
    with running(restored):
        client = Client(restored.url, client.token)
        assert client.look(entry, later) == [[body(entry)], []]
        assert client.send("GET", f"…/objects/{entry.value}/bytes").content == VALUE
        assert "all is well" in restored.command("fsck", "--deep")
        client.upload(("blob", VALUE[1:]))
        assert client.download(later.value) == VALUE[1:]


def test_a_hub_on_postgresql_and_s3_is_restored_elsewhere(tmp_path: Path, scale: Scale, monkeypatch: pytest.MonkeyPatch):
    """pg_dump while it runs, and psql into an empty database; then the bucket, into another one. What was shared in between is missing, and nothing is half there."""
    source, bucket = scale.database(), scale.bucket()
    hub = Hub(tmp_path / "hub", {**scale.environment, "HITSAVE_HUB_DATABASE": source, "HITSAVE_HUB_BLOBS": bucket})
    hub.member()
    with running(hub):
        client = hub.key()
        entry = client.put(VALUE)
        dump = subprocess.run([program("pg_dump"), source], check=True, capture_output=True).stdout
        later = client.put(VALUE[1:])
        for name, value in scale.environment.items():
            monkeypatch.setenv(name, value)
        copy_of_bucket = scale.bucket()
        copy(bucket, copy_of_bucket)

    target = scale.database()
    subprocess.run([program("psql"), "-q", "-v", "ON_ERROR_STOP=1", target], input=dump, check=True, capture_output=True)
    restored = Hub(tmp_path / "restored", {**scale.environment, "HITSAVE_HUB_DATABASE": target, "HITSAVE_HUB_BLOBS": copy_of_bucket})
    with running(restored):
        client = Client(restored.url, client.token)
        assert client.look(entry, later) == [[body(entry)], []]
        assert client.download(entry.value) == VALUE
        assert "all is well" in restored.command("fsck", "--deep")


def copy(source: str, target: str) -> None:
    """Copy all that is in a bucket into another one."""
    whence, whither = (S3Store(address.removeprefix("s3://"), client_options={"allow_http": True}) for address in (source, target))
    for batch in obstore.list(whence):
        for found in batch:
            obstore.put(whither, found["path"], obstore.get(whence, found["path"]).bytes())
