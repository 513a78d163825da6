"""The call path: arguments → key → entries → checks → value; or an evaluation, its Record, and a new entry.

A fault of the cache never reaches the caller: whatever goes wrong here, the user's function runs once and its result or exception is passed on.
"""

from __future__ import annotations

import threading
import time
import traceback
from contextlib import suppress
from dataclasses import dataclass, field
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, Any, Final

from hitsave.codegraph.symbols import Symbol
from hitsave.digest import DIGEST_SIZE, Digest, digest_parts
from hitsave.errors import ChangedError, HitSaveError, NoSourceError
from hitsave.freshness.check import holds
from hitsave.freshness.record import Record
from hitsave.runtime import executed, recorder
from hitsave.runtime.captures import Shape, capture_value, only_filled, shape_of
from hitsave.runtime.engine import Engine, Evaluation, current_evaluation, engine, live_evaluations
from hitsave.runtime.faults import say_not_stored, say_uncached
from hitsave.runtime.git import git_commit
from hitsave.runtime.guards import Guards
from hitsave.runtime.live import LiveNames, LiveWalker, ReachedByValue
from hitsave.runtime.metrics import metrics_summary, write_metrics
from hitsave.runtime.mode import Mode, current_mode
from hitsave.runtime.notices import warn_once
from hitsave.runtime.objects import MISSING, ExternalCode
from hitsave.runtime.recording import arguments_shown, build_record, build_snapshot
from hitsave.runtime.statistics import note_hit
from hitsave.runtime.world import LiveWorld, loaded_project_modules
from hitsave.storage.entry import Entry, NewEntry
from hitsave.values.digester import Digester
from hitsave.values.stored import decode, encode

if TYPE_CHECKING:
    from hitsave.runtime.memo import Memoised
    from hitsave.storage.store import Store

KEY_CONTEXT: Final = "hitsave 2026 v1 entry key"
ARGUMENTS_CONTEXT: Final = "hitsave 2026 v1 arguments"
KEY_FORMAT: Final = b"1"
_MOST_GUARDS: Final = 64
"""Records of one function that guards are kept for."""
_WAIT: Final = 3600.0
_WAIT_WITHIN: Final = 60.0
"""Seconds that a call waits for the same evaluation elsewhere: at the top of the main thread, and within another evaluation or on another thread, where the one waited for may be waiting for us."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A stored result that is right."""

    value: Any
    entry: Entry


@dataclass(frozen=True, slots=True)
class Uncached:
    """A call that the cache has no part in."""

    why: str


@dataclass
class Inputs:
    """A call's arguments, digested: the key, each argument's digest, and the code met in them."""

    key: Digest
    bound: list[tuple[str, Any]]
    digests: dict[str, Digest]
    reached: ReachedByValue


@dataclass
class Miss:
    """A call that has to be evaluated."""

    memo: Memoised[..., Any]
    inputs: Inputs
    engine: Engine
    store: Store
    root: Symbol
    mode: Mode
    stale: tuple[Entry, ...] = ()
    walker: LiveWalker | None = None
    shapes: dict[Symbol, Shape | None] = field(default_factory=dict)
    signatures: dict[str, Any] = field(default_factory=dict)
    loaded: set[str] = field(default_factory=set)
    lock: Any = None
    evaluation: Evaluation | None = None
    token: Any = None
    started: tuple[int, int, int] = (0, 0, 0)
    spoiled: str = ""


def look_up(memo: Memoised[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], *, mode: Mode | None = None) -> Hit | Miss | Uncached:
    """Find the stored result of a call. Never raises an Exception: a fault is a warning, and the call is Uncached."""
    mode = mode or current_mode()
    if mode == "off":
        return Uncached("HitSave is switched off")
    try:
        return _look_up(memo, args, kwargs, mode)
    except Exception as problem:  # noqa: BLE001 - the cache must never break the program
        return Uncached(say_uncached(memo, problem))


def _look_up(memo: Memoised[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], mode: Mode) -> Hit | Miss | Uncached:
    with recorder.own_work():
        shared = engine()
        store = shared.store()
        if store is None:
            return Uncached("the store can't be used")
        with shared.lock:
            if not memo.is_located:
                shared.refresh()
            root = memo.root(shared)
            bound = memo.binder.bind(args, kwargs)
            if bound is None:
                return Uncached("the arguments don't fit the signature")
            inputs = digest_inputs(memo, shared, root, bound)
            miss = Miss(memo, inputs, shared, store, root, mode)
            entry = None
            if mode != "refresh":
                entry = _guarded_entry(miss)
            if entry is None:
                shared.refresh()
                entry = fresh_entry(miss) if mode != "refresh" else None
                if entry is None:
                    return miss
    return _hit(miss, entry) or miss if entry is not None else miss


