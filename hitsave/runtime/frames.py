"""The one place that looks at the caller's stack."""

from __future__ import annotations

import sys
from types import FrameType


def caller(depth: int) -> FrameType:
    """The frame `depth` calls above the function that asks: 0 is that function itself."""
    return sys._getframe(depth + 1)  # noqa: SLF001 # pyright: ignore[reportPrivateUsage] - CPython's, and documented
