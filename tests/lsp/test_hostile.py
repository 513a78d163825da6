"""A workspace that wants its code to run: looking at it runs nothing of it, starts nothing, connects to nothing, and ends.

Each trap touches a file if it is ever executed. What the server's process does is reported by an audit hook that is in place before anything else.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from tests.lsp.client import START, Editor
from tests.lsp.conftest import Project

HOOK = """
import os, sys
_report, _workspace = sys.argv[1:3]
_watched = {"subprocess.Popen", "os.exec", "os.posix_spawn", "os.system", "os.fork", "os.forkpty", "socket.connect", "socket.bind", "socket.getaddrinfo",
            "ctypes.dlopen", "pty.spawn", "webbrowser.open", "pickle.find_class", "marshal.loads", "urllib.Request"}
def _look(event, arguments):
    if event in _watched:
        found = event + " " + repr(arguments)[:200]
    elif event == "exec" and str(getattr(arguments[0], "co_filename", "")).startswith(_workspace):
        found = "exec " + arguments[0].co_filename
    elif event == "import" and str(arguments[1] or "").startswith(_workspace):
        found = "import " + str(arguments[1])
    else:
        return
    if event == "marshal.loads":  # the standard library's own bytecode
        return
    with open(os.open(_report, os.O_WRONLY | os.O_CREAT | os.O_APPEND), "w") as file:
        file.write(found + "\\n")
