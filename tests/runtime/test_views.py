"""What is recorded with a result to be looked at: it costs the call nothing that it would notice, and breaks none."""

from __future__ import annotations

import json

import pytest

from hitsave.storage.store import Store


def views(project):
    """The views of the stored entries, the newest first."""
    with Store.open(project.store, readonly=True) as store:
        return [json.loads(store.content("view", entry.view)) for entry in store.list(limit=None) if entry.view is not None]


def test_a_result_and_its_arguments_are_pictured(project):
    """By the names of the parameters, defaults filled in; secrets apart."""
    script = """
        from hitsave import memo

        @memo
        def f(n, token, scale=2.0):
            return [n * scale]

        print(f(3, "sk-123"), f(3, "sk-123"))
    """
    assert project.script(script).quiet == ["[6.0] [6.0]"]
    (shown,) = views(project)
    assert shown["result"]["items"] == [{"kind": "float", "value": 6.0}]
    assert {name: shape["kind"] for name, shape in shown["arguments"].items()} == {"n": "int", "token": "secret", "scale": "float"}


def test_a_picture_of_an_experiment_is_kept_beside_its_result(project):
    """A figure is a file; a memoised function's is not drawn."""
    script = """
        from hitsave import experiment, memo
        from matplotlib.figure import Figure

        def draw():
            figure = Figure()
            figure.subplots().plot([1, 2])
            return figure

        @experiment
        def run():
            return {"plot": draw()}

        @memo
        def plain():
            return draw()

        run(), plain()
    """
    assert project.script(script).quiet == []
    with Store.open(project.store, readonly=True) as store:
        kept = {entry.kind: entry.attachments for entry in store.list(limit=None)}
        assert bytes(store.open_attachment(kept["experiment"][0])).startswith(b"\x89PNG")
    assert [(a.name, a.media) for a in kept["experiment"]] == [("view-1.png", "image/png")]
    assert kept["memo"] == ()


@pytest.mark.parametrize("body", ["raise ValueError('no')", "raise SystemExit(1)", "1 / 0"])
def test_an_object_that_can_not_be_pictured_is_stored_all_the_same(project, body):
    """Whatever its method raises."""
    script = f"""
        from hitsave import memo

        class Thing:
            def __hitsave_view__(self):
                {body}

        @memo
        def f():
            print("ran")
            return Thing()

        f(), f()
    """
    assert project.script(script).quiet == ["ran"]
    (shown,) = views(project)
    assert shown["result"]["kind"] == "failed"


def test_a_list_of_huge_numbers_is_stored(project):
    """Python refuses to write numbers of more than 4,300 digits in decimal; their pictures don't try."""
    script = """
        from hitsave import memo

        @memo
        def f(numbers):
            print("ran")
            return numbers[0] + 1

        f([10**5000]), f([10**5000])
    """
    assert project.script(script).quiet == ["ran"]


def test_a_secret_within_an_argument_is_in_no_list(project):
    """Neither in the View nor in the one line that `hitsave ls` has."""
    script = """
        from hitsave import memo

        @memo
        def f(settings):
            return 1

        f({"api_key": "sk-123"})
    """
    assert project.script(script).quiet == []
    with Store.open(project.store, readonly=True) as store:
        (entry,) = store.list()
        assert b"sk-123" not in store.content("arguments", entry.arguments) + store.content("view", entry.view)


def test_what_a_generator_gave_is_pictured_as_its_items(project):
    """Not as the tape that they are kept on."""
    script = """
        from hitsave import memo

        @memo
        def f():
            yield 1
            yield 2

        print(list(f()))
    """
    assert project.script(script).quiet == ["[1, 2]"]
    (shown,) = views(project)
    assert shown["result"]["view"]["items"] == [{"kind": "int", "value": 1}, {"kind": "int", "value": 2}]