def digest_inputs(memo: Memoised[..., Any], shared: Engine, root: Symbol, bound: list[tuple[str, Any]]) -> Inputs:
    """The key of a call; UndigestibleError names an argument that has no digest."""
    names = LiveNames(shared.objects)
    digester = Digester(names, ignore=memo.ignore)
    digests = {name: digester.digest(value, name) for name, value in bound if name not in memo.ignore}
    for number, value in enumerate(memo.depends):
        digests[f"depends[{number}]"] = digester.digest(value, f"depends[{number}]")
    parts = [part for name, digest in digests.items() for part in (name.encode(), digest)]
    arguments = digest_parts(ARGUMENTS_CONTEXT, *parts)
    ignored = ",".join(sorted(memo.ignore)).encode()
    key = digest_parts(KEY_CONTEXT, KEY_FORMAT, str(root).encode(), arguments, memo.version.encode(), ignored)
    return Inputs(key, bound, digests, names.reached)


def world_for(miss: Miss) -> LiveWorld:
    """The live process, seen from the function that is called."""
    return live_world(miss.memo, miss.engine)


def live_world(memo: Memoised[..., Any], shared: Engine) -> LiveWorld:
    """The live process, seen from a memoised function."""
    function = memo.function if isinstance(memo.function, FunctionType) else None
    return LiveWorld(shared.objects, shared.filled, shared.surroundings(memo.project_root(shared)), memo.root(shared), function)


def _guarded_entry(miss: Miss) -> Entry | None:
    """An entry whose Record held in this process before, and whose guards hold now."""
    if not miss.memo.guards:
        return None
    world: LiveWorld | None = None
    for entry in miss.store.find(miss.inputs.key):
        guards = miss.memo.guards.get(entry.record)
        if guards is not None:
            world = world or world_for(miss)
            if guards.hold(world):
                return entry
            del miss.memo.guards[entry.record]
    return None


def _guard(miss: Miss, entry: Entry, record: Record, world: LiveWorld) -> None:
    guards = Guards(record, world, time.time_ns())
    if guards.usable:
        if len(miss.memo.guards) >= _MOST_GUARDS:
            miss.memo.guards.clear()
        miss.memo.guards[entry.record] = guards


def fresh_entry(miss: Miss) -> Entry | None:
    """The newest entry of the call's key that is right now; those that are not are left in `miss.stale`."""
    world = world_for(miss)
    stale: list[Entry] = []
    for entry in miss.store.find(miss.inputs.key):
        record = read_record(miss.store, entry)
        if record is not None and holds(record, world.expecting(record)):
            _guard(miss, entry, record, world)
            return entry
        stale.append(entry)
    miss.stale = tuple(stale)
    return None


def read_record(store: Store, entry: Entry) -> Record | None:
    """The Record of an entry, None if it is damaged."""
    content = store.record(entry.record)
    if content is None:
        return None
    try:
        return Record.decode(content)
    except ValueError:
        return None


def _hit(miss: Miss, entry: Entry) -> Hit | None:
    """The value of an entry; None if it is damaged, which makes the call a miss and lets the new result repair it."""
    try:
        with recorder.own_work():
            value = decode(miss.store.open_value(entry))
    except HitSaveError:
        return None
    except Exception as problem:  # noqa: BLE001 - unpickling runs code of any library
        warn_once((miss.memo.name, "decode"), f"A stored result of {miss.memo.name}() can't be loaded ({type(problem).__name__}: {problem}); it is computed again.")
        return None
    note_hit(miss.store, entry)
    if live_evaluations:
        record = read_record(miss.store, entry)
        for evaluation in list(live_evaluations) if record is not None else ():
            evaluation.inherited.append(record)
    return Hit(value, entry)


def prepare(miss: Miss, *, wait: bool = True) -> Hit | None:
    """Get ready to evaluate: analyse the code, take the single flight, start to record. A Hit if another process finished meanwhile.

    Never raises an Exception; what goes wrong spoils the storing, not the call.
    """
    try:
        with recorder.own_work():
            if miss.mode != "readonly":
                with miss.engine.lock:
                    _analyse(miss)
                if wait and miss.mode == "on" and not miss.spoiled:
                    hit = _single_flight(miss)
                    if hit is not None:
                        return hit
    except Exception as problem:  # noqa: BLE001 - the cache must never break the program
        _spoil(miss, problem)
    parent = current_evaluation.get()
    miss.evaluation = Evaluation(str(miss.root), miss.memo.kind, None, parent, recorder.start(), executed.start())
    miss.token = current_evaluation.set(miss.evaluation)
    live_evaluations.append(miss.evaluation)
    miss.started = (time.time_ns(), time.perf_counter_ns(), time.process_time_ns())
    if miss.memo.kind == "experiment" and miss.mode != "readonly":
        _show_running(miss)
    return None


