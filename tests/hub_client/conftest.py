"""One real team server for the tests of a process, and what is computed on machines that share through it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.hub.running import Hub
from tests.hub_client.machines import real_hub

FILES = {
    "pyproject.toml": '[project]\nname = "p"\n',
    "main.py": """\
        from hitsave import experiment, memo
        from util import step

        @memo
        def slow(n):
            print("ran", n)
            return step(n), bytes(40_000)

        @experiment
        def train(rate):
            print("trained", rate)
            return {"rate": rate}

        print(slow(3)[0], train(0.5))
    """,
    "util.py": "def step(n):\n    return n * 2\n",
}


@pytest.fixture(scope="session")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    """A team server on SQLite and a folder. Tests keep apart by their projects' names."""
    with real_hub(tmp_path_factory.mktemp("hub")) as running:
        yield running
