"""``python -I -m hitsave_server.lsp``: the language server, over standard input and output."""

from __future__ import annotations

import gc
import logging
import os
import sys
from importlib import import_module


def main() -> None:
    """Serve one editor until it leaves; exit status 3 where a library is missing.

    The log goes to standard error; HITSAVE_LSP_LOG sets how much of it (``debug``, ``info``, ``warning``).
    """
    level = os.environ.get("HITSAVE_LSP_LOG", "warning").upper()
    logging.basicConfig(
        stream=sys.stderr, level=level if level in logging.getLevelNamesMapping() else "WARNING", format="%(levelname)s %(name)s: %(message)s"
    )
    logging.getLogger("pygls").setLevel(logging.ERROR if level != "DEBUG" else logging.DEBUG)
    gc.disable()  # until the first look is done: what is made before that stays, the hundreds of classes of the protocol among it
    try:
        from hitsave_server.lsp.class_code import kept_for

        with kept_for("lsprotocol.types"):
            import_module("lsprotocol.types")
        from hitsave_server.lsp.features import make_server
    except ModuleNotFoundError as missing:
        sys.stderr.write(
            f"HitSave's language server needs {missing.name}, which {sys.executable} does not have. Install it: pip install 'hitsave[lsp]'\n"
        )
        raise SystemExit(3) from None
    server = make_server(os.environ)
    try:
        server.start_io()
    finally:
        server.analyst.close()


if __name__ == "__main__":
    main()
