"""``python -m hitsave``: the `hitsave` command of this interpreter, whatever is on PATH."""

from __future__ import annotations

from hitsave.cli.main import run

if __name__ == "__main__":
    run()
