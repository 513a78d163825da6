"""Hostile input: 500 times what nobody would write on purpose, on the command line, in `pyproject.toml` and in the environment.

The command ends with status 0, 1 or 2, and with one line on standard error where that is 2. A program gives its values, with one warning at most. No traceback, ever.
"""

from __future__ import annotations

import importlib
import os
import random
import shutil
import sys
from pathlib import Path
from typing import Final

from tests.faults.children import Child, Ended, run
from tests.faults.figures import Figures, Plan
from tests.faults.program import SUBJECT, calls, copy_store, faults_of

NUMBERS: Final = (0, 1, 0, 3)
_COMMANDS: Final = (
    "status",
    "ls",
    "show",
    "why",
    "deps",
    "lint",
    "diff",
    "export",
    "accept",
    "pin",
    "unpin",
    "tag",
    "note",
    "clear",
    "gc",
    "fsck",
    "doctor",
    "nonsense",
    "",
)
_OPTIONS: Final = (
    "--help", "--json", "--all", "--limit", "--project", "--symbol", "--budget", "--repair", "--yes", "--dry-run", "--output", "--format", "--no-such",
    "-n", "-", "--", "-Z", "--limit=", "--json=yes", "---", "--older-than", "--stale", "--out", "--tag", "--status", "--since", "--version", "-vvvv",
)  # fmt: skip
_VALUES: Final = (
    "", " ", "0", "-1", "1e999", "nan", "inf", "99999999999999999999999999", "0x10", "٣", "work:small", "work.py:19", "work.py:999999", "work.py:-1",
    "work:", ":", "::", "a:b:c", "no.such.module:f", "work:small.<locals>.x", "work:\ud800", "\udcff\udcfe", "x" * 20_000, "../" * 200, "/dev/null", "/dev/zero",
    "/proc/self/mem", "/nonexistent/file.py", ".", "..", "~", "*", "?", "[", "%s%n%d", "{0}", "{x!r}", "[bold]x[/bold]", "[/]", "\x1b[31mred", "a\nb", "a\rb",
    "\t", "💥", "日本語", "01" * 13, "zzzz", "01ARZ3NDEKTSV4RRFFQ69G5FAV", "' OR 1=1 --", '"; DROP TABLE entries; --', "$(touch /tmp/x)", "`id`", "\\", "a=b", "=",
)  # fmt: skip
_SETTINGS: Final = (
    'store = ""', "store = 1", 'store = "\\u0000"', 'store = "pyproject.toml"', 'store = "/dev/null"', 'store = "/proc/self/x"', "store = []", 'store = "' + "x" * 5000 + '"',
    "track = 1", "track = [1]", 'track = [""]', 'track = "numpy"', 'track = ["\\uD7FF"]', "source-roots = 1", 'source-roots = ["/"]', 'source-roots = [".."]', 'source-roots = [""]',
    'source-roots = ["no/such"]', "externals = 1", "externals = []", "externals.named = 1", 'externals.numpy = "x"', 'externals = {"" = "exact"}', "budget = inf", "budget = nan",
    "budget = -1", "budget = 1e300", 'budget = ""', 'budget = "x GB"', "budget = []", "budget = true", 'budget = "' + "9" * 400 + ' GB"', 'budget = "1e9"', "budget = 1979-05-27",
    "views = 1", 'views = "yes"', "ignore-rules = 1", 'ignore-rules = ["HS"]', "ignore-rules = [[]]", "nonsense = 1", '"" = 1', "a.b.c = 1", "[", "]", "= 1", "x", "store = 'a",
    "store = 'a'\nstore = 'b'", "\x00", "\ufeff", "a = " + "[" * 500 + "]" * 500, "a = " + "[" * 30_000, "b = " + "{a = " * 400 + "1" + "}" * 400, "# " + "x" * 100_000, "\r", "[tool]\nhitsave = 1",
    "[tool.hitsave]", "[[tool.hitsave]]", "é = 1", "x = '\ud800'",
)  # fmt: skip
_RAW_FILES: Final = (
    b"\xff\xfe\x00",
    b"\xef\xbb\xbf[tool.hitsave]\nviews = 2\n",
    b"",
    b"\x00" * 100,
    b"[tool]\nhitsave = 1\n",
    b"tool = 1\n",
    b"[tool.hitsave\n",
    b"[project]\nname = 1\n",
)
_VARIABLES: Final = (
    "HITSAVE", "HITSAVE_DIR", "HITSAVE_BUDGET", "HITSAVE_VIEWS", "HITSAVE_NOTICES", "HITSAVE_VERIFY", "HITSAVE_TEST_STORE", "XDG_DATA_HOME", "HOME", "COLUMNS", "LINES",
    "TERM", "LANG", "LC_ALL", "TMPDIR", "USER", "LOGNAME", "PATH", "NO_COLOR", "FORCE_COLOR", "TZ",
)  # fmt: skip


