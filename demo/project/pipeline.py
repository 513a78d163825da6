"""Runs every step once, and prints one line of JSON for each: whether it was remembered, and how long it took."""

import json
import sys
import time
from pathlib import Path

import settings
from data import digits, outliers
from features import components
from models import baseline, chart, train


def step(function, *arguments):
    """Call a memoised function; say what became of it."""
    remembered = function.is_cached(*arguments)
    began = time.perf_counter()
    result = function(*arguments)
    took = time.perf_counter() - began
    written = f"{function.__name__}({', '.join(f'{a:g}' if isinstance(a, float) else type(a).__name__ if isinstance(a, list) else str(a) for a in arguments)})"
    print(json.dumps({"step": written, "name": function.__name__, "remembered": remembered, "seconds": took}), flush=True)
    return result


if __name__ == "__main__":
    step(digits)
    step(outliers, 5)
    step(components)
    line = step(baseline)
    runs = [(c, gamma, step(train, c, gamma).accuracy) for c, gamma in settings.SWEEP]
    Path(sys.argv[1]).write_bytes(step(chart, runs, line))
