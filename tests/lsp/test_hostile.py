"""A workspace that wants its code to run: looking at it runs nothing of it, starts nothing, connects to nothing, and ends.

Each trap (`traps.py`) touches a file of its own if it is ever executed. What the server's process does is reported by an audit hook that is in place before anything else.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.lsp.client import REPOSITORY, START, Editor
from tests.lsp.conftest import Project
from tests.lsp.traps import EVALUATED, STARTING, TRAPS, plant, sprung

HOOK = """
import os, sys
_report, _workspace = sys.argv[1:3]
_watched = {"subprocess.Popen", "os.exec", "os.posix_spawn", "os.system", "os.fork", "os.forkpty", "socket.connect", "socket.bind", "socket.getaddrinfo",
            "ctypes.dlopen", "pty.spawn", "webbrowser.open", "pickle.find_class", "marshal.loads", "urllib.Request", "sqlite3.load_extension", "sqlite3.enable_load_extension", "ctypes.dlsym"}
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


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory):
    """The workspace with all traps, its server's process, and where what happens is reported."""
    base = tmp_path_factory.mktemp("hostile")
    project = Project(base / "project", base / "store")
    canaries, report = base / "canaries", base / "report"
    project.write({"pyproject.toml": '[project]\nname = "p"\n[tool.hitsave]\nsource-roots = ["src"]\ntrack = ["pygls"]\n'})
    environment = {**project.environment, **plant(project.folder, canaries)}
    command = [sys.executable, "-I", "-X", "utf8", "-c", HOOK + START, str(report), str(project.folder)]
    editor = Editor(environment, cwd=project.folder / "planted", command=command)
    yield editor, project, canaries, report
    editor.close()


def test_nothing_of_the_workspace_runs_and_the_server_answers(hostile):
    """All of it is looked at, opened, asked about, edited; no canary, no process, no connection, no import."""
    editor, project, canaries, report = hostile
    editor.begin(project.folder)
    editor.until(lambda: editor.request("hitsave/functions", {})["complete"])
    status = editor.request("hitsave/status")
    assert status["functions"]["never_run"] >= 30, status
    for name in dict.fromkeys(name for trap in TRAPS if trap not in STARTING for name in trap.opened):
        path = project.folder / name
        uri = editor.open(path, path.read_bytes().decode("utf-8", "replace"))
        editor.raw_hints(uri)
        line = max((n for n, row in enumerate(editor.texts[uri].splitlines()[:10_000]) if row.startswith("def f")), default=3)
        at = {"textDocument": {"uri": uri}, "position": {"line": line, "character": 5}}
        editor.request("textDocument/hover", at)
        editor.request("textDocument/definition", at)
        editor.request("textDocument/diagnostic", {"textDocument": {"uri": uri}})
        for method in ("hitsave/why", "hitsave/dependencies", "hitsave/diff", "hitsave/accept"):
            editor.request(method, {"uri": uri, "position": at["position"]})
        editor.change(uri, editor.texts[uri] + "\n\ndef added():\n    pass\n")
        end = {"line": editor.texts[uri].count("\n") - 2, "character": 5}
        actions = editor.request(
            "textDocument/codeAction", {"textDocument": {"uri": uri}, "range": {"start": end, "end": end}, "context": {"diagnostics": []}}
        )
        for action in actions:
            if "data" in action:
                editor.request("codeAction/resolve", action)
        editor.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
    uri = editor.open(project.folder / "decorated.py")
    assert editor.hints(uri) == {"def f(x=1):": ["never run"]}
    tree = editor.request("hitsave/dependencies", {"symbol": "decorated:f"})
    assert "imported.value = 1" in [b["title"] for b in tree["branches"]]
    assert editor.hints(editor.open(project.folder / "long.py")) == {"def last():": ["never run"]}
    for odd in ("file://elsewhere/share/m.py", "file:///proc/self/mem.py", "http://127.0.0.1:1/m.py", "untitled:m.py"):
        text = "from hitsave import memo\n@memo\ndef f(): pass\n"
        editor.notify("textDocument/didOpen", {"textDocument": {"uri": odd, "languageId": "python", "version": 1, "text": text}})
        editor.raw_hints(odd)
    editor.request("hitsave/refresh")
    editor.request("hitsave/doctor")
    assert sprung(canaries) == []
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
    """Sixty and more, each with a name of its own; what runs when a trap is sprung does leave its canary."""
    assert len({trap.name for trap in TRAPS}) == len(TRAPS) >= 60


def test_traps_do_spring(tmp_path):
    """A program that imports what is to be evaluated, and asks for types, leaves most canaries; so that none says something."""
    folder, canaries = tmp_path / "project", tmp_path / "canaries"
    folder.mkdir()
    plant(folder, canaries, EVALUATED)
    program = "import sys, typing\nsys.path[:0] = sys.argv[1:2]\nfor name in sys.argv[2:]:\n    try:\n        typing.get_type_hints(__import__(name).f)\n    except Exception: pass\n"
    names = [Path(name).stem for trap in EVALUATED for name in trap.opened]
    subprocess.run([sys.executable, "-c", program, str(REPOSITORY), *names], cwd=folder, env={"HITSAVE": "off"}, check=True, capture_output=True)
    unsprung = {trap.name for trap in EVALUATED} - {*sprung(canaries)}
    elsewhere = {"a star import of such a module", "an import of a name that is computed"}  # what they import has a canary of another trap
    others = {"a type comment", "a literal that can't be made: sets of lists, keys that are lists", "commands of the shell in a notebook"}
    assert unsprung == elsewhere | others
