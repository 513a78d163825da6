"""Makes the classes of the protocol in half the time: the code that attrs compiles for each of them is kept beside their bytecode.

attrs writes the methods of a class as text when the class is made, and compiles that: for the 554 classes of lsprotocol in every start of the server.
What is kept is found by that text, so that it is good for whatever versions of both write it. Where bytecode can't be written, nothing is kept.
"""

from __future__ import annotations

import importlib.util
import marshal
import os
import sys
from collections.abc import Generator
from contextlib import contextmanager, suppress
from types import CodeType
from typing import Any, Final, cast

from hitsave.digest import DIGEST_SIZE, digest_bytes, digest_parts

_SUFFIX: Final = ".attrs"
CLASS_TEXT_CONTEXT: Final = "hitsave 2026 v1 text of a class of attrs"
CLASS_CODE_CONTEXT: Final = "hitsave 2026 v1 code of classes of attrs"
"""Of what the file holds, whose digest it begins with: what was cut or damaged is not loaded."""


@contextmanager
def kept_for(module: str) -> Generator[None]:
    """While this holds, attrs takes the code of the classes that it makes from what an earlier process kept for a module, and what is new is kept when it ends."""
    import attr._make as attrs  # the one that makes them, and no other

    spec = importlib.util.find_spec(module)
    path = f"{spec.cached}{_SUFFIX}" if spec is not None and spec.cached else ""
    known = _read(path)
    count = len(known)

    def compile_once(script: str, filename: str, mode: str) -> CodeType:
        key = digest_parts(CLASS_TEXT_CONTEXT, filename.encode(), script.encode())
        code = known.get(key)
        if code is None:
            code = known[key] = compile(script, filename, mode)  # annotations are not evaluated here, nor where attrs calls it
        return code

    space = cast("dict[str, Any]", vars(attrs))
    space["compile"] = compile_once  # found before the built-in function of that name
    try:
        yield
    finally:
        del space["compile"]
    if len(known) > count and path and not sys.dont_write_bytecode:
        with suppress(OSError):
            _write(path, known)


def _read(path: str) -> dict[bytes, CodeType]:
    try:
        with open(path, "rb") as file:
            check, content = file.read(DIGEST_SIZE), file.read()
    except OSError:
        return {}
    if digest_bytes(CLASS_CODE_CONTEXT, content) != check:
        return {}
    try:
        return marshal.loads(content)  # noqa: S302 - as trusted as the bytecode beside it
    except (ValueError, EOFError, TypeError):  # of another version of Python that calls its bytecode by the same name
        return {}


def _write(path: str, known: dict[bytes, CodeType]) -> None:
    content = marshal.dumps(known)
    beside = f"{path}.{os.getpid()}"
    try:
        with open(beside, "wb") as file:
            file.write(digest_bytes(CLASS_CODE_CONTEXT, content) + content)
        os.replace(beside, path)
    finally:
        with suppress(OSError):
            os.unlink(beside)
