"""A sweep as people write one: 24 runs of gradient descent, each with metrics and a figure, and one that fails."""

from __future__ import annotations

import sys
from dataclasses import dataclass

import matplotlib

matplotlib.use("Agg")
import numpy as np
from matplotlib.figure import Figure

import hitsave


@dataclass(frozen=True)
class Model:
    degree: int
    ridge: float


@dataclass
class Fit:
    error: float
    weights: np.ndarray
    settled: bool
    figure: Figure


def curve(x):
    return np.sin(2 * x) + x / 2


@hitsave.experiment
def fit(model: Model, rate: float, seed: int = 0) -> Fit:
    random = np.random.default_rng(seed)
    x = random.uniform(-1, 1, 80)
    y = curve(x) + random.normal(0, 0.1, 80)
    if rate > 1:
        raise ValueError(f"a rate of {rate} does not settle")
    powers = np.vander(x, model.degree + 1)
    weights = np.zeros(model.degree + 1)
    errors = []
    for step in range(60):
        gap = powers @ weights - y
        weights -= rate * (powers.T @ gap / len(x) + model.ridge * weights)
        errors.append(float(np.mean(gap**2)))
        hitsave.log(step=step, error=errors[-1], size=float(np.abs(weights).sum()))
    sys.stdout.write(f"an error of {errors[-1]:.3f} after {len(errors)} steps\n")
    figure = Figure(figsize=(4, 3))
    axes = figure.add_subplot()
    axes.scatter(x, y, s=8)
    line = np.linspace(-1, 1, 100)
    axes.plot(line, np.vander(line, model.degree + 1) @ weights, color="tab:orange")
    axes.set_title(f"degree {model.degree}, rate {rate}")
    return Fit(errors[-1], weights, errors[-1] < 0.05, figure)


if __name__ == "__main__":
    for degree in (1, 2, 3, 5):
        for rate in (0.05, 0.2, 0.5):
            for ridge in (0.0, 0.01):
                fit(Model(degree, ridge), rate)
    if "fail" in sys.argv:
        try:
            fit(Model(1, 0.0), 2.0)
        except ValueError as problem:
            sys.stdout.write(f"{problem}\n")
