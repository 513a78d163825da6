"""What is frozen: value digests v1, and the layout of stored values."""

from __future__ import annotations

import datetime
import json
from pathlib import Path

import numpy as np
import pytest

from hitsave.values.stored import decode
from tests.compat.make_value_digests_v1 import FILE, digest_of

EXAMPLES = json.loads(FILE.read_text(encoding="utf-8"))
CHECK = """
import json
from tests.compat.make_value_digests_v1 import FILE, digest_of
examples = json.loads(FILE.read_text(encoding="utf-8"))
print([example["code"] for example in examples if digest_of(example["code"]) != example["digest"]])
"""


@pytest.mark.parametrize("example", EXAMPLES, ids=[example["code"].rpartition("\n")[2][:60] for example in EXAMPLES])
def test_a_frozen_digest_is_what_it_was(example):
    """A value digest that changed would lose every result that was stored under it."""
    if example["needs"]:
        pytest.importorskip(example["needs"])
    assert digest_of(example["code"]) == example["digest"]


def test_every_python_at_hand_gives_the_frozen_digests(run_python, pythons):
    """Under a hash seed of each run's own."""
    assert {python.version: run_python(CHECK, python=python.path).stdout.strip() for python in pythons} == {
        python.version: "[]" for python in pythons
    }


def test_there_are_enough_examples():
    """Over a hundred, all different but those that are the same value: NaN of other bits, locks, an array in another order."""
    assert len(EXAMPLES) > 200
    assert len(EXAMPLES) - len({example["digest"] for example in EXAMPLES}) == 4


def test_a_frozen_stored_value_is_read():
    """Made by the first HitSave: tests/compat/stored_value_v1.bin."""
    back = decode((Path(FILE).parent / "stored_value_v1.bin").read_bytes())
    np.testing.assert_array_equal(back.pop("array"), np.arange(1000, dtype="<i4").reshape(10, 100))
    assert back == {"list": [1, 2.5, "x", b"y", None], "when": datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC), "set": {1, 2}}
