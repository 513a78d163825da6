"""Extract and transform: 1,797 handwritten digits of 8 by 8 pixels, as scikit-learn ships them."""

import numpy as np
from sklearn.datasets import load_digits

import settings
from hitsave import memo


def shifted(images: np.ndarray, down: int, right: int) -> np.ndarray:
    """The images, moved by whole pixels."""
    return np.roll(images, (down, right), axis=(1, 2))


@memo
def digits() -> tuple[np.ndarray, np.ndarray]:
    """All images and their labels, and each image again, moved a little."""
    images, labels = load_digits(return_X_y=True)
    images = images.reshape(-1, 8, 8)
    moved = [shifted(images, down, right) for down, right in settings.SHIFTS]
    return np.concatenate(moved).reshape(-1, 64), np.tile(labels, len(moved))


@memo
def outliers(neighbours: int) -> np.ndarray:
    """The images least like their neighbours; a look at every fifteenth."""
    images, _ = digits()
    distance = np.empty(len(images))
    for start in range(0, len(images), 400):
        block = images[start : start + 400, None, :] - images[None, ::15, :]
        distance[start : start + 400] = np.sort((block**2).sum(axis=2), axis=1)[:, :neighbours].mean(axis=1)
    return np.argsort(distance)[-50:]
