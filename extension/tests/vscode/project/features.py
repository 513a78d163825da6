"""From raw readings to features."""

WINDOW = 5


def scaled(values: list[float]) -> list[float]:
    """Values between 0 and 1."""
    top = max(values)
    return [value / top for value in values]


def smooth(values: list[float]) -> list[float]:
    """Means over a moving window."""
    return [sum(values[i : i + WINDOW]) / WINDOW for i in range(len(values) - WINDOW + 1)]
