"""Finds the stored result of a call: the first half of the call path, which does not run the function."""

from __future__ import annotations

import time
from contextlib import suppress
from importlib import import_module
from types import FunctionType
from typing import TYPE_CHECKING, Any, Final

from hitsave.codegraph.symbols import Symbol
from hitsave.digest import Digest
from hitsave.errors import DamagedError, HitSaveError
from hitsave.freshness.accepted import accepted_in
from hitsave.freshness.check import holds
from hitsave.freshness.record import Record, decoded
from hitsave.runtime import executed, recorder
from hitsave.runtime.answers import Answers, holds_by
from hitsave.runtime.edits import Edits
from hitsave.runtime.engine import Engine, Evaluation, engine, live_evaluations, note_rebound
from hitsave.runtime.faults import say_uncached, sentence
from hitsave.runtime.guards import Guards
from hitsave.runtime.inputs import Inputs, digest_inputs
from hitsave.runtime.metrics import replay
from hitsave.runtime.mode import Mode, current_mode
from hitsave.runtime.notices import warn_once
from hitsave.runtime.rebinding import Rebindable, bind_again
from hitsave.runtime.statistics import note_hit
from hitsave.runtime.world import LiveWorld
from hitsave.storage.entry import Entry
from hitsave.structs import field, frozen, mutable
from hitsave.values.held import Survey
from hitsave.values.stored import decode

if TYPE_CHECKING:
    from types import CodeType

    from hitsave.runtime.analysis import Found
    from hitsave.runtime.kept_reads import Count
    from hitsave.runtime.live import LiveWalker
    from hitsave.runtime.live_library import Asked, Moment
    from hitsave.runtime.memo import Memoised
    from hitsave.runtime.output import Tape
    from hitsave.runtime.path_arguments import Watched
    from hitsave.storage.store import Store

_replayed_records: Final[set[Digest]] = set()
"""Records of the hits of this process: what they say ran has as good as run here."""
_MOST_GUARDS: Final = 64
"""Records of one function that guards are kept for."""


@frozen
class Hit:
    """A stored result that is right."""

    value: Any
    entry: Entry


@frozen
class Uncached:
    """A call that the cache has no part in."""

    why: str


@mutable
class Miss:
    """A call that has to be evaluated. `world` is what was asked for entries, and `moment` what was found out then, for who goes on before any code of the user runs; `asked` is what the analysis asked, and `found` what it found for this call and others. `is_shared` is whether a team server may have to do with it, once that was asked. `verified` is the entry that would have been the answer, where it is to be compared; `record` that of the entry that is. `memo` is the Memoised: typed as anything, because a type with ``__get__`` would be taken for a descriptor of this class."""

    memo: Any
    inputs: Inputs
    engine: Engine
    store: Store
    root: Symbol
    mode: Mode
    stale: tuple[Entry, ...] = ()
    walker: LiveWalker | None = None
    held: Survey = field(factory=Survey)
    fillers: set[Symbol] = field(factory=set)
    properties: set[CodeType] = field(factory=set)
    caches: list[Count] = field(factory=list)
    signatures: dict[str, Any] = field(factory=dict)
    loaded: frozenset[str] = frozenset()
    lock: Any = None
    evaluation: Evaluation | None = None
    token: Any = None
    started: tuple[int, int, int] = (0, 0, 0)
    suspended: tuple[int, int] | None = None
    process: int = 0
    spoiled: str = ""
    verified: Entry | None = None
    record: Record | None = None
    world: LiveWorld | None = None
    moment: Moment | None = None
    asked: Asked | None = None
    found: Found | None = None
    watched: Watched | None = None
    tape: Tape | None = None
    lease: Any = None
    rebindable: Rebindable = field(factory=Rebindable)
    is_shared: bool | None = None


def look_up(
    memo: Memoised[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], *, mode: Mode | None = None, asked: bool = False
) -> Hit | Miss | Uncached:
    """Find the stored result of a call. Never raises an Exception: a fault makes the call Uncached, and is a warning unless the user has `asked` and gets an answer."""
    mode = mode or current_mode()
    if mode == "off":
        return Uncached("HitSave is switched off")
    try:
        try:
            found = _look_up(memo, args, kwargs, mode)
        except DamagedError:
            if not _mend(mode):
                raise
            found = _look_up(memo, args, kwargs, mode)
        if isinstance(found, Miss):
            _load_what_evaluates()
        return found
    except Exception as problem:  # noqa: BLE001 - the cache must never break the program
        return Uncached(sentence(memo, problem) if asked else say_uncached(memo, problem))


def _load_what_evaluates() -> None:
    """Import it here, where a fault makes the call uncached. A process whose calls all hit never comes here, and starts the faster for it."""
    with recorder.own_work():
        for module in ("asking", "evaluate", "stepping"):
            import_module(f"hitsave.runtime.{module}")


