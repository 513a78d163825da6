"""The commit that an evaluation is labelled with, as git's own files tell it."""

from __future__ import annotations

import subprocess

import pytest

from hitsave.runtime import git


@pytest.fixture
def repository(tmp_path, monkeypatch):
    monkeypatch.setattr(git, "_known", {})
    for name in ("GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL"):
        monkeypatch.setenv(name, "someone@example.org")
    run(tmp_path, "init", "--quiet")
    return tmp_path


def run(folder, *words):
    return subprocess.run(["git", *words], cwd=folder, check=True, capture_output=True, text=True).stdout.strip()


def commit(folder):
    run(folder, "commit", "--quiet", "--allow-empty", "--message", "one more")
    return run(folder, "rev-parse", "HEAD")


def test_head_is_named_however_git_keeps_it(repository):
    """A branch without commits, with one, packed, taken apart from its branch, and in another work tree."""
    assert git._commit(str(repository)) is None
    first = commit(repository)
    (repository / "inner").mkdir()
    assert git._commit(str(repository)) == git._commit(str(repository / "inner")) == first
    run(repository, "pack-refs", "--all")
    assert git._commit(str(repository)) == first
    second = commit(repository)
    run(repository, "checkout", "--quiet", "--detach", first)
    assert git._commit(str(repository)) == first
    run(repository, "worktree", "add", "--quiet", str(repository / "tree"), second)
    assert git._commit(str(repository / "tree")) == second


def test_it_is_looked_up_once_a_second(repository, monkeypatch):
    """An evaluation a millisecond need not read git's files each time; one after the next commit does."""
    clock = [0.0]
    monkeypatch.setattr(git, "monotonic", lambda: clock[0])
    first = commit(repository)
    assert git.git_commit(str(repository)) == first
    second = commit(repository)
    clock[0] = 0.5
    assert git.git_commit(str(repository)) == first
    clock[0] = 1.5
    assert git.git_commit(str(repository)) == second
