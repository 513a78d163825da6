"""Checks that are made again only where something changed give what all checks give."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from hitsave.freshness.check import CodeCheck, answer, failures
from hitsave.freshness.checklist import Checklist
from hitsave.freshness.record import CaptureCheck, NameCheck, Record
from hitsave.freshness.static import StaticWorld
from hitsave.freshness.surroundings import Surroundings
from hitsave.workspace.library import WorkspaceLibrary
from hitsave.workspace.project import Project
from hitsave.workspace.settings import Settings
from hitsave.workspace.sources import DiskSources, OverlaySources

FILES = {
    "app.py": "import util\nfrom limits import K\ndef f(x):\n    return util.helper(x) + K\n",
    "util.py": "def helper(x):\n    return len(x)\ndef other():\n    return 1\n",
    "limits.py": "K = 1\n",
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def world_of(project: Path) -> tuple[StaticWorld, WorkspaceLibrary]:
    library = WorkspaceLibrary(Project(project, Settings()), [str(project)])
    return StaticWorld(library, Surroundings(library, str(project), {})), library


def record_of(world: StaticWorld) -> Record:
    """What a run of app:f would have recorded."""
    from hitsave.codegraph.closure import Walker
    from hitsave.codegraph.symbols import Symbol

    graph = Walker(world.walker.library).walk([Symbol("app", "f")])
    return Record(
        world.python,
        world.optimize,
        code=tuple(sorted(CodeCheck(str(s), n.kind, n.shell, n.body, n.documented) for s, n in graph.code.items())),
        names=tuple(sorted(NameCheck(module, key, str(found)) for (module, key), found in graph.names.items())),
        captures=tuple(CaptureCheck(str(s), None, maker.digest if maker else None, literal=True) for s, maker in graph.captures.items()),
    )


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("util.py", "len(x)", "len(x) + 1"),
        ("util.py", "return 1", "return 2"),
        ("util.py", "def helper", "def renamed"),
        ("util.py", "def other", "def len"),
        ("limits.py", "K = 1", "K = 2"),
        ("limits.py", "K = 1", "from other import K"),
        ("app.py", "+ K", "- K"),
        ("util.py", "len(x)", "len(x"),
    ],
)
def test_an_edit_and_its_undoing_are_told_as_by_all_checks(project, name, old, new):
    """The same failures as when every check is made, after the edit and after it was undone."""
    world, library = world_of(project)
    record = record_of(world)
    checklist = Checklist(world, library)
    checklist.add(record.digest(), record.encode())
    assert checklist.failures(record.digest()) == ()
    path = str(project / name)
    edited = OverlaySources(DiskSources()).with_buffer(path, FILES[name].replace(old, new))
    for sources in (edited, OverlaySources(DiskSources())):
        checklist.code_changed(library.reread(sources, [path]))
        assert checklist.failures(record.digest()) == tuple(failures(record, world))


def test_what_does_not_look_at_the_edited_module_is_not_checked_again(project, monkeypatch):
    """An edit of limits.py asks nothing about util.py."""
    world, library = world_of(project)
    record = record_of(world)
    checklist = Checklist(world, library)
    checklist.add(record.digest(), record.encode())
    checklist.failures(record.digest())
    asked: list[str] = []
    monkeypatch.setattr("hitsave.freshness.checklist.answer", lambda check, w: asked.append(str(getattr(check, "symbol", ""))) or answer(check, w))
    path = str(project / "limits.py")
    changed = library.reread(OverlaySources(DiskSources()).with_buffer(path, "K = 5\n"), [path])
    assert changed == {"limits"}
    assert checklist.code_changed(changed) == {record.digest()}
    assert "util:helper" not in asked
    assert "limits:K" in asked


def test_surroundings_are_checked_when_someone_says_that_they_may_have_changed(project):
    """A file that a result depended on is looked at again then, and only then."""
    from hitsave.freshness.record import FileCheck
    from hitsave.freshness.surroundings import content_digest

    world, library = world_of(project)
    (project / "data.csv").write_text("1")
    record = Record(world.python, world.optimize, files=(FileCheck("data.csv", "file", content_digest(str(project / "data.csv"))),))
    checklist = Checklist(world, library)
    checklist.add(record.digest(), record.encode())
    assert checklist.failures(record.digest()) == ()
    (project / "data.csv").write_text("22")
    assert checklist.failures(record.digest()) == ()
    assert checklist.surroundings_changed() == {record.digest()}
    assert [f.answer for f in checklist.failures(record.digest())] == ["changed"]
    assert checklist.files() == ["data.csv"]


PIECES = [
    "",
    "\n",
    "    # c\n",
    "    return 5\n",
    "x = 1\n",
    "def helper(x):\n    return 9\n",
    "@print\n",
    "other.k = 1\n",
    "helper = other\n",
    "import os\n",
    "def len(x): return 0\n",
    "(\n",
]


@pytest.mark.parametrize("seed", range(12))
def test_any_series_of_edits_is_told_as_by_all_checks(project, seed):
    """Typed into any place of any file, one after the other, without looking at the whole in between."""
    chance = random.Random(seed)
    world, library = world_of(project)
    record = record_of(world)
    checklist = Checklist(world, library)
    checklist.add(record.digest(), record.encode())
    checklist.failures(record.digest())
    sources = OverlaySources(DiskSources())
    texts = dict(FILES)
    for _ in range(40):
        name = chance.choice(list(FILES))
        lines = texts[name].splitlines(keepends=True)
        at = chance.randrange(len(lines) + 1)
        lines[at : at + chance.choice([0, 0, 1])] = [chance.choice(PIECES)]
        texts[name] = "".join(lines) if chance.random() < 0.8 else FILES[name]
        path = str(project / name)
        sources = sources.with_buffer(path, texts[name])
        checklist.code_changed(library.reread(sources, [path]))
        fresh = StaticWorld(library, Surroundings(library, str(project), {}))
        assert checklist.failures(record.digest()) == tuple(failures(record, fresh)), texts
