"""What a function logs reaches the experiment around it, whether the function runs or a hit stands for it."""

from __future__ import annotations

import pytest

from hitsave.storage.packing import unpack
from hitsave.storage.store import Store


def metrics(project) -> dict[str, list[tuple[float, dict[str, float]]]]:
    """What each experiment of the store logged, by its name, newest entry of each."""
    with Store.open(project.store, readonly=True) as store:
        return {
            e.symbol.partition(":")[2]: [tuple(unpack(row.content)[1:]) for row in store.logged(e.id)]
            for e in sorted(store.list(limit=None), key=lambda e: e.id)
            if e.kind == "experiment"
        }


NESTED = """
    import sys
    import hitsave

    @hitsave.memo
    def epoch(n):
        hitsave.log(step=n, loss=1.0 / n)
        return n

    @hitsave.memo
    def fit(epochs):
        hitsave.log(epochs=epochs)
        return [epoch(n + 1) for n in range(epochs)]

    @hitsave.experiment
    def train(epochs, name):
        hitsave.log(started=1)
        fit(epochs)
        hitsave.log(ended=1)
        return name

    train(2, sys.argv[1])
"""


def test_a_hit_logs_what_its_evaluation_had_logged(project):
    """A memoised function that hits in an experiment gives it the same metrics as one that runs, numbers of steps included."""
    project.write("main.py", NESTED)
    project.run("main.py", "a")
    first = metrics(project)["train"]
    project.run("main.py", "b")
    assert project.entries() == 5
    assert metrics(project)["train"] == first
    assert first == [
        (0.0, {"started": 1.0}),
        (1.0, {"epochs": 2.0}),
        (1.0, {"loss": 1.0}),
        (2.0, {"loss": 0.5}),
        (4.0, {"ended": 1.0}),
    ]


def test_what_was_logged_outside_of_an_experiment_is_logged_when_a_hit_lies_in_one(project):
    """Nobody needs to know, when a function first runs, in what it will be used."""
    project.write(
        "main.py",
        NESTED.replace("train(2, sys.argv[1])", "(fit if sys.argv[1] == 'alone' else train)(*([2] if sys.argv[1] == 'alone' else [2, 'b']))"),
    )
    project.run("main.py", "alone")
    assert metrics(project) == {}
    project.run("main.py", "within")
    assert [values for _, values in metrics(project)["train"]] == [{"started": 1.0}, {"epochs": 2.0}, {"loss": 1.0}, {"loss": 0.5}, {"ended": 1.0}]


def test_an_experiment_within_an_experiment_keeps_its_metrics_to_itself(project):
    """The nearest enclosing experiment is the inner one, also when it hits: the outer one logs the same in both runs."""
    text = """
        import sys
        import hitsave

        @hitsave.experiment
        def inner():
            hitsave.log(inner=1)

        @hitsave.experiment
        def outer(name):
            inner()
            hitsave.log(outer=2)

        outer(sys.argv[1])
    """
    project.write("main.py", text)
    for name in ("a", "b"):
        project.run("main.py", name)
        assert metrics(project) == {"inner": [(0.0, {"inner": 1.0})], "outer": [(0.0, {"outer": 2.0})]}


def test_a_hit_of_a_generator_or_coroutine_logs_too(project):
    """What kind of function it is makes no difference."""
    text = """
        import asyncio, sys
        import hitsave

        @hitsave.memo
        def steps():
            for n in range(3):
                hitsave.log(n=n)
                yield n

        @hitsave.memo
        async def fetch():
            hitsave.log(fetched=1)

        @hitsave.experiment
        def train(name):
            list(steps())
            asyncio.run(fetch())

        train(sys.argv[1])
    """
    project.write("main.py", text)
    seen = []
    for name in ("a", "b"):
        project.run("main.py", name)
        seen.append(metrics(project)["train"])
    assert seen[0] == seen[1]
    assert [values for _, values in seen[0]] == [{"n": 0.0}, {"n": 1.0}, {"n": 2.0}, {"fetched": 1.0}]


@pytest.mark.parametrize("value", ["1", True, None, b"1"])
def test_only_numbers_are_logged(value):
    """Text, truth and nothing are refused with the name of the metric."""
    from hitsave import log

    with pytest.raises(TypeError, match=r"takes numbers, and loss is a"):
        log(loss=value)


def test_metrics_that_can_not_be_shown_yet_are_kept_for_the_end(project):
    """A fault of the store while an experiment runs costs it nothing."""
    said = project.script("""
        import os
        import hitsave

        @hitsave.experiment
        def train(database):
            os.rename(database, database + ".away")
            os.mkdir(database)
            hitsave.log(loss=1)
            os.rmdir(database)
            os.rename(database + ".away", database)
            return 1

        print(train(os.path.join(os.environ["HITSAVE_DIR"], "hitsave.sqlite")))
    """)
    assert said.quiet == ["1"]
    assert metrics(project)["train"] == [(0.0, {"loss": 1.0})]