def _analyse(miss: Miss) -> None:
    shared, memo = miss.engine, miss.memo
    function = memo.function if isinstance(memo.function, FunctionType) else None
    walker = LiveWalker(shared.objects, root=miss.root, function=function)
    walker.names.reached = miss.inputs.reached
    walker.graph.roots = (miss.root,)
    walker.reach(miss.root, None)
    walker.take_reached(miss.root)
    walker.drain()
    if function is not None:
        walker.visit_root_function()
        walker.drain()
    digester = Digester(LiveNames(shared.objects))
    for symbol, digest in walker.values.items():
        if digest is not None:
            walker.values[symbol] = shared.filled.as_unfilled(symbol, digest)
            value = capture_value(shared.objects, symbol, function)
            miss.shapes[symbol] = shape_of(value, lambda v: digester.digest(v, ""))
    miss.walker = walker
    miss.loaded = loaded_project_modules(shared.objects)
    shared.keep()
    miss.signatures = shared.library.signatures({n.path for n in walker.graph.code.values()})


def _single_flight(miss: Miss) -> Hit | None:
    miss.lock = miss.store.lock(miss.inputs.key)
    alone = threading.current_thread() is threading.main_thread() and current_evaluation.get() is None
    if miss.lock.acquire(0):
        return None
    if not miss.lock.acquire(_WAIT if alone else _WAIT_WITHIN):
        miss.lock = None
        return None
    with miss.engine.lock:
        entry = fresh_entry(miss)
    hit = _hit(miss, entry) if entry is not None else None
    if hit is not None:
        _release(miss)
    return hit


def _release(miss: Miss) -> None:
    lock, miss.lock = miss.lock, None
    if lock is not None:
        lock.release()


def _spoil(miss: Miss, problem: Exception) -> None:
    """The result will not be stored; say why, once."""
    if not miss.spoiled:
        miss.spoiled = say_not_stored(miss.memo, problem)


def end(miss: Miss) -> tuple[int, int]:
    """Stop the clock and the recording; gives wall and processor time in nanoseconds. To be called once, whatever the function did."""
    wall, cpu = time.perf_counter_ns() - miss.started[1], time.process_time_ns() - miss.started[2]
    evaluation = miss.evaluation
    if evaluation is not None:
        live_evaluations[:] = [e for e in live_evaluations if e is not evaluation]
        recorder.stop(evaluation.recording)
        executed.stop(evaluation.ran)
        try:
            current_evaluation.reset(miss.token)
        except ValueError:  # a generator may end in another context than it began in
            current_evaluation.set(evaluation.parent)
        if evaluation.parent is not None:
            evaluation.parent.recording.join(evaluation.recording)
            evaluation.parent.inherited.extend(evaluation.inherited)
    return wall, cpu


def abandon(miss: Miss) -> None:
    """The function raised, or its generator was not exhausted: nothing is stored but that, of an experiment, it failed."""
    wall, cpu = end(miss)
    _show_failed(miss, traceback.format_exc(), wall, cpu)
    _release(miss)


def _show_running(miss: Miss) -> None:
    """List an experiment as running."""
    assert miss.evaluation is not None
    with suppress(Exception), recorder.own_work():
        miss.evaluation.entry_id = miss.store.begin(_new_entry(miss, Digest(bytes(DIGEST_SIZE)), "", 0, 0))


def _show_failed(miss: Miss, error: str, wall: int, cpu: int) -> None:
    """Mark an experiment that was listed as running as failed."""
    evaluation = miss.evaluation
    if evaluation is not None and evaluation.entry_id is not None:
        with suppress(Exception), recorder.own_work():
            write_metrics(miss.store, evaluation)
            miss.store.fail(evaluation.entry_id, error.encode("utf-8", "replace"), wall_ns=wall, cpu_ns=cpu, metrics=metrics_summary(evaluation))


def _new_entry(miss: Miss, captures: Digest, codec: str, wall: int, cpu: int) -> NewEntry:
    memo, evaluation = miss.memo, miss.evaluation
    assert evaluation is not None
    return NewEntry(
        key=miss.inputs.key,
        symbol=str(miss.root),
        project=memo.project_root(miss.engine),
        captures=captures,
        arguments=arguments_shown(miss.inputs.bound, miss.inputs.digests, memo.ignore),
        kind=memo.kind,
        codec=codec,
        metrics=metrics_summary(evaluation),
        created_ns=miss.started[0],
        wall_ns=wall,
        cpu_ns=cpu,
        commit=git_commit(memo.project_root(miss.engine)),
        parent=evaluation.parent.entry_id if evaluation.parent else None,
        local_only=memo.local_only,
    )


