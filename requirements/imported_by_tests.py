"""Imports what the tests' processes and the demonstration import, so that there is bytecode of it."""

from __future__ import annotations

import importlib

MODULES = (
    "blake3 libcst msgpack xxhash numpy pandas scipy.sparse pytest hypothesis hitsave.cli.main rich.console rich.progress rich.table rich.tree typer "
    "sklearn.decomposition sklearn.linear_model sklearn.model_selection sklearn.svm matplotlib.pyplot matplotlib.backends.backend_agg"
)

for module in MODULES.split():
    importlib.import_module(module)
