"""How long the language server takes, in a project of 150,000 lines.

Django's own source is the project's code, so that all of it counts, and 50 memoised functions in one file of 1,000 lines use it:
forms, templates, queries, URLs, signing. Their results are written into a store without running anything: each has the Record that the code graph gives,
all of what the function can reach, which is more than a run leaves in one.

    python benchmarks/editor.py [FOLDER]        # FOLDER is made, and used again the next time; needs pip for Django's source

Two numbers each: the processor time of the server, all threads together, until 150 ms after the answer; and the round trip as an editor has it,
from writing ``didChange`` to having read the answer to ``inlayHint``. The floor that is printed beside them is a request that the server answers from memory.
Linux only, because of where the processor time is read from.
"""

from __future__ import annotations

import ast
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent / "server"), str(HERE.parent / "tests" / "lsp")]

from client import REPOSITORY, Editor  # noqa: E402 - found by the line above

from hitsave.codegraph.closure import Walker  # noqa: E402
from hitsave.codegraph.symbols import Symbol  # noqa: E402
from hitsave.digest import digest_bytes  # noqa: E402
from hitsave.freshness.project_text import ProjectText  # noqa: E402
from hitsave.freshness.record import CaptureCheck, CodeCheck, NameCheck, Record, Snapshot, SnapshotText, text_digest  # noqa: E402
from hitsave.storage.entry import NewEntry  # noqa: E402
from hitsave.storage.store import Store  # noqa: E402
from hitsave.workspace.settings import Settings  # noqa: E402

DJANGO = "django==5.2.3"
FUNCTIONS = 50
KEYSTROKES = 60
STARTS = 7

HEAD = '''"""Fifty functions that use all of Django."""

from __future__ import annotations

import django
from django import forms
from django.conf import settings
from django.core import mail, paginator, signing, validators
from django.db import models
from django.template import Context, Engine
from django.test import RequestFactory
from django.urls import path
from django.urls.resolvers import RegexPattern, URLResolver
from django.utils import dateparse, html, http, text, timezone
from hitsave import memo

if not settings.configured:
    settings.configure(
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}, SECRET_KEY="x", USE_TZ=True
    )
    django.setup()


class Author(models.Model):
    name = models.CharField(max_length=100)
    born = models.DateField(null=True)

    class Meta:
        app_label = "app"


class Book(models.Model):
    title = models.CharField(max_length=200)
    author = models.ForeignKey(Author, on_delete=models.CASCADE)
    price = models.DecimalField(max_digits=6, decimal_places=2)

    class Meta:
        app_label = "app"


class BookForm(forms.Form):
    title = forms.CharField(max_length=50)
    email = forms.EmailField()
    count = forms.IntegerField(min_value=1)


def home(request):
    return None


urlpatterns = [path("", home), path("book/<int:pk>/", home)]
'''

USES = [
    'Engine().from_string("{% for i in x %}{{ i|upper }}{% endfor %}").render(Context({"x": ["a"] * n}))',
    "str(Book.objects.filter(author__name=str(n)).order_by('title').query)",
    "str(Book.objects.annotate(books=models.Count('author')).filter(books__gt=n).query)",
    "BookForm({'title': 'a', 'email': 'a@b.cc', 'count': n + 1}).is_valid()",
    "BookForm().as_p()",
    "str(URLResolver(RegexPattern('^/'), urlpatterns).resolve('/book/%d/' % n).kwargs)",
    "signing.dumps({'n': n}, key='k')[:1]",
    "paginator.Paginator(list(range(n + 10)), 3).page(1).object_list",
    "mail.EmailMessage('s', 'b', 'a@b.cc', ['c@d.ee']).message().as_string()[:5]",
    "RequestFactory().get('/', {'n': n}).GET['n']",
    "text.slugify('A b %d' % n) + html.escape('<') + http.urlencode({'a': n})",
    "str(dateparse.parse_datetime('2026-01-01T00:00:00Z')) + str(timezone.get_default_timezone_name())",
    "validators.URLValidator()('https://example.com/%d' % n)",
    "str(models.Q(a=n) & models.Q(b=2))",
    "[f.name for f in Book._meta.fields]",
]


