"""Scripts that draw figures, as the Python library that made these brings them along: nothing is loaded from anywhere else, and none is in HitSave's own package."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Final

from hitsave.errors import HitSaveError
from hitsave.panel.contract import LibraryText

_SCRIPTS: Final = {"plotly": "plotly/package_data/plotly.min.js"}


def library(name: str) -> LibraryText:
    """The script of a library. HitSaveError if it is none of the known ones, or not installed beside HitSave."""
    try:
        path = Path(str(distribution(name).locate_file(_SCRIPTS[name])))
        return {"text": path.read_text(encoding="utf-8")}
    except KeyError:
        raise HitSaveError(f"Figures of {name!r} are not drawn here", "Look at them in a notebook") from None
    except (PackageNotFoundError, OSError, UnicodeDecodeError):
        raise HitSaveError(
            f"{name} is not installed where HitSave runs, so its figures can't be drawn", f"Install it there: pip install {name}"
        ) from None