def _mend(mode: Mode) -> bool:
    """Mend a store that was found damaged: a call that finds nothing stores nothing either, so it would stay so."""
    with recorder.own_work():
        store = engine().store()
        return store is not None and mode != "readonly" and store.mend()


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
            entry = None if mode == "refresh" else _guarded_entry(miss)
            is_guarded = entry is not None
            if entry is None:
                shared.refresh()
                entry = None if mode == "refresh" else fresh_entry(miss)
            if mode == "verify":
                from hitsave.runtime.verifying import is_chosen

                if entry is not None and is_chosen(str(root)):
                    miss.verified = entry
                    return miss
                miss.mode = "on"
            if entry is not None and entry.extra is not None:
                return load(miss, entry) or miss  # it changes what the next look-up finds, so that has to wait
    hit = load(miss, entry) if entry is not None else None
    if hit is not None and is_guarded and mode == "on" and memo.is_plain and memo.path_parameters is None and not memo.replay_output:
        with shared.lock:
            _remember(miss, args, kwargs, hit)
    return hit or miss


def _remember(miss: Miss, args: tuple[Any, ...], kwargs: dict[str, Any], hit: Hit) -> None:
    """Keep the call in memory, if it is one of those that can be."""
    memo, guards = miss.memo, miss.memo.guards.get(hit.entry.record)
    if guards is not None:
        from hitsave.runtime.memory import Memory  # of use to a second hit only

        memo.memory = memo.memory or Memory()
        memo.memory.remember(memo, args, kwargs, hit.value, hit.entry, guards, miss.store)


def world_for(miss: Miss) -> LiveWorld:
    """The live process, seen from the function that is called."""
    world = live_world(miss.memo, miss.engine)
    if miss.inputs.paths:
        from hitsave.runtime.path_arguments import paths_digest

        world.paths = paths_digest(miss.inputs.paths, world.surroundings)
    return world


def live_world(memo: Memoised[..., Any], shared: Engine) -> LiveWorld:
    """The live process, seen from a memoised function."""
    function = memo.function if isinstance(memo.function, FunctionType) else None
    world = LiveWorld(shared.objects, shared.seen, shared.surroundings(memo.project_root(shared)), memo.root(shared), function)
    store = shared.store()
    if store is not None:
        world.accepted = accepted_in(store)
    return world


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


def guard(miss: Miss, entry: Entry, record: Record, world: LiveWorld) -> None:
    """A Record holds now: have guards stand for it from here on."""
    guards = Guards(record, world, time.time_ns())
    if guards.usable:
        if len(miss.memo.guards) >= _MOST_GUARDS:
            miss.memo.guards.clear()
        miss.memo.guards[entry.record] = guards


def fresh_entry(miss: Miss) -> Entry | None:
    """The newest entry of the call's key that is right now, of this project if there is one; those that are not are left in `miss.stale`."""
    world = miss.world = world_for(miss)
    stale: list[Entry] = []
    edits = Edits(miss.store)
    with miss.engine.objects.library.one_moment() as miss.moment:
        found = miss.store.find(miss.inputs.key)
        if len(found) > 1:  # another project may have a function of this name
            root = miss.memo.project_root(miss.engine)
            found.sort(key=lambda entry: entry.project != root)
        for entry in found:
            answers = miss.engine.answers.of(entry.record)
            record = None if answers is None and edits.were_made(entry, world) else read_record(miss.store, entry)
            if record is not None and _holds_now(miss, entry, record, world, answers):
                miss.record = record
                return entry
            stale.append(entry)
    miss.stale = tuple(stale)
    return None


def _holds_now(miss: Miss, entry: Entry, record: Record, world: LiveWorld, answers: Answers | None) -> bool:
    """Whether a Record holds; if so, guards stand for it from here on, and later processes get what text answered."""
    assert miss.moment is not None
    if answers is None or not holds_by(answers, record, world.expecting(record), miss.moment):
        if not holds(record, world.expecting(record)):
            return False
        if answers is None and miss.mode != "readonly":
            miss.engine.answers.keep(entry.record, record, world, miss.moment)
    guard(miss, entry, record, world)
    return True


def read_record(store: Store, entry: Entry) -> Record | None:
    """The Record of an entry, None if it is damaged."""
    return decoded(Record, store.record(entry.record))


def load(miss: Miss, entry: Entry) -> Hit | None:
    """The value of an entry; None if it is damaged, which makes the call a miss and lets the new result repair it."""
    try:
        with recorder.own_work():
            value = decode(miss.store.open_value(entry), miss.engine.objects.live_module)
    except HitSaveError:
        return None
    except Exception as problem:  # noqa: BLE001 - unpickling runs code of any library
        why = f"{type(problem).__name__}: {problem}"
        warn_once((miss.memo.name, "decode"), f"A stored result of {miss.memo.name}() can't be loaded ({why}); it is computed again.")
        return None
    if miss.inputs.paths:
        from hitsave.runtime.path_arguments import put_back

        with recorder.own_work():
            if not put_back(miss.inputs.paths, entry, miss.store):
                return None
    if entry.extra is not None:
        note_rebound(bind_again(miss.engine.objects, entry))
    if miss.mode != "readonly":
        note_hit(miss.store, entry)
    with suppress(HitSaveError), recorder.own_work():
        replay(miss.store, entry)
    if miss.memo.replay_output:
        from hitsave.runtime import output

        output.replay(miss.memo.name, entry, miss.store)
    if live_evaluations or entry.record not in _replayed_records:
        record = miss.record or read_record(miss.store, entry)
        if record is not None:
            _replayed_records.add(entry.record)
            executed.replayed.update(c.symbol for c in record.code if c.body is not None)
            for evaluation in list(live_evaluations):
                if not evaluation.recording.suspension.is_suspended_here():
                    evaluation.inherited.append(record)
    return Hit(value, entry)