sys.addaudithook(_look)
"""

SHADOWS = [
    "sitecustomize", "usercustomize", "msgpack", "libcst", "blake3", "xxhash", "pygls", "lsprotocol", "cattrs", "attrs", "attr",
    "asyncio", "json", "typing", "ast", "re", "sqlite3", "tomllib", "logging", "importlib", "encodings", "runpy", "conftest", "setup", "dataclasses", "stat",
]  # fmt: skip

EVIL = {
    "decorated.py": "from hitsave import memo\nimport trap_import\n\n@memo\n@trap_import.touch('decorator')\ndef f(x=trap_import.touch('default')):\n    return trap_import.value + x\n",
    "trap_import.py": "{touch}\nvalue = 1\ndef touch(name):\n    {touch}\n    return lambda f: f\ndef __getattr__(name):\n    {touch}\n",
    "class_body.py": "class Meta(type):\n    def __new__(*a):\n        {touch}\nclass A(metaclass=Meta):\n    {touch}\n    def __init_subclass__(cls):\n        {touch}\n",
    "executed.py": 'exec("""{touch}""")\neval("__import__(\'os\').system(\'touch {canary}\')")\n',
    "codec_unknown.py": "# -*- coding: evil_codec -*-\n{touch}\n",
    "evil_codec.py": "{touch}\n",
    "encodings/evil_codec.py": "{touch}\n",
    "codec_punycode.py": "# coding: punycode\n" + "a" * 50_000 + "\n",
    "codec_rot13.py": "# coding: rot13\nvzcbeg bf\n",
    "codec_utf7.py": "# coding: utf-7\n+AGkAbQBwAG8AcgB0- os\n",
    "codec_hex.py": "# coding: hex\n61\n",
    "codec_zlib.py": "# coding: zlib\nx\n",
    "two_cookies.py": "# coding: latin-1\n# coding: evil_codec\nx = 1\n",
    "deep_parentheses.py": "x = " + "(" * 20_000 + ")" * 20_000 + "\n",
    "deep_lists.py": "from hitsave import memo\n@memo\ndef f():\n    return " + "[" * 5_000 + "]" * 5_000 + "\n",
    "deep_minus.py": "x = " + "-" * 200_000 + "1\n",
    "deep_chain.py": "from hitsave import memo\n@memo\ndef f(x):\n    return x" + ".a" * 50_000 + "\n",
    "deep_calls.py": "x = f" + "(f" * 3_000 + ")" * 3_000 + "\n",
    "deep_functions.py": "".join("    " * n + f"def f{n}():\n" for n in range(90)) + "    " * 90 + "pass\n",
    "deep_lambdas.py": "x = " + "lambda: " * 5_000 + "1\n",
    "deep_strings.py": "x = f'" + "{f\"" * 200 + "\n",
    "large_power.py": "from hitsave import memo\nK = 9 ** 9 ** 9 ** 9\nS = 'a' * 10 ** 12\n@memo\ndef f():\n    return K, S\n",
    "large_number.py": "K = " + "9" * 1_000_000 + "\n",
    "null_bytes.py": "x = 1\0\n",
    "lone_surrogate.py": "x = '\\ud800'\n",
    "circle_a.py": "from circle_b import *\nfrom hitsave import memo\n@memo\ndef f():\n    return name\n",
    "circle_b.py": "from circle_a import *\n",
    "self_import.py": "from self_import import x as x\nfrom hitsave import memo\n@memo\ndef f():\n    return x\n",
    "many_decorators.py": "from hitsave import memo\n" + "@memo\n" * 2_000 + "def f():\n    pass\n",
    "regular.py": "from hitsave import memo\n@" + "a." * 20_000 + "b\ndef f():\n    pass\n" + "@ " * 5_000 + "\n",
    "shell.ipynb": json.dumps(
        {
            "cells": [
                {"cell_type": "code", "source": "!touch {canary}\n%run trap_import.py\nfiles = !touch {canary}\n"},
                {"cell_type": "code", "source": "%%bash\ntouch {canary}\n"},
                {"cell_type": "code", "source": "get_ipython().system('touch {canary}')\n"},
            ],
            "metadata": {},
            "nbformat": 4,
        }
    ).replace("{canary}", "CANARY"),
    "broken.ipynb": "{" * 100_000,
    "evil.pth": "import os; os.system('touch CANARY')\n",
    ".env": "PYTHONPATH=.\n",
    "hitsave.sqlite": "not a database",
    "nested/pyproject.toml": "[tool.hitsave\n" + "x = [" * 10_000,
    "nested/inner.py": "from hitsave import memo\n@memo\ndef f(): pass\n",
    "long.py": "x = 1\n" * 20_000 + "from hitsave import memo\n@memo\ndef last():\n    pass\n",
}  # fmt: skip


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory):
    """The workspace, its server's process, and where what happens is reported."""
    base = tmp_path_factory.mktemp("hostile")
    project = Project(base / "project", base / "store")
    canary, report = base / "canary", base / "report"
    touch = f"open({str(canary)!r}, 'a').close()"
    project.write({"pyproject.toml": '[project]\nname = "p"\n[tool.hitsave]\nsource-roots = ["src"]\ntrack = ["pygls"]\n'})
    project.write({f"{name}.py": f"{touch}\nraise SystemExit\n" for name in SHADOWS})
    project.write({f"src/{name}/__init__.py": f"{touch}\n" for name in SHADOWS})
    # A planted `hitsave` on the project's own import path would be what its runs import; so these lie where only a careless server looks.
    project.write({f"planted/{name}.py": f"{touch}\nraise SystemExit\n" for name in ("hitsave", "hitsave_server", *SHADOWS)})
    project.write(
        {name: text.replace("{touch}", touch).replace("{canary}", str(canary)).replace("CANARY", str(canary)) for name, text in EVIL.items()}
    )
    folder = project.folder
    with (folder / "hundred_megabytes.py").open("wb") as file:
        file.truncate(100 * 1024 * 1024)
    os.mkfifo(folder / "pipe.py")
    (folder / "zero.py").symlink_to("/dev/zero")
    (folder / "loop").symlink_to(folder, target_is_directory=True)
    (folder / "self.py").symlink_to("self.py")
    (folder / "blake3.cpython-313-x86_64-linux-gnu.so").write_bytes(b"\x7fELF garbage")
    (folder / "caf\udce9.py".encode("utf-8", "surrogateescape").decode("utf-8", "surrogateescape")).write_text("x = 1\n")
    (folder / "a\nb.py").write_text("x = 1\n")
    environment = {
        **project.environment,
        "PYTHONPATH": str(folder),
        "PYTHONSTARTUP": str(folder / "setup.py"),
        "PYTHONWARNINGS": "error::trap_import.Warn",
    }
    command = [sys.executable, "-I", "-X", "utf8", "-c", HOOK + START, str(report), str(folder)]
    editor = Editor(environment, cwd=folder / "planted", command=command)
    yield editor, project, canary, report
    editor.close()


