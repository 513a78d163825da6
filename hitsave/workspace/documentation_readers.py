"""Whether the code of an installed distribution may read docstrings or annotations of what it is given: told from its text, where there is not too much of it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from typing import Final

_READING: Final = re.compile(
    rb"__doc__|__annotations__|__annotate__|__signature__|\b(?:getdoc|get_type_hints|get_annotations|getfullargspec|[sS]ignature|singledispatch"
    rb"|inspect|annotationlib|pydoc|doctest|unittest|xmlrpc|cmd)\b"
)
"""The words without which code reads no documentation: the attributes, the functions that give them, the modules that look at them."""
NOT_READING: Final = frozenset({
    "accelerate", "attrs", "beautifulsoup4", "cachetools", "cloudpickle", "contourpy", "cycler", "cython", "dask", "datasets", "dill", "diskcache", "einops",
    "h5py", "hitsave", "httpx", "imageio", "jax", "jaxlib", "joblib", "lightgbm", "lxml", "matplotlib", "more-itertools", "msgpack", "networkx", "numba",
    "numexpr", "numpy", "opencv-python", "orjson", "pandas", "pillow", "plotly", "polars", "psutil", "psycopg", "pyarrow", "pytest", "python",
    "python-dateutil", "pytz", "pyyaml", "regex", "requests", "scikit-image", "scikit-learn", "scipy", "seaborn", "sentencepiece", "shapely", "six",
    "sortedcontainers", "statsmodels", "tenacity", "threadpoolctl", "tiktoken", "tokenizers", "toolz", "torch", "torchaudio", "torchvision", "tqdm",
    "typing-extensions", "tzdata", "urllib3", "xarray", "xgboost", "xxhash", "zarr",
})  # fmt: skip
"""Distributions that don't look at docstrings of what they are given, nor at annotations of functions, though that takes more than their text to tell."""
_MOST_FILES: Final = 200
_MOST_BYTES: Final = 5_000_000
_CODE: Final = (".py", ".pyw", ".pyc", ".so", ".pyd", ".dylib", ".dll")
"""Compiled code, too, has the names of the attributes in it that it asks for."""


def may_read_documentation(places: Iterable[str]) -> bool:
    """Whether code in these files and folders may; True too where that would take long to tell."""
    files = size = 0
    places = tuple(places)
    for path in _files(places):
        if not path.endswith(_CODE):
            continue
        files += 1
        try:
            size += os.path.getsize(path)
            if files > _MOST_FILES or size > _MOST_BYTES:
                return True
            with open(path, "rb") as source:
                if _READING.search(source.read()) is not None:
                    return True
        except OSError:
            return True
    return not places


def _files(places: Iterable[str]) -> Iterator[str]:
    for place in places:
        if os.path.isdir(place):
            for folder, inner, names in os.walk(place):
                inner[:] = [name for name in inner if name != "__pycache__"]
                yield from (os.path.join(folder, name) for name in names)
        else:
            yield place
