"""What a hostile workspace may hold: each trap is a way of its own in which code of the workspace could come to run, or a server to hang, while someone only looks.

``TOUCH`` in a text becomes a Python expression that leaves a file behind, ``CANARY`` that file's path; each trap has its own, so that a failure names it.
Modules that shadow others are many files and few traps: one for each way in which a server could come to import them.
"""

from __future__ import annotations

import importlib.util
import json
import marshal
import os
import socket
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

SHADOWED: Final = (
    "msgpack", "libcst", "blake3", "xxhash", "pygls", "lsprotocol", "cattrs", "attrs", "attr",
    "asyncio", "json", "typing", "ast", "re", "sqlite3", "tomllib", "logging", "importlib", "runpy", "dataclasses", "stat",
)  # fmt: skip
_PYTHON: Final = f"python{sys.version_info[0]}.{sys.version_info[1]}"
_SITE: Final = f".venv/lib/{_PYTHON}/site-packages"
_MEMO: Final = "from hitsave import memo\n\n\n@memo\n"


@dataclass(frozen=True)
class Trap:
    """One trap: `files` of it, by path from the workspace; what else is to be made there, given what touches its canary; `environment` that the server inherits. `opened`: the file that a person opens."""

    name: str
    files: Mapping[str, str | bytes] = field(default_factory=dict[str, "str | bytes"])
    make: Callable[[Path, str], object] | None = None
    environment: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def opened(self) -> list[str]:
        """Its Python files, which are text, so that an editor would open them."""
        return [name for name, content in self.files.items() if name.endswith(".py") and isinstance(content, str) and not name.startswith(".")]


def _modules(folder: str, names: tuple[str, ...] = SHADOWED) -> dict[str, str | bytes]:
    return {f"{folder}{name}.py": "TOUCH\nraise SystemExit\n" for name in names}


def _cells(*sources: str) -> str:
    cells = [{"cell_type": "code", "source": source, "metadata": {}, "outputs": [], "execution_count": None} for source in sources]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def _planted_bytecode(folder: Path, touch: str) -> None:
    """Bytecode that says of itself that it need not be compared with its source."""
    code = compile(touch, "bytecode.py", "exec")
    path = folder / "__pycache__" / f"bytecode.{sys.implementation.cache_tag}.pyc"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(importlib.util.MAGIC_NUMBER + (1).to_bytes(4, "little") + bytes(8) + marshal.dumps(code))


def _socket(folder: Path, _: str) -> None:
    here = Path.cwd()
    os.chdir(folder)  # the name of a socket is short
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind("socket.py")
    finally:
        os.chdir(here)


def _hundred_megabytes(folder: Path, _: str) -> None:
    with (folder / "hundred_megabytes.py").open("wb") as file:
        file.truncate(100 * 1024 * 1024)


def _nested_folders(folder: Path, _: str) -> None:
    inner = folder
    for _ in range(150):
        inner = inner / "deeper"
        inner.mkdir()
    (inner / "far.py").write_text(_MEMO + "def far(): pass\n")


