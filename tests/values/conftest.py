from __future__ import annotations

import pytest

from hitsave.values.code_names import PlainNames
from hitsave.values.digester import Digester


@pytest.fixture
def digest():
    """A function that digests one value by itself, under the path `x`."""

    def digest_alone(value, path="x", *, ignore=()):
        return Digester(PlainNames(), ignore=ignore).digest(value, path)

    return digest_alone
