"""Addresses, logins, and which server a project uses: a token goes where it belongs, and nowhere else."""

from __future__ import annotations

import os

import pytest

from hitsave.errors import HubError
from hitsave.storage.team.accounts import Chosen, Login, chosen_hub, read_logins, remove_login, write_login
from hitsave.storage.team.address import normal_address, origin_of

LAB = Login("https://hub.lab", "hsk_lab", "lab", "ada")


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("hub.lab", "https://hub.lab"),
        ("HTTPS://Hub.Lab:443/", "https://hub.lab"),
        (" https://hub.lab:8443/team/ ", "https://hub.lab:8443/team"),
        ("http://localhost:8000", "http://localhost:8000"),
        ("http://127.0.0.1:80", "http://127.0.0.1"),
        ("http://[::1]:8000/", "http://[::1]:8000"),
    ],
)
def test_an_address_is_kept_in_one_form(typed, address):
    """However it was typed."""
    assert normal_address(typed) == address
    assert normal_address(address) == address


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "https://",
        "ftp://hub.lab",
        "https://me:secret@hub.lab",
        "https://hub.lab/?x=1",
        "https://hub.lab/#x",
        "https://hub.lab:port",
        "https://hub.lab/a b",
    ],
)
def test_what_is_no_address_is_said(typed):
    """With one that is."""
    with pytest.raises(HubError, match=r"is not the address of a team server\. Write it like https://hub\.example"):
        normal_address(typed)


@pytest.mark.parametrize("typed", ["http://hub.lab", "http://localhost.hub.lab", "http://127.0.0.1.hub.lab", "http://10.0.0.1"])
def test_a_token_is_not_sent_in_the_clear(typed):
    """But to this machine itself."""
    with pytest.raises(HubError, match="is not encrypted"):
        normal_address(typed)


def test_a_login_is_kept_for_its_origin(config):
    """In a file for this user alone; a second to the same place replaces it."""
    write_login(config, LAB)
    write_login(config, LAB._replace(token="hsk_new", address="https://hub.lab/other"))
    assert {origin: login.token for origin, login in read_logins(config).items()} == {"https://hub.lab": "hsk_new"}
    assert os.stat(os.path.join(config, "logins.json")).st_mode & 0o777 == 0o600
    assert "hsk" not in repr(LAB)
    assert remove_login(config, "https://hub.lab") is not None
    assert (read_logins(config), remove_login(config, "https://hub.lab")) == ({}, None)


@pytest.mark.parametrize("address", ["https://hub.lab.evil", "https://hub.lab:8443", "http://127.0.0.1", "https://evil/hub.lab"])
def test_a_server_that_only_a_repository_names_has_no_token(config, address):
    """Whatever it is called; also where a token is in the environment, which is for the server that the environment names."""
    write_login(config, LAB)
    assert chosen_hub(config, {}, address) == Chosen(normal_address(address), None)
    assert chosen_hub(config, {"HITSAVE_HUB_TOKEN": "hsk_ci"}, address) == Chosen(normal_address(address), None)


def test_which_server_is_used(config):
    """The environment's, else the project's, else that of the last login."""
    write_login(config, LAB)
    assert chosen_hub(config, {}, None) == Chosen("https://hub.lab", LAB)
    assert chosen_hub(config, {}, "https://hub.lab") == Chosen("https://hub.lab", LAB)
    assert chosen_hub(config, {}, "off") is None
    assert chosen_hub(config, {"HITSAVE_HUB": "off"}, "https://hub.lab") is None
    other = Login("https://other.lab", "hsk_other")
    write_login(config, other)
    assert chosen_hub(config, {}, None) == Chosen("https://other.lab", other)
    assert chosen_hub(config, {"HITSAVE_HUB": "hub.lab"}, "https://other.lab") == Chosen("https://hub.lab", LAB)
    in_ci = chosen_hub("/nowhere", {"HITSAVE_HUB": "hub.ci", "HITSAVE_HUB_TOKEN": "hsk_ci"}, "https://other.lab")
    assert in_ci == Chosen("https://hub.ci", Login("https://hub.ci", "hsk_ci"))


def test_without_a_login_there_is_no_server(config):
    """Off unless configured."""
    assert chosen_hub(config, {}, None) is None


@pytest.mark.parametrize("text", ["", "[]", "{", '{"https://hub.lab": {"token": "x"}}'])
def test_a_damaged_file_of_logins_is_said(config, text):
    """With what to do about it."""
    path = os.path.join(config, "logins.json")
    with open(path, "w") as file:
        file.write(text)
    os.chmod(path, 0o600)
    with pytest.raises(HubError, match="Remove it, and log in again"):
        read_logins(config)


def test_an_origin_is_scheme_host_and_port():
    """The path belongs to the address."""
    assert origin_of("https://hub.lab:8443/team") == "https://hub.lab:8443"
