"""`hitsave verify`: run a program, and compare what it finds in the store with what it computes now."""

from __future__ import annotations

from typing import Annotated

import typer


def verify(
    program: Annotated[list[str], typer.Argument(metavar="SCRIPT [ARGUMENT...]", help="A script and its arguments; its options after --.")],
    rate: Annotated[
        float, typer.Option("--rate", min=0.0, max=1.0, help="The share of hits to compute again; the first of each function always is.")
    ] = 1.0,
    module: Annotated[bool, typer.Option("--module", "-m", help="SCRIPT is a module, as for python -m.")] = False,
) -> int:
    """Run a program, and check what it finds in the store.

    Hits are computed again and compared with what was stored; what differs is said on standard error, and replaced. The same as HITSAVE=verify python SCRIPT. The exit status is the program's.
    """
    import os
    import subprocess
    import sys

    command = [sys.executable, *(["-m"] if module else []), *program]
    environment = {**os.environ, "HITSAVE": "verify", "HITSAVE_VERIFY": str(rate)}
    return subprocess.run(command, env=environment, check=False).returncode  # noqa: S603 - the program that was asked for
