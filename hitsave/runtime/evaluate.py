"""The call path: arguments → key → entries → checks → value; or an evaluation, its Record, and a new entry.

A fault of the cache never reaches the caller: whatever goes wrong here, the user's function runs once and its result or exception is passed on.
"""

from __future__ import annotations

import os
import time
import traceback
from contextlib import suppress
from typing import Any

from hitsave.digest import DIGEST_SIZE, Digest
from hitsave.runtime import elsewhere, executed, printed, recorder, verifying
from hitsave.runtime.analysis import analyse
from hitsave.runtime.engine import Evaluation, current_evaluation, live_evaluations
from hitsave.runtime.faults import say_not_stored
from hitsave.runtime.lookup import Hit, Miss, fresh_entry, load
from hitsave.runtime.metrics import metrics_summary, write_metrics
from hitsave.runtime.open_dispatch import has_open_dispatch
from hitsave.runtime.path_arguments import Watched
from hitsave.runtime.read_log import whose
from hitsave.runtime.sharing import calls
from hitsave.runtime.storing import new_entry, store_result
from hitsave.runtime.suspension import Suspension
from hitsave.runtime.waiting import longest_wait
from hitsave.values.views.document import views_of


def prepare(miss: Miss, *, wait: bool = True) -> Hit | None:
    """Get ready to evaluate: analyse the code, take the single flight, start to record. A Hit if another process finished meanwhile.

    Never raises an Exception; what goes wrong spoils the storing, not the call.
    """
    miss.process = os.getpid()
    try:
        with recorder.own_work():
            if miss.mode != "readonly":
                with miss.engine.lock:
                    analyse(miss)
                if wait and miss.mode == "on" and not miss.spoiled and miss.memo.last_was_stored:
                    hit = _single_flight(miss) or calls.lease(miss)
                    if hit is not None:
                        _release(miss)
                        return hit
    except Exception as problem:  # noqa: BLE001 - the cache must never break the program
        _spoil(miss, problem)
    except BaseException:  # the user interrupts
        _release(miss)
        raise
    parent = current_evaluation.get()
    suspension = Suspension()
    ran = executed.start(suspension, needed=executed.costs and miss.walker is not None and has_open_dispatch(miss.walker))
    recording = recorder.start(suspension)
    if miss.inputs.paths:
        miss.watched = Watched(miss.inputs.paths, recording)
    miss.evaluation = Evaluation(str(miss.root), miss.memo.kind, None, parent, recording, ran)
    live_evaluations.append(miss.evaluation)
    _prepare_options(miss, suspension)
    with suppress(Exception), recorder.own_work():
        elsewhere.begin(miss.evaluation)
    miss.started = (time.time_ns(), time.perf_counter_ns(), time.process_time_ns())
    if miss.memo.kind == "experiment" and miss.mode != "readonly" and miss.verified is None:
        _show_running(miss)
        printed.listen(miss.evaluation)
    enter(miss)
    return None


def _prepare_options(miss: Miss, suspension: Suspension) -> None:
    """What options of the decorator ask for, before the function runs."""
    if miss.memo.seed is not None and miss.walker is not None:
        from hitsave.runtime import seeding

        named = {*miss.walker.graph.externals}
        with suppress(Exception), recorder.own_work():
            seeding.load(named.union(*(miss.engine.library.requires(distribution) for distribution in named)))
    if miss.memo.replay_output:
        from hitsave.runtime import output

        miss.tape = output.start(suspension)


def finish(miss: Miss, result: Any) -> None:
    """The function returned `result`: store it, if its inputs are what they were. Never raises an Exception."""
    wall, cpu = end(miss)
    if miss.process != os.getpid():  # forked while it ran: the evaluation, its entry and its lock are the parent's
        return
    if miss.verified is not None and verifying.returned(miss, miss.verified, result):
        return
    try:
        if miss.mode != "readonly" and not miss.spoiled and miss.walker is not None:
            with recorder.own_work():
                store_result(miss, result, wall, cpu)
                miss.memo.last_was_stored = True
                calls.evaluated(miss, wall)
    except Exception as problem:  # noqa: BLE001 - the cache must never break the program
        _spoil(miss, problem)
    finally:
        if miss.spoiled:
            _show_failed(miss, f"It finished, but its result is not stored: {miss.spoiled}", wall, cpu)
        _release(miss)


def finish_unstored(miss: Miss, problem: Exception) -> None:
    """The function ended well, but `problem` is in the way of storing what it gave, and of comparing it."""
    miss.verified = None
    _spoil(miss, problem)
    finish(miss, None)


def abandon(miss: Miss, error: BaseException | None = None) -> None:
    """The function raised `error`, or its generator was not exhausted: nothing is stored but that, of an experiment, it failed."""
    wall, cpu = end(miss)
    if miss.process != os.getpid():
        return
    if miss.verified is not None:
        if error is not None:
            verifying.raised(miss, miss.verified, error)
        return
    _show_failed(miss, _as_text(error), wall, cpu)
    _release(miss)


