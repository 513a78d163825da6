"""A baseline on the pixels, and a sweep over a better model on the features."""

import io
from dataclasses import dataclass

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import confusion_matrix
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


@dataclass
class Fit:
    """What came of a run of the sweep."""

    accuracy: float
    support_vectors: int
    mistakes: Figure


def mistaken(truth: np.ndarray, said: np.ndarray) -> Figure:
    """Which digits were taken for which others."""
    counts = confusion_matrix(truth, said)
    np.fill_diagonal(counts, 0)
    figure = Figure(figsize=(3.4, 3.0), layout="constrained")
    axes = figure.add_subplot(xlabel="taken for", ylabel="is", xticks=range(10), yticks=range(10), title=f"{counts.sum()} mistakes")
    figure.colorbar(axes.imshow(counts, cmap="magma"), ax=axes)
    return figure


@experiment
def train(c: float, gamma: float) -> Fit:
    """A support vector machine on the features of ever more images."""
    reduced, labels = components()
    order = np.random.default_rng(0).permutation(len(labels))
    tested = order[-settings.TESTED :]
    for size in settings.SIZES:
        model = SVC(C=c, gamma=gamma).fit(reduced[order[:size]], labels[order[:size]])
        said = model.predict(reduced[tested])
        accuracy = float((said == labels[tested]).mean())
        hitsave.log(step=size, accuracy=accuracy, support_vectors=len(model.support_))
    print(f"C = {c:g}, gamma = {gamma:g}: {accuracy:.1%} of {len(tested)} images")
    return Fit(accuracy, len(model.support_), mistaken(labels[tested], said))


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