def app() -> str:
    """The file with the memoised functions, about 1,000 lines long."""
    parts = [HEAD]
    for number in range(FUNCTIONS):
        use = USES[number % len(USES)]
        parts.append(f'''

def helper_{number}(n):
    """What task {number} needs."""
    total = 0
    for step in range(n):
        total += step * {number}
        if total > 1000:
            total -= 1000
    words = [str(total), "of", str(n)]
    return " ".join(words)


@memo
def task_{number}(n):
    """Uses Django."""
    label = helper_{number}(n)
    found = {use}
    return f"{{label}} {{found!s:.40}}"
''')
    return "".join(parts)


def prepare(folder: Path) -> dict[str, str]:
    """The project, with results in its store; the environment that it is used with."""
    project = folder / "project"
    paths = [REPOSITORY, REPOSITORY / "server", folder / "site"]
    environment = {**os.environ, "HITSAVE_DIR": str(folder / "store"), "PYTHONPATH": os.pathsep.join(map(str, paths)), "HITSAVE_LSP_PATIENCE": ""}
    if not (project / "pyproject.toml").exists():
        project.mkdir(parents=True, exist_ok=True)
        site = folder / "site"
        if not site.exists():
            subprocess.run([sys.executable, "-m", "pip", "install", "-q", "--target", str(site), DJANGO], check=True)
            (site / "django").rename(project / "django")
            shutil.rmtree(next(site.glob("[dD]jango-*.dist-info")))  # or it would be a library, and not looked into
        (project / "pyproject.toml").write_text('[project]\nname = "bookshop"\nversion = "0"\n')
    if not (folder / "store").exists():
        (project / "app.py").write_text(app())
        began = time.perf_counter()
        checks = store_results(project, folder / "store")
        print(f"results stored in {time.perf_counter() - began:.0f} s, {statistics.mean(checks):.0f} checks a Record")
    return environment


def store_results(project: Path, store_folder: Path) -> list[int]:
    """Twelve results of each function; how many checks each Record has."""
    store = Store.open(store_folder)
    store.set_document(str(project), "bench", b"")  # so that the folder is there, and facts are kept in it
    text = ProjectText(str(project), Settings(), store, os.environ)
    checks: list[int] = []
    for number in range(FUNCTIONS):
        symbol = Symbol("app", f"task_{number}")
        graph = Walker(text.library).walk([symbol])
        record = Record(
            text.world.python,
            text.world.optimize,
            code=tuple(CodeCheck(str(s), n.kind, n.shell, n.body, n.documented) for s, n in graph.code.items()),
            names=tuple(NameCheck(module, key, str(found)) for (module, key), found in graph.names.items()),
            captures=tuple(CaptureCheck(str(s), bytes(32), maker and maker.digest, literal=False) for s, maker in graph.captures.items() if maker),
        )
        nodes = [(s, n.kind, n.text, n.path, n.line) for s, n in graph.code.items()]
        texts = {text_digest(content): content for _, _, content, _, _ in nodes}
        snapshot = Snapshot(
            str(project),
            tuple(SnapshotText(str(s), kind, text_digest(content), path, line, str(graph.via.get(s, ""))) for s, kind, content, path, line in nodes),
        )
        for call in range(12):
            key = digest_bytes("benchmark", f"{symbol} {call}".encode())
            new = NewEntry(key, str(symbol), str(project), record.captures_digest(), wall_ns=1_950 * 10**9)
            store.put(new, record=record.encode(), snapshot=snapshot.encode(), texts=texts, value=[b"x"])
        checks.append(len(record.code) + len(record.names) + len(record.captures))
    text.library.keep()
    store.close()
    return checks


def memory_mb(process: int) -> float:
    """The resident memory of a process."""
    with Path(f"/proc/{process}/status").open(encoding="utf-8") as status:
        return next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmRSS"))


def compute(process: int) -> float:
    """The processor seconds that a process has used so far, all its threads together."""
    used = 0
    for task in Path(f"/proc/{process}/task").glob("*/schedstat"):
        used += int(task.read_text().split()[0])
    return used / 1e9


def say(what: str, times: list[tuple[float, float]]) -> None:
    """A row of the table: of each (processor time, round trip), half and 95 % of them take no longer."""
    cells: list[str] = []
    for column in zip(*times, strict=True):
        ordered = sorted(column)
        cells.append(f"{statistics.median(ordered) * 1000:.1f} | {ordered[int(len(ordered) * 0.95)] * 1000:.1f}")
    print(f"| {what} | {' | '.join(cells)} |")


