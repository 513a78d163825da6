"""The other libraries that remember results on disk, each used as its documentation says, and Python's own memory tier as the floor."""

from __future__ import annotations

from importlib.util import find_spec

DECORATORS = {
    "hitsave": "from hitsave import memo",
    "joblib": "from joblib import Memory\nmemo = Memory('joblib', verbose=0).cache",
    "checkpointer": "from checkpointer import Checkpointer\nmemo = Checkpointer(directory='checkpointer', verbosity=0)",
    "diskcache": "from diskcache import Cache\nmemo = Cache('diskcache', size_limit=1 << 40).memoize()",
    "lru_cache": "from functools import lru_cache\nmemo = lru_cache(None)",
    "plain": "def memo(function):\n    return function",
}
"""Source text that defines the decorator `memo`, by library; "plain" has one that does nothing."""


def available() -> list[str]:
    """The other libraries that are installed."""
    return [name for name in ("joblib", "checkpointer", "diskcache") if find_spec(name)]