STARTING: Final = (
    Trap("modules beside the file that is opened, named as the server's libraries", _modules("")),
    Trap("the same where the server is started", _modules("planted/", ("hitsave", "hitsave_server", *SHADOWED))),
    Trap("the same, as packages under a source root of the project", {f"src/{name}/__init__.py": "TOUCH\n" for name in SHADOWED}),
    Trap("a sitecustomize", {"sitecustomize.py": "TOUCH\n", "planted/sitecustomize.py": "TOUCH\n"}),
    Trap("a usercustomize", {"usercustomize.py": "TOUCH\n", "planted/usercustomize.py": "TOUCH\n"}),
    Trap("a package of encodings, which every interpreter imports first", {"encodings/__init__.py": "TOUCH\n", "planted/encodings/__init__.py": "TOUCH\n"}),
    Trap("an environment whose PYTHONPATH is the workspace", environment={"PYTHONPATH": "WORKSPACE"}),
    Trap("a file that PYTHONSTARTUP names", {"startup.py": "TOUCH\n"}, environment={"PYTHONSTARTUP": "WORKSPACE/startup.py"}),
    Trap("a category of warnings that PYTHONWARNINGS has imported", {"category.py": "TOUCH\nclass Warn(Warning): pass\n"}, environment={"PYTHONWARNINGS": "error::category.Warn"}),
    Trap("a hook that PYTHONBREAKPOINT names", {"breaks.py": "TOUCH\ndef here(*_): pass\n"}, environment={"PYTHONBREAKPOINT": "breaks.here"}),
    Trap("a .pth file in the folder", {"evil.pth": "import os; TOUCH\n", "planted/evil.pth": "import os; TOUCH\n"}),
    Trap("a .pth file in the folder's virtual environment", {".venv/pyvenv.cfg": "home = /usr/bin\n", f"{_SITE}/evil.pth": "import os; TOUCH\n"}),
    Trap("a sitecustomize in the folder's virtual environment", {f"{_SITE}/sitecustomize.py": "TOUCH\n"}),
    Trap("an interpreter in the folder's virtual environment", {".venv/bin/python": "#!/bin/sh\n: > 'CANARY'\n"}, lambda folder, _: (folder / ".venv/bin/python").chmod(0o755)),
    Trap("a finder of an editable install", {f"{_SITE}/__editable___evil_1_finder.py": "TOUCH\nMAPPING = {'evil': '/'}\n", f"{_SITE}/__editable__.evil-1.pth": "import __editable___evil_1_finder; TOUCH\n"}),
    Trap("a distribution with entry points", {"evil-1.dist-info/METADATA": "Name: evil\nVersion: 1\n", "evil-1.dist-info/entry_points.txt": "[pytest11]\nevil = startup\n[pygls]\nevil = startup\n"}),
    Trap("bytecode that claims to be newer than its source", {"bytecode.py": _MEMO + "def f(): pass\n"}, _planted_bytecode),
    Trap("a compiled library by the name of one that the server uses", {"blake3.cpython-313-x86_64-linux-gnu.so": b"\x7fELF garbage", "planted/blake3.abi3.so": b"\x7fELF garbage"}),
    Trap("files that tools run: conftest, setup, noxfile, fabfile", dict.fromkeys(("conftest.py", "setup.py", "noxfile.py", "fabfile.py"), "TOUCH\n")),
    Trap("a repository that runs a program whenever it is asked for its state", {"repository/.git/config": "[core]\n\tfsmonitor = \"touch 'CANARY'\"\n\tpager = \"touch 'CANARY'\"\n", "repository/.git/HEAD": "ref: refs/heads/main\n", "repository/m.py": "x = 1\n"}),
    Trap("settings of editors that name programs", {".vscode/settings.json": '{"hitsave.interpreter": "${workspaceFolder}/.venv/bin/python", "python.defaultInterpreterPath": "${workspaceFolder}/.venv/bin/python"}', ".env": "PYTHONPATH=.\nPATH=.\n", ".envrc": "touch 'CANARY'\n"}),
)  # fmt: skip
"""Ways to have code of the workspace run when the server starts or finds its way."""

