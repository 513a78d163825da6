"""Functions whose values are large enough to lie in files of their own; `memo` is put into this module's names before it is loaded."""

from __future__ import annotations

import numpy as np
from tally import mark


def expected(n: int) -> object:
    """What the call of number `n` gives: bytes, floats, a table of text, or an array."""
    match n % 4:
        case 0:
            return n.to_bytes(4, "big") * 25_000
        case 1:
            return [n + k / 7 for k in range(10_000)]
        case 2:
            return {f"name {k}": f"{n} {k}" * 4 for k in range(2_000)}
        case _:
            return np.arange(10_000) * 0.5 + n


@memo  # noqa: F821 # pyright: ignore[reportUndefinedVariable]
def value(n: int) -> object:
    """The call of number `n`."""
    mark(n)
    return expected(n)
