"""Times, sizes and counts are said as people say them."""

from __future__ import annotations

import pytest

from hitsave.freshness.words import ago, counted, duration, iso, listed, moment, size

SECOND = 1_000_000_000
DAY = 86_400 * SECOND


@pytest.mark.parametrize(
    ("ns", "said"),
    [
        (-5, "0 s"),
        (0, "0 s"),
        (1, "0.1 ms"),
        (420_000, "0.4 ms"),
        (1_234_000, "1.23 ms"),
        (9_990_000, "10 ms"),
        (85_400_000, "85 ms"),
        (999_900_000, "1.0 s"),
        (4_120_000_000, "4.1 s"),
        (9_960_000_000, "10 s"),
        (59_600_000_000, "1 min"),
        (200 * SECOND, "3 min 20 s"),
        (3_599_700_000_000, "1 h"),
        (23_400 * SECOND, "6 h 30 min"),
        (86_399 * SECOND, "1 d"),
        (9 * DAY + 4 * 3600 * SECOND, "9 d 4 h"),
    ],
)
def test_a_duration_has_its_two_largest_units(ns, said):
    """No unit overflows into the next by rounding."""
    assert duration(ns) == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "just now"), (1, "just now"), (12, "12 s ago"), (59, "59 s ago"), (60, "1 min ago"), (7_300, "2 h ago"), (5 * 86_400, "5 d ago")],
)
def test_the_past_is_told_from_now(seconds, said):
    """What is recent is said relative to now."""
    assert ago(0, seconds * SECOND) == said


def test_what_is_long_past_or_in_the_future_is_a_date():
    """A month ago is easier as a date, and a clock that was wrong shows."""
    assert ago(0, 40 * DAY) == moment(0).partition(" ")[0]
    assert ago(40 * DAY, 0) == moment(40 * DAY).partition(" ")[0]


@pytest.mark.parametrize(
    ("ns", "text"), [(1_500_000_000, "1970-01-01T00:00:01.500000Z"), (2**62, "2116-02-20T23:53:38.427387Z"), (2**80, "9999-12-31T23:59:59.999999Z")]
)
def test_times_for_programs_are_utc(ns, text):
    """ISO 8601 with microseconds; a time that no calendar has does not fail."""
    assert iso(ns) == text
    assert moment(ns)


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (0, "0 B"),
        (812, "812 B"),
        (999, "999 B"),
        (1_000, "1.0 kB"),
        (4_096, "4.1 kB"),
        (9_960, "10 kB"),
        (999_600, "1.0 MB"),
        (12_400_000, "12 MB"),
        (10**19, "10000 PB"),
    ],
)
def test_a_size_has_one_unit(count, said):
    """Units of a thousand."""
    assert size(count) == said


def test_counts_and_lists_read_as_sentences():
    """One entry, two entries; a, b and c."""
    assert [counted(n, "entry", "entries") for n in (0, 1, 2_000)] == ["0 entries", "1 entry", "2,000 entries"]
    assert [listed(names) for names in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == ["", "a", "a and b", "a, b and c"]
