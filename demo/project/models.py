"""A baseline on the pixels, and a sweep over a better model on the features."""

import io

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score
from sklearn.svm import SVC

import hitsave
import settings
from data import digits
from features import components
from hitsave import experiment, memo


@memo
def baseline() -> float:
    """Accuracy of logistic regression on the pixels of the first images."""
    images, labels = digits()
    model = LogisticRegression(max_iter=200)
    return float(cross_val_score(model, images[:1797] / 16, labels[:1797], cv=settings.FOLDS).mean())


@experiment
def train(c: float, gamma: float) -> dict[str, float]:
    """Accuracy of a support vector machine on the features."""
    reduced, labels = components()
    order = np.random.default_rng(0).permutation(len(labels))
    half = 4000
    model = SVC(C=c, gamma=gamma).fit(reduced[order[:half]], labels[order[:half]])
    accuracy = float(model.score(reduced[order[half : 2 * half]], labels[order[half : 2 * half]]))
    hitsave.log(accuracy=accuracy, support_vectors=len(model.support_))
    return {"accuracy": accuracy, "support_vectors": float(len(model.support_))}


@experiment
def chart(runs: list[tuple[float, float, float]], line: float) -> bytes:
    """A plot of the sweep beside the baseline, as PNG."""
    figure, axes = plt.subplots(figsize=(6, 3.6), layout="constrained")
    for c in sorted({c for c, _, _ in runs}):
        points = [(gamma, accuracy) for c_run, gamma, accuracy in runs if c_run == c]
        axes.plot(*zip(*points, strict=True), marker="o", label=f"SVM, C = {c:g}")
    gammas = sorted({gamma for _, gamma, _ in runs})
    axes.axhline(line, color="grey", linestyle="--", label="baseline")
    axes.set(xscale="log", xlabel="gamma", ylabel="accuracy", title="Handwritten digits")
    axes.set_xticks(gammas, labels=[f"{gamma:g}" for gamma in gammas])
    axes.minorticks_off()
    axes.legend()
    png = io.BytesIO()
    figure.savefig(png, format="png", dpi=110)
    plt.close(figure)
    return png.getvalue()