EVALUATED: Final = (
    Trap("a module that does something when it is imported", {"imported.py": "TOUCH\nvalue = 1\n", "imports.py": "import imported\n" + _MEMO + "def f(x): return imported.value + x\n"}),
    Trap("a star import of such a module", {"stars.py": "from imported import *\n" + _MEMO + "def f(x): return value + x\n"}),
    Trap("a decorator that is called", {"decorated.py": "import imported\nfrom hitsave import memo\ndef touch(*_):\n    TOUCH\n    return lambda f: f\n\n@memo\n@touch('decorator')\ndef f(x=1):\n    return imported.value + x\n"}),
    Trap("a default that is computed", {"default.py": _MEMO + "def f(x=TOUCH): return x\n"}),
    Trap("an annotation that is an expression", {"annotated.py": _MEMO + "def f(x: TOUCH) -> TOUCH: return x\n\nvalue: TOUCH = 1\n"}),
    Trap("an annotation in quotes, which type checkers evaluate", {"quoted.py": _MEMO + "def f(x: 'TOUCHED') -> \"TOUCHED\": return x\n"}),
    Trap("a type comment", {"commented.py": _MEMO + "def f(x):\n    # type: (TOUCHED) -> TOUCHED\n    return x\n"}),
    Trap("the body of a class", {"class_body.py": "class A:\n    TOUCH\n" + _MEMO + "def f(x): return A\n"}),
    Trap("a metaclass", {"meta.py": "class Meta(type):\n    def __new__(*a):\n        TOUCH\n    def __prepare__(*a):\n        TOUCH\nclass A(metaclass=Meta): pass\n" + _MEMO + "def f(x): return A\n"}),
    Trap("hooks of classes: subclasses, names, items", {"hooks.py": "class A:\n    def __init_subclass__(cls): TOUCH\n    def __set_name__(self, *_): TOUCH\n    def __class_getitem__(cls, _): TOUCH\nclass B(A):\n    x = A()\n    y: A[int]\n" + _MEMO + "def f(x): return B\n"}),
    Trap("a module with a __getattr__ and a __dir__", {"lazy.py": "def __getattr__(name):\n    TOUCH\ndef __dir__():\n    TOUCH\n", "asks_lazy.py": "import lazy\nfrom lazy import anything\n" + _MEMO + "def f(x): return lazy.something, anything\n"}),
    Trap("text that is executed", {"executed.py": 'exec("""TOUCHED""")\neval("""TOUCHED""")\n' + _MEMO + "def f(x): return eval('x')\n"}),
    Trap("expressions in an f-string", {"formatted.py": 'value = f"{TOUCH}"\n' + _MEMO + "def f(x): return value\n"}),
    Trap("a list of exports that is computed", {"exports.py": "__all__ = [TOUCH, *map(str, [TOUCH])]\n", "imports_exports.py": "from exports import *\n" + _MEMO + "def f(x): return open\n"}),
    Trap("an import of a name that is computed", {"computed.py": "import importlib\nmodule = importlib.import_module('impor' + 'ted')\nother = __import__('imported')\n" + _MEMO + "def f(x): return module.value, other.value\n"}),
    Trap("a variable that looks like a literal and is none", {"literal.py": "K = {'a': 1, **dict(b=TOUCH)}\nL = [1, *[TOUCH]]\nN = -(TOUCH or 1)\n" + _MEMO + "def f(x): return K, L, N\n"}),
    Trap("a literal that can't be made: sets of lists, keys that are lists", {"unmakable.py": "K = {[]: {[], {}}}\nM = {1: 2}[TOUCH]\n" + _MEMO + "def f(x): return K, M\n"}),
    Trap("a condition on the way to a definition", {"conditional.py": "if TOUCH:\n    def g(): return 1\nelse:\n    def g(): return 2\n" + _MEMO + "def f(x): return g()\n"}),
    Trap("a main block", {"main_block.py": _MEMO + "def f(x): return x\n\nif __name__ == '__main__' or TOUCH:\n    TOUCH\n"}),
    Trap("commands of the shell in a notebook", {"shell.ipynb": _cells("!touch 'CANARY'\nfiles = !touch 'CANARY'\n", "%run imported.py\n%load_ext imported\n", "%%bash\ntouch 'CANARY'\n", "get_ipython().system(\"touch 'CANARY'\")\n")}),
)  # fmt: skip
"""Code that an analysis could be led to evaluate."""

