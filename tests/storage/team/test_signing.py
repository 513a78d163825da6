"""Keys, signatures, and whom they make trusted."""

from __future__ import annotations

import os
import stat

import pytest

from hitsave.errors import HubError
from hitsave.storage.shared import signed_bytes
from hitsave.storage.team.signing import SECRET, SigningKey, make_key, own_key, public_text, read_public, signature_holds
from hitsave.storage.team.trust import Trust, project_keys, read_trusted, trusted, trusted_by_user, write_trusted


def test_a_key_is_made_once_and_for_its_user_alone(config):
    """Whoever logs in again signs as before."""
    key = make_key(config)
    assert make_key(config).public == key.public == own_key(config, {}).public
    assert stat.S_IMODE(os.stat(os.path.join(config, "signing-key")).st_mode) == 0o600


def test_a_key_that_others_can_read_is_refused(config):
    """With what to do about it."""
    make_key(config)
    path = os.path.join(config, "signing-key")
    os.chmod(path, 0o644)
    with pytest.raises(HubError, match=r"Others can read .*signing-key.*chmod 600"):
        own_key(config, {})


@pytest.mark.parametrize("text", ["", "nonsense", SECRET, SECRET + "AAAA", "ed25519:" + "A" * 43 + "="])
def test_a_file_without_a_key_is_said(config, text):
    """A damaged one, and a public key in its place."""
    with open(os.path.join(config, "signing-key"), "w") as file:
        file.write(text)
    os.chmod(os.path.join(config, "signing-key"), 0o600)
    with pytest.raises(HubError, match="holds no signing key"):
        own_key(config, {})


def test_the_environment_gives_a_key(config):
    """In CI, where there is no file."""
    key = make_key(config)
    with open(os.path.join(config, "signing-key")) as file:
        text = file.read()
    assert own_key("/nowhere", {"HITSAVE_SIGNING_KEY": text}).public == key.public
    assert own_key("/nowhere", {}) is None


def test_a_signature_holds_for_the_bytes_that_were_signed_and_no_others():
    """Of one key, whole, under its context."""
    key, other = SigningKey(bytes(32)), SigningKey(b"1" * 32)
    signature = key.sign(b"body")
    assert signature_holds(key.public, signature, signed_bytes(b"body"))
    assert not signature_holds(key.public, signature, b"body")
    assert not signature_holds(key.public, signature, signed_bytes(b"bodY"))
    assert not signature_holds(other.public, signature, signed_bytes(b"body"))
    assert not signature_holds(key.public[:-1], signature, signed_bytes(b"body"))
    assert not signature_holds(key.public, signature[:-1], signed_bytes(b"body"))
    assert not signature_holds(key.public, b"", signed_bytes(b"body"))
    assert "secret" not in repr(key)


def test_a_public_key_is_read_as_it_is_written():
    """And a secret one is not taken for it."""
    assert read_public(public_text(b"k" * 32)) == b"k" * 32
    with pytest.raises(ValueError, match="secret key"):
        read_public(SECRET + "A" * 43 + "=")
    for text in ("", "ed25519:", "ed25519:AAAA", "rsa:" + "A" * 43 + "=", "ed25519:" + "é" * 44):
        with pytest.raises(ValueError, match="44 characters"):
            read_public(text)


def test_trust_comes_from_the_user_the_project_and_oneself(config):
    """Each under the name that it was given."""
    ada, bob = SigningKey(b"a" * 32).public, SigningKey(b"b" * 32).public
    own = make_key(config)
    write_trusted(config, {ada: "ada at the lab"})
    assert read_trusted(config) == {ada: "ada at the lab"}
    assert trusted(config, {}, [f"{public_text(bob)} bob"]).names == {ada: "ada at the lab", bob: "bob", own.public: "you"}
    assert trusted_by_user(os.environ).names == {ada: "ada at the lab", own.public: "you"}


def test_the_environment_stands_in_place_of_the_projects_list():
    """What a change under review adds to the list does not count in CI."""
    ada, eve = public_text(SigningKey(b"a" * 32).public), public_text(SigningKey(b"e" * 32).public)
    assert project_keys({"HITSAVE_TRUSTED_KEYS": f"{ada} ada"}, [f"{eve} eve"]) == {read_public(ada): "ada"}
    assert project_keys({"HITSAVE_TRUSTED_KEYS": ""}, [f"{eve} eve"]) == {}
    assert project_keys({}, ["# nobody yet", "", f"{eve} eve"]) == {read_public(eve): "eve"}


def test_a_line_that_is_no_key_is_an_error():
    """It would be a member who is left out without a word."""
    with pytest.raises(HubError, match="'ada' in a list of trusted keys is no key"):
        project_keys({}, ["ada"])


def test_nothing_unsigned_is_believed():
    """Whoever is trusted."""
    key = SigningKey(bytes(32))
    trust = Trust({key.public: "somebody"})
    assert trust.believes(b"body", key.public, key.sign(b"body"))
    assert not trust.believes(b"another", key.public, key.sign(b"body"))
    assert not trust.believes(b"body", None, None)
    assert not trust.believes(b"body", key.public, None)
    trust.names.clear()
    assert not trust.believes(b"body", key.public, key.sign(b"body"))
