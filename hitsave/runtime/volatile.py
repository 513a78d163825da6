"""Sources of values that differ in every run: a module variable computed from one counts by its code, not by its value."""

from __future__ import annotations

import ast
from typing import Final

_ALWAYS: Final = frozenset(
    {
        "time.time", "time.time_ns", "time.monotonic", "time.monotonic_ns", "time.perf_counter", "time.perf_counter_ns", "time.process_time",
        "time.localtime", "time.gmtime", "time.ctime", "datetime.datetime.now", "datetime.datetime.utcnow", "datetime.datetime.today", "datetime.date.today",
        "uuid.uuid1", "uuid.uuid4", "os.getpid", "os.getppid", "os.urandom", "secrets.token_hex", "secrets.token_bytes", "secrets.token_urlsafe",
        "random.SystemRandom", "random.random", "random.randint", "random.choice", "tempfile.mkdtemp", "tempfile.mkstemp", "tempfile.gettempdir",
        "tempfile.TemporaryDirectory", "tempfile.NamedTemporaryFile", "threading.get_ident", "id",
    }
)  # fmt: skip
_UNSEEDED: Final = frozenset({"random.Random", "numpy.random.default_rng", "numpy.random.RandomState", "numpy.random.SeedSequence"})


def is_volatile(text: str, external_names: dict[str, str]) -> bool:
    """Whether a statement's text calls a volatile source. `external_names` gives the dotted external name of each chain that the text reads."""
    try:
        tree = ast.parse(text.strip())
    except (SyntaxError, ValueError, RecursionError):
        return False
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = external_names.get(_chain(node.func), "")
            if name in _ALWAYS:
                return True
            if name in _UNSEEDED and not node.keywords and all(isinstance(a, ast.Constant) and a.value is None for a in node.args):
                return True
    return False


def _chain(node: ast.expr) -> str:
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(names)]) if isinstance(node, ast.Name) else ""