READ: Final = (
    Trap("a codec that only the workspace has", {"codec.py": "# -*- coding: evil_codec -*-\nTOUCH\n", "evil_codec.py": "TOUCH\n", "encodings/evil_codec.py": "TOUCH\n"}),
    Trap("a codec whose work grows with the square of the text", {"punycode.py": "# coding: punycode\n" + "a" * 50_000 + "\n"}),
    Trap("codecs that turn text into other text", {"rot13.py": "# coding: rot13\nvzcbeg bf\n", "utf7.py": "# coding: utf-7\n+AGkAbQBwAG8AcgB0- os\n"}),
    Trap("codecs that are for bytes, and unpack them", {"hex.py": "# coding: hex\n61\n", "zlib.py": "# coding: zlib\nx\n", "bz2.py": "# coding: bz2\nx\n"}),
    Trap("two cookies that contradict each other", {"cookies.py": "# coding: latin-1\n# coding: evil_codec\nx = 1\n"}),
    Trap("a mark of UTF-16 with a cookie of UTF-8", {"marked.py": b"\xff\xfe" + "# coding: utf-8\nx = 1\n".encode("utf-16-le")}),
    Trap("null bytes", {"null.py": "x = 1\0\n" + _MEMO + "def f(): pass\n"}),
    Trap("a lone surrogate", {"surrogate.py": "x = '\\ud800'\n" + _MEMO + "def f(): return x\n"}),
    Trap("bytes that are no text", {"garbage.py": bytes(range(256)) * 20}),
    Trap("a name that is spelled in two ways", {"spelled.py": _MEMO + "def ﬁt(): return ﬁ\nfi = 1\nﬁ = 2\n"}),
    Trap("text that is shown in another order than it is read", {"reversed.py": _MEMO + "def f():\n    '''\u202e'''; return 1 # \u2066 \u2069\n"}),
    Trap("lines that end in every way there is", {"ends.py": "from hitsave import memo\r@memo\r\ndef f(): pass\n\x0c\n@memo\rdef g():\r\n\tpass\x0b\n"}),
    Trap("parentheses without end", {"parentheses.py": "x = " + "(" * 20_000 + ")" * 20_000 + "\n"}),
    Trap("lists in lists", {"lists.py": _MEMO + "def f():\n    return " + "[" * 5_000 + "]" * 5_000 + "\n"}),
    Trap("signs before signs", {"minus.py": "x = " + "-" * 200_000 + "1\n"}),
    Trap("attributes of attributes", {"chain.py": _MEMO + "def f(x):\n    return x" + ".a" * 50_000 + "\n"}),
    Trap("calls in calls", {"calls.py": "x = f" + "(f" * 3_000 + ")" * 3_000 + "\n"}),
    Trap("functions in functions", {"functions.py": "".join("    " * n + f"def f{n}():\n" for n in range(90)) + "    " * 90 + "pass\n"}),
    Trap("lambdas in lambdas", {"lambdas.py": "x = " + "lambda: " * 5_000 + "1\n"}),
    Trap("strings in strings", {"strings.py": "x = f'" + "{f\"" * 200 + "\n"}),
    Trap("branches beyond number", {"branches.py": _MEMO + "def f(x):\n    if x == 0: pass\n" + "".join(f"    elif x == {n}: pass\n" for n in range(3_000))}),
    Trap("a sum of many", {"sums.py": "x = " + " + ".join(["1"] * 20_000) + "\n" + _MEMO + "def f(): return x\n"}),
    Trap("numbers and texts that no memory holds", {"power.py": "K = 9 ** 9 ** 9 ** 9\nS = 'a' * 10 ** 12\nT = 1 << 10 ** 12\n" + _MEMO + "def f():\n    return K, S, T\n"}),
    Trap("a number of a million digits", {"digits.py": "K = " + "9" * 1_000_000 + "\n" + _MEMO + "def f(): return K\n"}),
    Trap("decorators beyond number", {"decorators.py": "from hitsave import memo\n" + "@memo\n" * 2_000 + "def f():\n    pass\n"}),
    Trap("text on which careless patterns take for ever", {"pattern.py": "from hitsave import memo\n@" + "a." * 20_000 + "b\ndef f():\n    pass\n" + "@ " * 5_000 + "\n" + " " * 50_000 + "def\n"}),
    Trap("modules that import each other's everything", {"circle_a.py": "from circle_b import *\n" + _MEMO + "def f():\n    return name\n", "circle_b.py": "from circle_a import *\n", "itself.py": "from itself import x as x\n" + _MEMO + "def f():\n    return x\n"}),
    Trap("names that stand for each other", {"aliases.py": "".join(f"a{n} = a{(n + 1) % 500}\n" for n in range(500)) + _MEMO + "def f(): return a0\n"}),
    Trap("twenty thousand lines", {"long.py": "x = 1\n" * 20_000 + _MEMO + "def last():\n    pass\n"}),
    Trap("one line of two megabytes", {"wide.py": "x = '" + "a" * 2_000_000 + "'; from hitsave import memo\n@memo\ndef f(): pass\n"}),
    Trap("a notebook that is no JSON", {"broken.ipynb": "{" * 100_000}),
    Trap("a notebook whose parts are of the wrong kinds", {"odd.ipynb": '{"cells": [1, null, {"cell_type": [], "source": {"a": 1}}, {"cell_type": "code", "source": [1, ["x"]]}], "metadata": 7}'}),
)  # fmt: skip
"""Texts that are hard to read."""