def finish(miss: Miss, result: Any) -> None:
    """The function returned `result`: store it, if its inputs are what they were. Never raises an Exception."""
    wall, cpu = end(miss)
    try:
        if miss.mode != "readonly" and not miss.spoiled and miss.walker is not None:
            with recorder.own_work():
                _store(miss, result, wall, cpu)
    except Exception as problem:  # noqa: BLE001 - the cache must never break the program
        _spoil(miss, problem)
    finally:
        if miss.spoiled:
            _show_failed(miss, f"It finished, but its result is not stored: {miss.spoiled}", wall, cpu)
        _release(miss)


def _store(miss: Miss, result: Any, wall: int, cpu: int) -> None:
    shared, memo, walker = miss.engine, miss.memo, miss.walker
    assert walker is not None
    assert miss.evaluation is not None
    with shared.lock:
        shared.refresh()
        _check_inputs(miss, walker)
        encoded = encode(result)
        _take_in_what_ran(miss, walker, encoded.code)
        root = memo.project_root(shared)
        record = build_record(walker, shared.surroundings(root), miss.evaluation.recording, miss.evaluation.inherited)
        snapshot, texts = build_snapshot(walker, root)
    new = _new_entry(miss, record.captures_digest(), encoded.codec, wall, cpu)
    parts = {"record": record.encode(), "snapshot": snapshot.encode(), "texts": texts, "value": encoded.chunks()}
    if miss.evaluation.entry_id is None:
        miss.store.put(new, **parts)
    else:
        write_metrics(miss.store, miss.evaluation)
        miss.store.finish(miss.evaluation.entry_id, new, **parts)


def _check_inputs(miss: Miss, walker: LiveWalker) -> None:
    """ChangedError for what is not as it was when the evaluation began."""
    shared, memo = miss.engine, miss.memo
    now = digest_inputs(memo, shared, miss.root, miss.inputs.bound)
    for name, digest in miss.inputs.digests.items():
        if now.digests.get(name) != digest:
            raise ChangedError(
                f"the function changed its argument {name} while it ran, which a stored result could not do again",
                "Change a copy, and return what is to be kept",
                value_path=name,
            )
    if shared.library.signatures(set(miss.signatures)) != miss.signatures:
        raise ChangedError("the text of code that it depends on changed while it ran", "Run it again")
    function = memo.function if isinstance(memo.function, FunctionType) else None
    for symbol, before in walker.values.items():
        if before is None:
            continue
        value = capture_value(shared.objects, symbol, function)
        after = MISSING if value is MISSING else shared.filled.as_unfilled(symbol, _digest(shared, value, symbol.name))
        if after == before:
            continue
        was_none = before == _digest(shared, None, "")
        if after is not MISSING and (was_none or only_filled(miss.shapes.get(symbol), value, lambda v: _digest(shared, v, ""))):
            shared.filled.filled(symbol, before, _digest(shared, value, symbol.name))
            continue
        raise ChangedError(
            f"{symbol.name} changed while it ran, which a stored result could not do again (rule HS006)",
            "Return what is to be kept, and let the caller keep it",
            value_path=str(symbol),
        )


def shared_code(shared: Engine, code: CodeType) -> Symbol | None:
    """The symbol of a project function that ran; None for what belongs to another function or has no text (``<genexpr>``, ``exec``)."""
    if code.co_name.startswith("<") and code.co_name != "<lambda>":
        return None
    try:
        found = shared.objects.code(code)
    except NoSourceError:
        return None
    return None if isinstance(found, ExternalCode) or found.definition.kind == "class" else found.symbol


def _digest(shared: Engine, value: Any, path: str) -> Digest:
    return Digester(LiveNames(shared.objects)).digest(value, path)


def _take_in_what_ran(miss: Miss, walker: LiveWalker, code: Any) -> None:
    """Reach what only the evaluation itself showed: modules imported by computed names, classes of the result."""
    walker.before = miss.loaded
    if walker.anything:
        walker.reach_loaded_modules(miss.root)
    for ran in sorted(miss.evaluation.ran or (), key=lambda c: (c.co_filename, c.co_firstlineno)) if miss.evaluation else ():
        found = shared_code(miss.engine, ran)
        if found is not None and found not in walker.graph.code:
            walker.reach(found, miss.root)
    for record in miss.evaluation.inherited if miss.evaluation else ():
        for check in record.code:
            symbol = Symbol.parse(check.symbol)
            if symbol not in walker.graph.code:
                walker.reach(symbol, miss.root)
    for value in code:
        if isinstance(value, type):
            walker.names.class_(value)
        elif isinstance(value, FunctionType):
            walker.names.function(value)
    walker.take_reached(miss.root)
    walker.drain()


