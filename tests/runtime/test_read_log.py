"""Noting who reads what neither disturbs a program nor grows with it."""

from __future__ import annotations

import sys

import hitsave.runtime.memo  # noqa: F401 - begins to watch
from hitsave.runtime import read_log


def test_an_event_that_is_none_of_pythons_is_nobodys_trouble():
    """Any library may raise one, with anything."""
    for args in [([], "r", 0), ("path",), (None, None, None), (b"\0", 3, "flags"), ()]:
        sys.audit("open", *args)


def test_a_program_that_opens_ever_more_files_keeps_no_list_of_them(tmp_path, monkeypatch):
    """What is kept has a bound."""
    monkeypatch.setattr(read_log, "_MOST", 20)
    for number in range(50):
        path = tmp_path / f"{number}.txt"
        path.write_text("text")
        path.read_text()
        assert len(read_log._opened) <= 20
