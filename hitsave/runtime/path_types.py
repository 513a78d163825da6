"""`InputFile`, `InputDir` and `OutputFile`: annotations of parameters that are paths, and count by what is there."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, TypeAlias

from hitsave.runtime.path_parameters import Mark

InputFile: TypeAlias = Annotated[Path, Mark("file")]
"""A parameter's annotation: the path of a file. A call counts by what the file holds, and by its name; not by the folder that it is in. The body gets a `Path`."""
InputDir: TypeAlias = Annotated[Path, Mark("folder")]
"""As `InputFile`, for a folder: names, links and contents of all that is in it count."""
OutputFile: TypeAlias = Annotated[Path, Mark("output")]
"""A parameter's annotation: the path of a file that the function writes. What it wrote is stored with the result; a hit puts it at the path that it is called with."""
