"""A small pipeline: readings, a fit, a sweep over it."""

from random import Random

from features import scaled, smooth
from hitsave import experiment, memo


@memo
def readings(seed: int, count: int) -> list[float]:
    """Readings of a sensor, with noise."""
    noise = Random(seed)
    return [i % 97 + noise.gauss(0, 3) for i in range(count)]


@memo
def fit(rate: float, rounds: int = 400) -> float:
    """The level that fits best, found step by step."""
    values, level = scaled(readings(7, 20_000)), 0.0
    for _ in range(rounds):
        level -= rate * sum(level - value for value in values) / len(values)
    return level


@experiment
def trial(rate: float) -> dict[str, float]:
    """One setting, and how far off it is."""
    level = fit(rate)
    return {"level": level, "loss": sum(abs(level - value) for value in scaled(readings(7, 5_000)))}


@memo
def peaks(seed: int) -> int:
    """How often the smoothed readings turn."""
    values = smooth(readings(seed, 5_000))
    return sum(a < b > c for a, b, c in zip(values, values[1:], values[2:]))


if __name__ == "__main__":
    for rate in (0.05, 0.1, 0.2):
        print(f"rate {rate}: loss {trial(rate)['loss']:.1f}")