def test_nothing_of_the_workspace_runs_and_the_server_answers(hostile):
    """All of it is looked at, opened, asked about, edited; no canary, no process, no connection, no import."""
    editor, project, canary, report = hostile
    editor.begin(project.folder)
    editor.until(lambda: editor.request("hitsave/functions", {})["complete"])
    status = editor.request("hitsave/status")
    assert status["functions"]["never_run"] >= 5, status
    for name in sorted(EVIL):
        if not name.endswith(".py"):
            continue
        path = project.folder / name
        uri = editor.open(path, path.read_bytes().decode("utf-8", "replace"))
        editor.raw_hints(uri)
        editor.request("textDocument/hover", {"textDocument": {"uri": uri}, "position": {"line": 3, "character": 5}})
        editor.change(uri, editor.texts[uri] + "\n\ndef added():\n    pass\n")
        at = {"line": editor.texts[uri].count("\n") - 2, "character": 5}
        actions = editor.request(
            "textDocument/codeAction", {"textDocument": {"uri": uri}, "range": {"start": at, "end": at}, "context": {"diagnostics": []}}
        )
        for action in actions:
            if "data" in action:
                editor.request("codeAction/resolve", action)
        editor.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
    uri = editor.open(project.folder / "decorated.py")
    assert editor.hints(uri) == {"def f(x=trap_import.touch('default')):": ["never run"]}
    tree = editor.request("hitsave/dependencies", {"symbol": "decorated:f"})
    assert "trap_import.value = 1" in [b["title"] for b in tree["branches"]]
    assert editor.hints(editor.open(project.folder / "long.py")) == {"def last():": ["never run"]}
    assert not canary.exists()
    assert not report.exists() or report.read_text() == ""


def test_settings_of_the_workspace_lead_nowhere(tmp_path, start):
    """A store in a place that is no store is said so, plainly, and nothing is written there."""
    for number, store in enumerate(["/proc/self", "/dev/null", "../../../../../../etc", "a\\u0000b", "x" * 5000]):
        project = Project(tmp_path / str(number), tmp_path / "unused")
        project.write(
            {
                "pyproject.toml": f'[project]\nname = "p"\n[tool.hitsave]\nstore = "{store}"\n',
                "m.py": "from hitsave import memo\n@memo\ndef f(): pass\n",
            }
        )
        own = {name: value for name, value in project.environment.items() if name != "HITSAVE_DIR"}
        editor = Editor(own, cwd=tmp_path)
        try:
            editor.begin(project.folder)
            uri = editor.open(project.folder / "m.py")
            assert editor.hint(uri, "def f(): pass") == "never run"
            assert editor.request("hitsave/status")["stores"]
        finally:
            editor.close()


def test_nobodys_code_is_among_what_the_server_loaded(hostile):
    """Neither the runtime nor the command line, nor anything of the workspace; asked in a process of its own."""
    import subprocess

    _, project, *_ = hostile
    program = (
        START.partition("runpy.run_module")[0]
        + "import os\nfrom hitsave_server.lsp.features import make_server\nfrom hitsave_server.lsp.analysis import Analysis\n"
        + "make_server({}).analyst.close()\na = Analysis(sys.argv[1], {'HITSAVE_DIR': sys.argv[2]})\na.search(); a.picture(0); a.disk_changed(); a.close()\n"
        + "print(*sorted(m for m, v in sys.modules.items() if m.startswith(('hitsave.runtime', 'hitsave.cli')) or str(getattr(v, '__file__', '')).startswith(sys.argv[1])))"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", program, str(project.folder), str(project.store)],
        capture_output=True,
        text=True,
        check=False,
        cwd=project.folder,
    )
    assert (done.stdout, done.stderr) == ("\n", "")


def test_there_are_as_many_traps_as_were_promised():
    """Sixty and more, and each is a file of its own."""
    assert len(SHADOWS) * 3 + len(EVIL) + 8 >= 60
    assert len(set(SHADOWS)) == len(SHADOWS)
    assert Path(__file__).name == "test_hostile.py"
