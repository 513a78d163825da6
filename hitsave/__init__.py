"""HitSave remembers what slow functions returned, and never returns what the code as it stands now would not have.

>>> from hitsave import memo
>>> @memo
... def simulate(steps: int) -> float: ...

What is exported is imported when it is first used (PEP 562): importing `hitsave`, or one layer of it, loads no other layer.
"""

from __future__ import annotations

TYPE_CHECKING = False  # as in `typing`, whose import would cost more than this whole module
if TYPE_CHECKING:
    from hitsave.errors import HitSaveError, HitSaveWarning
    from hitsave.freshness.status import CannotTell, Fresh, NeverEvaluated, Stale
    from hitsave.runtime.artifacts import get
    from hitsave.runtime.memo import experiment, memo
    from hitsave.runtime.metrics import log
    from hitsave.runtime.mode import disabled
    from hitsave.runtime.path_types import InputDir, InputFile, OutputFile
    from hitsave.runtime.snapshots import DirectorySnapshot, FileSnapshot

__version__ = "0.1.0"

__all__ = [
    "CannotTell",
    "DirectorySnapshot",
    "FileSnapshot",
    "Fresh",
    "HitSaveError",
    "HitSaveWarning",
    "InputDir",
    "InputFile",
    "NeverEvaluated",
    "OutputFile",
    "Stale",
    "__version__",
    "disabled",
    "experiment",
    "get",
    "log",
    "memo",
]

_HOMES = {
    "CannotTell": "hitsave.freshness.status",
    "DirectorySnapshot": "hitsave.runtime.snapshots",
    "FileSnapshot": "hitsave.runtime.snapshots",
    "Fresh": "hitsave.freshness.status",
    "HitSaveError": "hitsave.errors",
    "HitSaveWarning": "hitsave.errors",
    "InputDir": "hitsave.runtime.path_types",
    "InputFile": "hitsave.runtime.path_types",
    "NeverEvaluated": "hitsave.freshness.status",
    "OutputFile": "hitsave.runtime.path_types",
    "Stale": "hitsave.freshness.status",
    "disabled": "hitsave.runtime.mode",
    "experiment": "hitsave.runtime.memo",
    "get": "hitsave.runtime.artifacts",
    "log": "hitsave.runtime.metrics",
    "memo": "hitsave.runtime.memo",
}
_ASKED_FOR_BY_IPYTHON = {"load_ipython_extension": "hitsave.runtime.notebook", "unload_ipython_extension": "hitsave.runtime.notebook"}
"""What makes ``%load_ext hitsave`` work; no names for anybody else."""


if not TYPE_CHECKING:  # or type checkers would take any name at all for an export

    def __getattr__(name: str) -> object:
        home = _HOMES.get(name) or _ASKED_FOR_BY_IPYTHON.get(name)
        if home is None:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib import import_module

        value = getattr(import_module(home), name)
        globals()[name] = value  # the next use finds it without coming here
        return value

    def __dir__() -> list[str]:
        return sorted({*globals(), *_HOMES})
