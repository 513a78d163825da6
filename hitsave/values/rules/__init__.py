"""Which form values of known types have. A rule is found by the name of the type, so that no library is imported to look for it.

The rules for a library are loaded when a value of it is met; they then take the library from `sys.modules`.
"""

from __future__ import annotations