def measure(plan: Plan) -> Figures:
    """Play the rounds."""
    figures = Figures()
    rounds = plan.of(500, 20)
    base = plan.folder / "base"
    run(calls, base, NUMBERS)

    def play(number: int) -> tuple[str, str, list[str]]:
        folder = plan.folder / f"round-{number}"
        chance = random.Random(plan.seed * 1000 + number)
        project = folder / "project"
        project.mkdir(parents=True)
        shutil.copy(SUBJECT / "work.py", project)
        (project / "pyproject.toml").write_text('[project]\nname = "p"\n', encoding="utf-8")
        copy_store(base, folder / "store")
        try:
            return (_command_line, _command_line, _settings, _environment)[number % 4](project, number, chance)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    for row, where, problems in plan.play(figures, range(rounds), play):
        figures.count(row, inputs=1)
        figures.wrong(row, where, problems)
    return figures


def _command_line(project: Path, _number: int, chance: random.Random) -> tuple[str, str, list[str]]:
    arguments = [chance.choice(_COMMANDS), *chance.choices(_OPTIONS + _VALUES + _VALUES, k=chance.randrange(4))]
    return "command lines", repr(arguments)[:200], _command(project, arguments, {})


def _settings(project: Path, number: int, chance: random.Random) -> tuple[str, str, list[str]]:
    content = _written(number // 4)
    (project / "pyproject.toml").write_bytes(content)
    problems = _command(project, [chance.choice(["status", "ls", "why", "lint", "doctor"])], {}) + _program(project, {})
    return "settings", repr(content)[:100], problems


def _written(number: int) -> bytes:
    if number < len(_RAW_FILES):
        return _RAW_FILES[number]
    setting = _SETTINGS[(number - len(_RAW_FILES)) % len(_SETTINGS)]
    head = "" if setting.startswith(("[tool", "[[tool")) else "[tool.hitsave]\n"
    return (head + setting + "\n").encode("utf-8", "surrogatepass")


def _environment(project: Path, number: int, chance: random.Random) -> tuple[str, str, list[str]]:
    name = _VARIABLES[number // 4 % len(_VARIABLES)]
    unsafe = {"~", "..", "*"} if name in {"HOME", "HITSAVE_DIR", "HITSAVE_TEST_STORE", "XDG_DATA_HOME", "TMPDIR"} else set()
    value = chance.choice([value for value in _VALUES if value not in unsafe and "/nonexistent" not in value and "\ud800" not in value])
    variables = {name: value}
    return (
        "the environment",
        f"{name}={value!r}"[:150],
        _command(project, [chance.choice(["status", "ls", "gc", "fsck", "doctor"])], variables) + _program(project, variables),
    )


def _command(project: Path, arguments: list[str], variables: dict[str, str]) -> list[str]:
    out, err = project.parent / "out", project.parent / "err"
    out.touch()
    err.touch()
    ended = run(_run_command, project, arguments, variables, out, err, timeout=60)
    printed, complained = out.read_text(encoding="utf-8", errors="replace"), err.read_text(encoding="utf-8", errors="replace")
    status = ended.answer
    problems: list[str] = []
    if ended.raised or "Traceback" in complained or "Traceback" in printed:
        problems.append(f"hitsave {arguments!r:.200} raised: {ended.raised or complained}")
    elif status not in {0, 1, 2}:
        problems.append(f"hitsave {arguments!r:.200} ended with {ended.status if status is None else status}")
    elif status == 2 and complained.count("\n") != 1:
        problems.append(f"hitsave {arguments!r:.200} said in {complained.count(chr(10))} lines: {complained[:500]}")
    return problems


def _run_command(_child: Child, project: Path, arguments: list[str], variables: dict[str, str], out: Path, err: Path) -> int:
    _settle(project, variables)
    for descriptor, path in ((1, out), (2, err)):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT), descriptor)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    sys.stdin, sys.stdout, sys.stderr = os.fdopen(0, encoding="utf-8"), os.fdopen(1, "w", encoding="utf-8"), os.fdopen(2, "w", encoding="utf-8")
    from hitsave.cli.main import main

    try:
        status = main(arguments)
    except SystemExit as ended:
        status = ended.code if isinstance(ended.code, int) else 1
    sys.stdout.flush()
    sys.stderr.flush()
    return status


def _program(project: Path, variables: dict[str, str]) -> list[str]:
    ended: Ended = run(_run_program, project, variables, timeout=60)
    return [f"a program: {problem}" for problem in faults_of(ended, (), most_warnings=1)] + [
        f"a program: the call {n} was evaluated {ended.ran[n]} times" for n in set(NUMBERS) if ended.ran[n] > NUMBERS.count(n)
    ]


def _run_program(child: Child, project: Path, variables: dict[str, str]) -> object:
    _settle(project, variables)
    store = os.environ["HITSAVE_DIR"] if "HITSAVE_DIR" in variables else project.parent / "store"
    if "HITSAVE_DIR" not in variables and b"store" in (project / "pyproject.toml").read_bytes():
        store = ""
    return calls(child, store, NUMBERS)


def _settle(project: Path, variables: dict[str, str]) -> None:
    os.chdir(project)
    # Nothing may come to lie outside of the round's folder.
    os.environ |= {"HOME": str(project.parent / "home"), "HITSAVE_DIR": str(project.parent / "store"), "HITSAVE_NOTICES": "off"}
    os.environ.pop("XDG_DATA_HOME", None)
    os.environ |= {name: value.replace("\0", "") for name, value in variables.items()}
    sys.path.insert(0, str(project))
    sys.modules["__main__"].__file__ = sys.argv[0] = str(project / "work.py")
    sys.modules.pop("work", None)
    importlib.invalidate_caches()
    importlib.import_module("work")
