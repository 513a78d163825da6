"""Team servers for the tests of a process, and machines that share through them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.hub.conftest import hub as either_hub  # noqa: F401 - a fixture: a hub of each kind
from tests.hub.conftest import scale  # noqa: F401 - a fixture that it needs
from tests.hub.running import Hub
from tests.hub_client.machines import Machine, acquainted, project_files, real_hub


@pytest.fixture(scope="session")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    """A team server on SQLite and a folder. Tests keep apart by their projects' names."""
    with real_hub(tmp_path_factory.mktemp("hub")) as running:
        yield running


@pytest.fixture
def three(hub: Hub, tmp_path) -> list[Machine]:
    """Ada's, Bob's and Cyd's machine, who trust one another; each project has a name that no other test uses."""
    return acquainted(hub, tmp_path, project_files(hub, tmp_path.name), "ada", "bob", "cyd")