def _as_text(error: BaseException | None) -> str:
    """An error with its traceback from the user's own code on; what goes on now where none is given."""
    if error is None:
        return traceback.format_exc()
    trace = error.__traceback__
    while trace is not None and whose(trace.tb_frame.f_code.co_filename) == "own":
        trace = trace.tb_next
    return "".join(traceback.format_exception(type(error), error, trace or error.__traceback__))


def end(miss: Miss) -> tuple[int, int]:
    """Stop the clock and the recording; gives wall and processor time in nanoseconds. To be called once, whatever the function did."""
    if miss.suspended is not None:
        resume(miss)
    wall, cpu = time.perf_counter_ns() - miss.started[1], time.process_time_ns() - miss.started[2]
    evaluation = miss.evaluation
    if miss.tape is not None:
        from hitsave.runtime import output

        output.stop(miss.tape)
    if evaluation is not None:
        live_evaluations[:] = [e for e in live_evaluations if e is not evaluation]
        printed.stop(evaluation)
        recorder.stop(evaluation.recording)
        executed.stop(evaluation.ran)
        if miss.process == os.getpid():
            with suppress(Exception), recorder.own_work():
                elsewhere.end(evaluation)
        evaluation.recording.suspension.leave()
        _leave_context(miss)
        if evaluation.parent is not None:
            evaluation.parent.recording.join(evaluation.recording)
            evaluation.parent.inherited.extend(evaluation.inherited)
            evaluation.parent.ran_elsewhere |= evaluation.ran_elsewhere
    return wall, cpu


def suspend(miss: Miss) -> None:
    """A generator gave an item: until `resume`, this thread works for its caller, and the clock stands."""
    miss.suspended = (time.perf_counter_ns(), time.process_time_ns())
    leave(miss)


def resume(miss: Miss) -> None:
    """The generator is asked for its next item."""
    assert miss.suspended is not None
    created, wall, cpu = miss.started
    miss.started = (created, wall + time.perf_counter_ns() - miss.suspended[0], cpu + time.process_time_ns() - miss.suspended[1])
    miss.suspended = None
    enter(miss)


def enter(miss: Miss) -> None:
    """This thread works for the evaluation from here on."""
    assert miss.evaluation is not None
    miss.evaluation.recording.suspension.enter()
    miss.token = current_evaluation.set(miss.evaluation)
    executed.enter(miss.evaluation.ran)


def leave(miss: Miss) -> None:
    """This thread works for others until `enter`. Threads and tasks that the evaluation began still work for it."""
    assert miss.evaluation is not None
    executed.leave(miss.evaluation.ran)
    miss.evaluation.recording.suspension.suspend()
    _leave_context(miss)


def _leave_context(miss: Miss) -> None:
    assert miss.evaluation is not None
    try:
        current_evaluation.reset(miss.token)
    except ValueError:  # a generator may be left in another context than it was entered in
        current_evaluation.set(miss.evaluation.parent)


def _single_flight(miss: Miss) -> Hit | None:
    miss.lock = miss.store.lock(miss.inputs.key)
    wait = longest_wait()
    if miss.lock.acquire(0):
        known = {entry.id for entry in miss.stale}
        if all(entry.id in known for entry in miss.store.find(miss.inputs.key)):
            return None
        # somebody finished between our look-up and now
    elif not miss.lock.acquire(wait):
        # Its owner hangs, or is stopped: of all who waited for it, one computes in its stead, and the others wait for that one.
        miss.lock = miss.store.lock(miss.inputs.key, stand_in=True)
        if not miss.lock.acquire(wait):
            miss.lock = None
            return None
    with miss.engine.lock:
        entry = fresh_entry(miss)
        return load(miss, entry) if entry is not None else None


def _release(miss: Miss) -> None:
    lock, miss.lock = miss.lock, None
    if lock is not None:
        lock.release()
    lease, miss.lease = miss.lease, None
    if lease is not None:
        lease.give_back()


def _spoil(miss: Miss, problem: Exception) -> None:
    """The result will not be stored; say why, once."""
    if not miss.spoiled:
        miss.spoiled = say_not_stored(miss.memo, problem)
        miss.memo.last_was_stored = False  # who waited for the next one would wait for nothing


def _show_running(miss: Miss) -> None:
    """List an experiment as running."""
    assert miss.evaluation is not None
    with suppress(Exception), recorder.own_work():
        new = new_entry(miss, Digest(bytes(DIGEST_SIZE)), "", 0, 0)
        # Of one that goes on or fails, its arguments are what there is to see; without pictures, as those may take long to draw.
        if miss.engine.storing().views:
            new = new._replace(view=views_of("", None, miss.inputs.bound).content or None)
        miss.evaluation.entry_id = miss.store.begin(new)
        calls.show(miss)


def _show_failed(miss: Miss, error: str, wall: int, cpu: int) -> None:
    """Mark an experiment that was listed as running as failed."""
    evaluation = miss.evaluation
    if evaluation is not None and evaluation.entry_id is not None:
        with suppress(Exception), recorder.own_work():
            write_metrics(miss.store, evaluation)
            printed.write_output(miss.store, evaluation)
            miss.store.fail(evaluation.entry_id, error.encode("utf-8", "replace"), wall_ns=wall, cpu_ns=cpu, metrics=metrics_summary(evaluation))
            calls.show(miss)
