"""Values: what Python objects digest as, and how results become bytes and come back.

Start with `digester.py` (the digest of any value), then `plain.py` (the part of it that runs at C speed), `classes.py` and `rules/` (how to
look inside an object without running its code), `cycles.py`; `stored.py` is the other half. docs/formats.md states both formats.

This layer knows no store and no files. The identity of code in a value comes through a callback, `code_names.CodeNames`.
"""

from __future__ import annotations
