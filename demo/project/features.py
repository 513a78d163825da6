"""Features: principal components of the cleaned images."""

import numpy as np
from sklearn.decomposition import PCA

import settings
from data import digits, outliers
from hitsave import memo


def scaled(images: np.ndarray) -> np.ndarray:
    """Pixels between 0 and 1."""
    return images / 16.0


@memo
def components() -> tuple[np.ndarray, np.ndarray]:
    """Each good image as a few numbers, and its label."""
    images, labels = digits()
    good = np.setdiff1d(np.arange(len(images)), outliers(5))
    reduced = PCA(settings.COMPONENTS, random_state=0).fit_transform(scaled(images[good]))
    return reduced, labels[good]
