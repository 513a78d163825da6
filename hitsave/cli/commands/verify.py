"""`hitsave verify`: run a program, and compare what it finds in the store with what it computes now."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer


def verify(
    program: Annotated[list[str], typer.Argument(metavar="SCRIPT [ARGUMENT...]", help="A script and its arguments; its options after --.")],
    rate: Annotated[
        float, typer.Option("--rate", min=0.0, max=1.0, help="The share of hits to compute again; the first of each function always is.")
    ] = 1.0,
    module: Annotated[bool, typer.Option("--module", "-m", help="SCRIPT is a module, as for python -m.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead; what the program prints goes to standard error.")] = False,
) -> int:
    """Run a program, and check what it finds in the store.

    Hits are computed again and compared with what was stored; what differs is said on standard error, and replaced. The same as HITSAVE=verify python SCRIPT. The exit status is the program's.
    """
    import os
    import subprocess
    import sys
    import tempfile

    from hitsave.cli.shapes import print_json

    command = [sys.executable, *(["-m"] if module else []), *program]
    environment = {**os.environ, "HITSAVE": "verify", "HITSAVE_VERIFY": str(rate)}
    if not as_json:
        return subprocess.run(command, env=environment, check=False).returncode  # noqa: S603 - the program that was asked for
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report"
        environment["HITSAVE_VERIFY_REPORT"] = str(report)
        status = subprocess.run(command, env=environment, stdout=sys.stderr, check=False).returncode  # noqa: S603 - as above
        print_json({"program": program, "status": status, **_in_all(report)})
    return status


def _in_all(report: Path) -> dict[str, Any]:
    """What the processes of a program found, in one."""
    import json

    told: list[dict[str, Any]] = [json.loads(line) for line in report.read_text(encoding="utf-8").splitlines()] if report.exists() else []
    return {
        "processes": len(told),
        "hits": sum(one["hits"] for one in told),
        "same": sum(one["same"] for one in told),
        "incomparable": sum(one["incomparable"] for one in told),
        "different": [found for one in told for found in one["different"]],
    }
