"""`FileSnapshot` and `DirectorySnapshot`: files as arguments and results of memoised functions."""

from __future__ import annotations

import os

from hitsave.storage.eviction import Evicted
from hitsave.storage.store import Store

MAKING = """
    import pathlib, sys
    from hitsave import DirectorySnapshot, FileSnapshot, memo

    @memo
    def size(snapshot):
        print("computing")
        return len(snapshot.path.read_bytes())

    @memo
    def names(snapshot):
        print("computing")
        return sorted(p.name for p in snapshot.path.iterdir())

    @memo
    def report(text):
        print("computing")
        path = pathlib.Path("report.txt")
        path.write_text(text * 20_000)
        made = FileSnapshot.snap(path)
        path.unlink()
        return {"report": made, "n": len(text)}

    @memo
    def copy(path):
        print("computing")
        return DirectorySnapshot.snap(path)
"""


def test_an_argument_counts_by_what_it_holds(project):
    """Wherever it lies, and whatever it is called; another content is another argument."""
    project.write("a.bin", "some content")
    project.write("inner/b.bin", "some content")
    printed = project.script(
        MAKING + "    print(size(FileSnapshot.snap('a.bin')), size(FileSnapshot.snap('inner/b.bin')), names(DirectorySnapshot.snap('inner')))\n"
    ).quiet
    assert printed == ["computing", "computing", "12 12 ['b.bin']"]
    project.write("a.bin", "another content")
    assert project.run("main.py").quiet == ["computing", "15 12 ['b.bin']"]


def test_a_result_keeps_its_files(project):
    """Another process puts back what is not on the disk any more; collecting garbage takes nothing that an entry needs."""
    project.script(MAKING + "    report('x')")
    with Store.open(project.store) as store:
        (entry,) = [e for e in store.list() if e.symbol == "main:report"]
        store.delete([e.id for e in store.list() if e.symbol == "hitsave:snapshot"])
        store.sweep(grace_seconds=-1)
        assert not store.check().findings
        assert [a.size for a in entry.attachments] == [20_000]
    put = "    made = report('x')['report']; print(made.restore_at('again.txt').read_text() == 'x' * 20_000, made.path.stat().st_mode & 0o222)"
    assert project.script(MAKING + put).quiet == ["True 0"]


def test_a_result_whose_files_are_gone_is_computed_again(project):
    """And is whole again after that."""
    project.script(MAKING + "    report('x')")
    with Store.open(project.store) as store:
        for attachment in next(e for e in store.list() if e.symbol == "main:report").attachments:
            os.unlink(store._blobs.path(attachment.blob))
    assert project.run("main.py").printed == ["computing"]
    assert project.run("main.py").printed == []


def test_files_count_in_the_budget_and_go_with_their_result(project):
    """The bytes of a result are those of its files, too."""
    project.script(MAKING + "    report('x')")
    with Store.open(project.store) as store:
        assert store.stats().value_bytes > 40_000
        went = store.evict(store.plan_eviction(0))
        assert went != Evicted()
        assert not [path for path in (project.store / "blobs").rglob("*") if path.is_file()]


def test_a_folder_that_a_function_takes_in_is_an_input(project):
    """A change in it, however deep, computes again; undone, it is a hit."""
    project.write("data/deep/a.txt", "one")
    call = "    print(names(copy('data')), copy('data').size)"
    assert project.script(MAKING + call).quiet == ["computing", "computing", "['deep'] 3"]
    assert project.run("main.py").quiet == ["['deep'] 3"]
    project.write("data/deep/a.txt", "three")
    again = project.run("main.py")
    assert (again.printed, again.notices) == (["computing", "computing", "['deep'] 5"], ["copy() runs again: what is in data changed"])
    project.write("data/deep/a.txt", "one")
    assert project.run("main.py").quiet == ["['deep'] 3"]


def test_snapshots_are_found_by_their_digest(project):
    """Whole, or as much of it as only one has; by the ID of the entry, too."""
    project.write("a.bin", "some content")
    printed = project.script("""
        import hitsave
        from hitsave import DirectorySnapshot, FileSnapshot
        from hitsave.errors import HitSaveError
        from hitsave.storage.store import Store
        made = FileSnapshot.snap("a.bin")
        print(FileSnapshot.from_digest(made.digest) == made == FileSnapshot.from_digest(str(made.digest)[:8]), hash(made) == hash(FileSnapshot.snap("a.bin")))
        print(hitsave.get(next(e.id for e in Store.open(hitsave.runtime.engine.engine().store_folder()).list())) == made)
        for wrong in ("abc", "0" * 64, str(made.digest)[:5]):
            try:
                FileSnapshot.from_digest(wrong)
            except HitSaveError as problem:
                print(type(problem).__name__)
        for snap in (lambda: DirectorySnapshot.snap("a.bin"), lambda: FileSnapshot.snap("."), lambda: FileSnapshot.snap("gone")):
            try:
                snap()
            except HitSaveError as problem:
                print(str(problem).rpartition("/")[2])
        """).quiet
    assert printed == [
        "True True",
        "True",
        "UnknownEntryError",
        "UnknownEntryError",
        "UnknownEntryError",
        "a.bin is a file. Use FileSnapshot.snap.",
        f"{project.root.name} is a folder. Use DirectorySnapshot.snap.",
        "gone is not there. Look at its name.",
    ]


def test_what_lies_to_be_read_goes_with_the_process(project):
    """Killed ones leave it to the next."""
    project.write("data/a.txt", "one")
    printed = project.script(MAKING + "    print(DirectorySnapshot.snap('data').path)").quiet
    assert str(project.store) in printed[0]
    assert os.listdir(project.store / "blobs" / "new") == []
    project.script(MAKING + "    print(DirectorySnapshot.snap('data').path, flush=True); import os; os._exit(0)")
    assert len(os.listdir(project.store / "blobs" / "new")) == 1
    with Store.open(project.store) as store:
        assert store.sweep().unfinished == 1


def test_restoring_where_it_is_already_changes_nothing(project):
    """Something else is in the way, unless it is to be replaced."""
    project.write("data/a.txt", "one")
    printed = project.script("""
        import os, pathlib
        from hitsave import DirectorySnapshot
        from hitsave.errors import PathError
        made = DirectorySnapshot.snap("data")
        before = os.stat("data/a.txt").st_ino
        made.restore()
        print(os.stat("data/a.txt").st_ino == before)
        pathlib.Path("data/a.txt").write_text("two")
        try:
            made.restore()
        except PathError as problem:
            print(problem.advice)
        print(made.restore(replace=True).name, pathlib.Path("data/a.txt").read_text())
        """).quiet
    assert printed == ["True", "Choose another place, or have it replaced (replace=True, --replace)", "data one"]
