"""fill.py RUNS: a project in the current folder with so many runs of an experiment: one that was made, and copies of it, each with a time of its own.

The store is the real one, written many runs a transaction; nothing in it but the IDs and keys of the copies is made up.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from hitsave.digest import digest_bytes
from hitsave.storage.ids import new_id
from hitsave.storage.listing import Filter
from hitsave.storage.rows import INSERT, row_of
from hitsave.storage.store import Store

SCRIPT = """\
import hitsave


@hitsave.experiment
def fit(rate: float, optimizer: str = "adam"):
    for step in range(10):
        hitsave.log(step=step, loss=1 / (1 + rate * step))
    return {"loss": 1 / (1 + rate * 10), "settled": True}


fit(0.5)
"""


def main() -> None:
    """Fill the store that HITSAVE_DIR names."""
    Path("pyproject.toml").write_text('[project]\nname = "measured"\n', encoding="utf-8")
    Path("sweep.py").write_text(SCRIPT, encoding="utf-8")
    subprocess.run([sys.executable, "sweep.py"], check=True)
    with Store.open(os.environ["HITSAVE_DIR"]) as store:
        (entry,) = store.list(Filter(kind="experiment"), limit=1)
        copies = [row_of(entry._replace(id=new_id(), key=digest_bytes("benchmark", str(n).encode()))) for n in range(1, int(sys.argv[1]))]
        with store._database.transaction() as connection:  # noqa: SLF001 - ten thousand ordinary transactions would take a minute
            connection.executemany(INSERT, copies)


if __name__ == "__main__":
    main()
