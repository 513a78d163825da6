"""The account of what a process waits for."""

from __future__ import annotations

from hitsave.storage.team.patience import PURSE, QUICK, Patience, jittered


def test_what_is_waited_for_in_vain_is_the_purse_in_all():
    """However it is spread."""
    patience, waited = Patience(), 0.0
    for _ in range(100):
        allowed = patience.allowance(0.3)
        waited += allowed
        patience.failed(allowed, retry_after=None)
        patience._rest_until = 0.0
    assert abs(waited - PURSE) < 1e-6


def test_a_server_that_is_slow_to_say_that_it_has_nothing_costs_the_purse_in_all():
    """Evaluations don't pay for that."""
    patience, waited = Patience(), 0.0
    for _ in range(100):
        allowed = patience.allowance(0.3)
        waited += allowed
        patience.answered(allowed)
        patience.evaluated(60.0)
    assert PURSE <= waited + 1e-6 <= PURSE + QUICK


def test_a_quick_server_is_asked_as_long_as_evaluations_cost_much_more():
    """And given up where they don't."""
    dear, cheap = Patience(), Patience()
    for _ in range(1000):
        if dear.allowance(0.3):
            dear.answered(0.01)
            dear.evaluated(1.0)
        if cheap.allowance(0.3):
            cheap.answered(0.01)
            cheap.evaluated(0.001)
    assert dear.allowance(0.3) == 0.3
    assert cheap.allowance(0.3) == 0.0


def test_after_a_fault_the_server_is_left_alone_for_a_while():
    """As long as it asked for, at least."""
    patience = Patience()
    patience.failed(0.1, retry_after=50)
    assert patience.allowance(0.3) == 0.0
    assert 49 < patience.rests_for < 52


def test_a_hit_pays_back_what_it_saved():
    """So a slow server that has results goes on being asked."""
    patience = Patience()
    for _ in range(100):
        assert patience.allowance(0.3) > 0.0
        patience.answered(0.25)
        patience.saved(10.0)


def test_a_server_that_lied_is_not_asked_again():
    """For as long as the process lives."""
    patience = Patience()
    patience.end("it lied")
    assert (patience.allowance(0.3), patience.rests_for) == (0.0, float("inf"))


def test_pauses_have_full_jitter():
    """Anything up to a bound that doubles."""
    for attempt in range(12):
        pauses = [jittered(attempt) for _ in range(200)]
        bound = min(60.0, 2.0**attempt)
        assert 0 <= min(pauses) < bound / 4
        assert 3 * bound / 4 < max(pauses) <= bound