def main() -> None:
    """Prepare, measure, print."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else HERE.parent / "build/benchmark-editor").resolve()
    environment = prepare(folder)
    project = folder / "project"
    lines = sum(len(p.read_bytes().splitlines()) for p in project.rglob("*.py"))
    print(f"{lines:,} lines of project code, {FUNCTIONS} memoised functions, {len(app().splitlines())} lines in the buffer")
    starts: list[float] = []
    for turn in ("cold", *["warm"] * STARTS):
        began = time.perf_counter()
        editor = Editor(environment, cwd=folder)
        editor.begin(project)
        uri = editor.open(project / "app.py")
        editor.until(lambda e=editor, u=uri: any("cached" in h["label"] for h in e.raw_hints(u)))
        first, used = time.perf_counter() - began, compute(editor.process.pid)
        count = len(editor.raw_hints(uri))
        editor.until(lambda e=editor: e.request("hitsave/functions", {})["complete"])
        print(
            f"{turn} start: first hints after {first:.2f} s, {used:.2f} s of compute ({count} hints), whole project after {time.perf_counter() - began:.2f} s, {memory_mb(editor.process.pid):.0f} MB"
        )
        if turn == "warm":
            starts.append(first)
        if len(starts) < STARTS:
            editor.close()
    print(f"warm start, median of {STARTS}: first hints after {statistics.median(starts):.2f} s")
    states: dict[str, int] = {}
    for hint in editor.raw_hints(uri):
        word = hint["label"].split()[0]
        states[word] = states.get(word, 0) + 1
    print(states)
    time.sleep(3)
    print(f"floor: ast.parse of the buffer takes {_parse_ms():.1f} ms of compute")
    print("| ms | compute p50 | p95 | round trip p50 | p95 |\n|---|---|---|---|---|")
    say("floor: a request answered from memory", [_timed(editor, lambda: editor.request("hitsave/status")) for _ in range(30)])
    say("keystroke in a helper of the open file", _typing(editor, uri, "        total += step * 7\n", "        total += step * 7 "))
    say("keystroke in a comment", _typing(editor, uri, '"""What task 3 needs."""', '"""What task 3 needs."""  # '))
    say("a new line", _typing(editor, uri, "    words = [str(total)", "    words = [str(total)", typed="\n"))
    for name, old in (
        ("django/utils/functional.py", "        res = instance.__dict__[self.name] = self.func(instance)"),
        ("django/db/models/query.py", "        return self._filter_or_exclude(False, args, kwargs)"),
    ):
        hub = editor.open(project / name)
        editor.raw_hints(hub)
        say(f"edit of the hub {name}", _typing(editor, hub, old, old + "  ", asked=uri))
    print(f"memory at the end: {memory_mb(editor.process.pid):.0f} MB")
    editor.close()
    print("".join(editor.log)[-2000:])


def _parse_ms() -> float:
    """What Python's own parser takes for the buffer, now and here: how busy and how fast the machine is."""
    times: list[float] = []
    for _ in range(15):
        began = time.thread_time()
        ast.parse(app())
        times.append(time.thread_time() - began)
    return statistics.median(times) * 1000


def _timed(editor: Editor, work: Callable[[], object]) -> tuple[float, float]:
    """(processor time of the server, round trip) of one piece of work, in seconds."""
    process = editor.process.pid
    used, began = compute(process), time.perf_counter()
    work()
    took = time.perf_counter() - began
    time.sleep(0.15)  # what is told afterwards belongs to it, too
    return compute(process) - used, took


def _typing(editor: Editor, uri: str, old: str, new: str, *, typed: str = "", asked: str = "") -> list[tuple[float, float]]:
    """Characters typed one by one after `old`, which becomes `new` first; the last of them undo it."""
    times: list[tuple[float, float]] = []
    current = old
    for number in range(KEYSTROKES):
        grown = new + (typed * (number + 1) if typed else ("+ " + str(number) if not new.rstrip().endswith("#") else "c" * number))
        grown = grown if old.endswith("\n") is False else grown + "\n"
        times.append(_timed(editor, lambda before=current, after=grown: (editor.replace(uri, before, after), editor.raw_hints(asked or uri))))
        current = grown
    editor.replace(uri, current, old)
    editor.raw_hints(asked or uri)
    return times


if __name__ == "__main__":
    main()
