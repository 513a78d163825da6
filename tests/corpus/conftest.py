"""Prints the corpus's score at the end of a run, and accepts it where asked to."""

from __future__ import annotations

import json
import sys

import pytest

from tests.corpus import score

VERSION = f"{sys.version_info[0]}.{sys.version_info[1]}"
PROPERTY = "corpus outcome"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the cases that ``--corpus`` does not ask for."""
    which = config.getoption("--corpus")
    if which == "all":
        return
    quarter = {case for position, case in enumerate(sorted(score.cases())) if position % 4 == 0}
    asked = {item: item.callspec.params.get("case") for item in items if isinstance(item, pytest.Function) and item.get_closest_marker("corpus")}
    left_out = [item for item, case in asked.items() if case is not None and (case in quarter) != (which == "quarter")]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in set(left_out)]


@pytest.fixture
def record_outcome(record_property):
    """A function that hands an outcome to the table at the end; it reaches it from every worker process."""
    return lambda outcome: record_property(PROPERTY, json.dumps(outcome))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    reports = [report for found in terminalreporter.stats.values() for report in found if isinstance(report, pytest.TestReport)]
    outcomes = {
        score.Outcome(*json.loads(value)) for report in reports if report.when == "call" for name, value in report.user_properties if name == PROPERTY
    }
    if not outcomes:
        return
    terminalreporter.section(f"corpus on Python {VERSION}")
    terminalreporter.write_line(score.table(outcomes))
    if config.getoption("--accept-corpus", default=False):
        score.accept(VERSION, outcomes)
        terminalreporter.write_line(f"accepted into {score.KNOWN.name}")