LYING_ABOUT: Final = (
    Trap("a file of a hundred megabytes", make=_hundred_megabytes),
    Trap("a pipe that nobody writes to", make=lambda folder, _: os.mkfifo(folder / "pipe.py")),
    Trap("a socket", make=_socket),
    Trap("a link to a device that never ends", make=lambda folder, _: (folder / "zero.py").symlink_to("/dev/zero")),
    Trap("a link to a terminal", make=lambda folder, _: (folder / "terminal.py").symlink_to("/dev/tty")),
    Trap("a link to itself", make=lambda folder, _: (folder / "self.py").symlink_to("self.py")),
    Trap("a link to the folder that it is in", make=lambda folder, _: (folder / "loop").symlink_to(folder, target_is_directory=True)),
    Trap("a link to the whole disk", make=lambda folder, _: (folder / "disk").symlink_to("/", target_is_directory=True)),
    Trap("a folder by the name of a file", {"folder.py/inside.py": "TOUCH\n"}),
    Trap("folders in folders", make=_nested_folders),
    Trap("a name that is no text", make=lambda folder, _: (folder / os.fsdecode(b"caf\xe9.py")).write_text("x = 1\n")),
    Trap("a name of two lines", make=lambda folder, _: (folder / "a\nb.py").write_text(_MEMO + "def f(): pass\n")),
    Trap("a name that is a command, and one that is a link", {"[x](command:hitsave.clearAll).py": _MEMO + "def f(): pass\n", "$(touch CANARY_NAME).py": "x = 1\n"}),
    Trap("an archive on the way to modules", {"src/archive.zip": b"PK\x05\x06" + bytes(18), "src/archive.egg": b"PK\x05\x06" + bytes(18)}),
    Trap("settings inside of it that are no TOML", {"nested/pyproject.toml": "[tool.hitsave\n" + "x = [" * 10_000, "nested/inner.py": _MEMO + "def f(): pass\n"}),
    Trap("a project inside of it whose sources are everywhere", {"inner/pyproject.toml": '[tool.hitsave]\nsource-roots = ["/", "../..", "/proc/self/fd", ""]\nstore = "/dev/full"\n', "inner/m.py": _MEMO + "def f(): pass\n"}),
    Trap("a store that is none", {"hitsave.sqlite": "not a database", "blobs": "not a folder"}),
)  # fmt: skip
"""Things that lie about."""

TRAPS: Final = (*STARTING, *EVALUATED, *READ, *LYING_ABOUT)


def plant(folder: Path, canaries: Path, traps: tuple[Trap, ...] = TRAPS) -> dict[str, str]:
    """Lay traps out; the environment variables of those that have some. A canary is named by the trap's number."""
    environment: dict[str, str] = {}
    canaries.mkdir()
    for trap in traps:
        canary = canaries / str(TRAPS.index(trap))
        touch = f"__import__('os').close(__import__('os').open({str(canary)!r}, 65))"
        for name, content in trap.files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(content, str):
                text = content.replace("TOUCHED", touch.replace("'", "\\'")).replace("TOUCH", touch).replace("CANARY", str(canary))
                path.write_text(text, encoding="utf-8", errors="surrogatepass", newline="")
            else:
                path.write_bytes(content)
        if trap.make is not None:
            trap.make(folder, touch)
        environment.update({name: value.replace("WORKSPACE", str(folder)) for name, value in trap.environment.items()})
    return environment


def sprung(canaries: Path) -> list[str]:
    """The names of the traps whose code ran."""
    return [TRAPS[int(path.name)].name for path in sorted(canaries.iterdir(), key=lambda p: int(p.name))]
