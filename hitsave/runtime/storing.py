"""Stores the result of an evaluation: checks that its inputs are what they were, takes in what only the run showed, makes the entry."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from time import perf_counter_ns
from types import CodeType, FunctionType
from typing import Any

from hitsave.codegraph.facts import ImportOrigin
from hitsave.codegraph.resolution import IMPORTS, import_of, parse_name_key
from hitsave.codegraph.symbols import Symbol
from hitsave.digest import Digest
from hitsave.errors import ChangedError, NoSourceError, UnstorableError
from hitsave.freshness.timing import WORTH_KEEPING_NS, CostlyInput, keep_costly_input
from hitsave.runtime import executed
from hitsave.runtime.analysis import Written
from hitsave.runtime.budget import keep_within_budget
from hitsave.runtime.captures import capture_value
from hitsave.runtime.engine import Engine, Evaluation, note_rebound
from hitsave.runtime.executed import replayed
from hitsave.runtime.git import git_commit
from hitsave.runtime.inputs import digest_inputs
from hitsave.runtime.kept_reads import kept_reads
from hitsave.runtime.late_constants import see_late_constants
from hitsave.runtime.live import LiveWalker
from hitsave.runtime.loading import loaded_since
from hitsave.runtime.lookup import Miss, world_for
from hitsave.runtime.memory import forget_all
from hitsave.runtime.met import attachments_of, files_met
from hitsave.runtime.metrics import logged_rows, metrics_summary, write_metrics
from hitsave.runtime.names import LiveNames
from hitsave.runtime.objects import MISSING, ExternalCode
from hitsave.runtime.path_arguments import may_name, refuse_changed_path, with_inputs
from hitsave.runtime.printed import write_output
from hitsave.runtime.rebinding import as_extra, bound_globals, can_be_bound_again, changed_error, unread_that_were_bound
from hitsave.runtime.recording import arguments_shown, build_record
from hitsave.runtime.sharing.calls import destination
from hitsave.runtime.standing_for import SUBCLASSES_SUFFIX
from hitsave.runtime.unforeseen import take_in_unforeseen
from hitsave.runtime.unpickling import code_that_loads
from hitsave.storage.entry import Entry, NewEntry
from hitsave.storage.writing import NewAttachment
from hitsave.values.digester import Digester
from hitsave.values.stored import encode, is_atomic
from hitsave.values.views.document import NO_VIEWS, views_of


def store_result(miss: Miss, result: Any, wall: int, cpu: int) -> None:
    """Store what an evaluation gave; raises what keeps it from being stored. `wall` and `cpu` are nanoseconds."""
    shared, memo, walker = miss.engine, miss.memo, miss.walker
    assert walker is not None
    assert miss.evaluation is not None
    if miss.evaluation.unrepeatable:
        raise UnstorableError(miss.evaluation.unrepeatable, "Import libraries at the top of the module, and run one function with a seed at a time")
    with shared.lock:
        shared.refresh()
        bound, costly = _check_inputs(miss, walker, wall)
        known = set(walker.values)
        with files_met() as met:
            encoded = encode(result, shared.objects.main_name())
        with shared.objects.library.one_moment() as moment:
            _take_in_what_ran(miss, walker, encoded.code)
            _see_through(miss, walker, known)
            root = memo.project_root(shared)
            surroundings = shared.surroundings(root)
            kept = kept_reads(
                walker, miss.fillers, miss.properties, miss.caches, lambda code: _symbols_of(shared, code), loaded_since(shared.begun_ns)
            )
            walker.loading = code_that_loads(walker, encoded.code)
            recordings = [miss.evaluation.recording, *kept]
            _say_what_was_lost(miss, walker)
            written = Written(walker, root) if miss.found is None else miss.found.written(walker, root)
            record = build_record(walker, written.of_code, surroundings, recordings, miss.evaluation.inherited)
            if miss.inputs.paths:
                record = with_inputs(record, miss.inputs.paths, surroundings, by_place=may_name(miss.inputs.paths, encoded))
    # After the result was encoded: what an object shows of itself is made by its own code, which might change it.
    storing = shared.storing()
    views = views_of(str(miss.root), result, miss.inputs.bound, rich=memo.kind == "experiment") if storing.views else NO_VIEWS
    kept_output = [] if miss.tape is None else miss.tape.attachments()
    pictures = kept_output + [NewAttachment(picture.name, picture.media, [picture.content]) for picture in views.pictures]
    new = new_entry(miss, record.captures_digest(), encoded.codec, wall, cpu)._replace(view=views.content or None, extra=as_extra(bound))
    attached = attachments_of(met)
    if miss.watched is not None:
        attached += miss.watched.outputs(miss.evaluation.recording, miss.store, shared.library.file_digests)
    note_rebound(bound)
    recorded = written.encoded(record)
    listed, to = miss.evaluation.entry_id, destination(miss)
    if listed is None:
        logged = logged_rows(miss.evaluation)
        stored = miss.store.put(
            new,
            record=recorded,
            snapshot=written.snapshot,
            texts=written.texts,
            value=encoded.chunks(),
            attachments=pictures,
            kept=attached,
            logged=logged,
            send_to=to,
        )
        if miss.mode == "refresh":
            _remove_replaced(miss, stored)
    else:
        write_metrics(miss.store, miss.evaluation)
        write_output(miss.store, miss.evaluation)
        stored = miss.store.finish(
            listed,
            new,
            record=recorded,
            snapshot=written.snapshot,
            texts=written.texts,
            value=encoded.chunks(),
            attachments=pictures,
            kept=attached,
            send_to=to,
        )
    if miss.mode == "refresh":
        forget_all()
    if costly is not None:
        keep_costly_input(miss.store, miss.root, costly)
    keep_within_budget(miss.store, encoded.size, storing.budget)
    if miss.asked is not None and shared.answers.is_wanted(stored.record):
        with suppress(Exception), shared.lock:  # the result is stored, whatever comes of this
            shared.answers.keep_of_new(stored.record, recorded, world_for(miss), [miss.asked, moment.asked()])


def _remove_replaced(miss: Miss, by: Entry) -> None:
    """Remove what the new entry is to stand in place of: what was stored for the same call of the same code."""
    same = [e for e in miss.store.find(by.key) if e.record == by.record and e.id != by.id and e.kind == by.kind and not e.pinned]
    miss.store.delete([e.id for e in same])


def new_entry(miss: Miss, captures: Digest, codec: str, wall: int, cpu: int) -> NewEntry:
    """What the store is told of an evaluation."""
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


def _check_inputs(miss: Miss, walker: LiveWalker, wall: int) -> tuple[dict[Symbol, Any], CostlyInput | None]:
    """ChangedError for what is not as it was when the evaluation began; gives what a hit can do again, the variables that it bound with their values.

    And, as all inputs are digested once more here, when their classes are known: what took longer to digest than the `wall` nanoseconds of the function.
    """
    shared, memo = miss.engine, miss.memo
    begun = perf_counter_ns()
    now = digest_inputs(memo, shared, miss.root, miss.inputs.bound)
    spent = perf_counter_ns() - begun
    costly = CostlyInput("its arguments", spent, wall) if spent > max(wall, WORTH_KEEPING_NS) else None
    for name, digest in miss.inputs.digests.items():
        if now.digests.get(name) != digest:
            refuse_changed_path(name, miss.inputs.paths, now.paths)
            raise ChangedError(
                f"the function changed its argument {name} while it ran, which a stored result could not do again",
                "Change a copy, and return what is to be kept",
                value_path=name,
            )
    for path, signature in shared.library.signatures(miss.signatures).items():
        if signature != miss.signatures[path]:
            raise ChangedError(f"{path}, whose code it runs, changed while it ran", "Run it again", value_path=path)
    function = memo.function if isinstance(memo.function, FunctionType) else None
    bound: dict[Symbol, Any] = {}
    changed: dict[Symbol, tuple[Any, Digest]] = {}
    digester = Digester(LiveNames(shared.objects))
    begun = perf_counter_ns()
    nothing = digester.digest(None, "")
    for symbol, before in list(walker.values.items()):
        if before is None:
            continue
        value = capture_value(shared.objects, symbol, function)
        if value is MISSING:
            raise changed_error(symbol)
        if shared.seen.digest(symbol, value, digester.digest(value, symbol.name)) == before:
            continue
        if symbol.name.endswith(SUBCLASSES_SUFFIX):
            continue  # those that are made meanwhile are of modules that it loaded, which count by their code
        if symbol in walker.inside and Digester(LiveNames(shared.objects), inside_only=True).digest(value, symbol.name) == walker.inside[symbol]:
            walker.values[symbol] = walker.inside[symbol]
            walker.visit_value_by_code(symbol)
        elif before != nothing and can_be_bound_again(miss.rebindable, symbol, value, function, shared.objects):
            bound[symbol] = value
        else:
            changed[symbol] = value, before
    captures = perf_counter_ns() - begun
    if captures > max(spent, wall, WORTH_KEEPING_NS):
        costly = CostlyInput("the variables that it reads", captures, wall)
    otherwise = shared.seen.take_in(miss.held, changed) if changed else None
    if otherwise is not None:
        raise changed_error(otherwise)
    return bound | _unread(miss, walker, function), costly


def _unread(miss: Miss, walker: LiveWalker, function: FunctionType | None) -> dict[Symbol, Any]:
    """The variables that were bound and that nothing reads, with their values; those that may have been bound to what they were, count by that."""
    shared, evaluation = miss.engine, miss.evaluation
    assert evaluation is not None
    unforeseen = evaluation.rebound - walker.values.keys() - miss.rebindable.unread.keys()
    if unforeseen:
        raise changed_error(min(unforeseen, key=str))
    changed, same = unread_that_were_bound(miss.rebindable, function, shared.objects, evaluation.ran, evaluation.rebound)
    for symbol in same:
        walker.visit_value(symbol)
    return changed


def _take_in_what_ran(miss: Miss, walker: LiveWalker, code: Any) -> None:
    """Reach what only the evaluation itself showed: modules imported by computed names, classes of the result."""
    walker.before = miss.loaded
    foreseen = walker.graph.code.keys() | walker.values.keys()
    foretold: dict[int, CodeType] = {} if miss.found is None else miss.found.foretold
    evaluation = miss.evaluation
    assert evaluation is not None
    unforetold = (code for code in evaluation.ran or () if id(code) not in foretold)
    for ran in sorted(unforetold, key=lambda c: (c.co_filename, c.co_firstlineno)):
        found = _symbol_of(miss.engine, ran)
        if found is None:
            continue
        around = list(_with_those_around(found))
        if foreseen.isdisjoint(around):
            _refuse_counters(miss, foreseen, found, ran)
        elif not walker.graph.code.keys().isdisjoint(around):
            foretold[id(ran)] = ran
        if not any(part in walker.graph.code for part in around):
            walker.reach(found, miss.root)
    for place in sorted(evaluation.ran_elsewhere):
        symbol = miss.engine.objects.written_at(*place)
        if symbol is None:
            continue
        around = list(_with_those_around(symbol))
        replayed.update(str(part) for part in around)
        if not any(part in walker.graph.code for part in around):
            walker.reach(symbol, miss.root)
    _note_searched(walker, miss.root, evaluation)
    for record in evaluation.inherited:
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
    walker.visit_late()
    walker.drain()
    take_in_unforeseen(walker, miss.root)
    see_late_constants(walker)


def _note_searched(walker: LiveWalker, root: Symbol, evaluation: Evaluation) -> None:
    """Enter which of the modules there are that the evaluation, and those that it has hits of, looked for by name."""
    for module in sorted(evaluation.recording.modules):
        package, _, name = module.rpartition(".")
        read = import_of(ImportOrigin(package, 0, name) if package else ImportOrigin(name, 0, None))
        walker.graph.note_import(root.module, read, walker.resolve(root.module, read))
    for asked in (check for record in evaluation.inherited for check in record.names if check.name.startswith(IMPORTS)):
        read = parse_name_key(asked.name)
        walker.graph.note_import(asked.module, read, walker.resolve(asked.module, read))


def _see_through(miss: Miss, walker: LiveWalker, known: set[Symbol]) -> None:
    """Captures that only the run showed count without what was filled in them, too."""
    shared = miss.engine
    for symbol, digest in walker.values.items():
        if digest is not None and symbol not in known:
            value = capture_value(shared.objects, symbol, walker.function)
            walker.values[symbol] = shared.seen.digest(symbol, value, digest)


def _refuse_counters(miss: Miss, foreseen: set[Symbol], found: Symbol, ran: CodeType) -> None:
    """Of a variable that code binds which nobody foresaw, the value before is not known: ChangedError for one that may count something."""
    space = miss.engine.objects.namespace(found.module) or {}
    for name in bound_globals(ran):
        symbol = Symbol(found.module, name)
        if symbol not in foreseen and space.get(name) is not None and is_atomic(space[name]):
            raise changed_error(symbol)


def _say_what_was_lost(miss: Miss, walker: LiveWalker) -> None:
    assert miss.evaluation is not None
    ran, why = miss.evaluation.ran, ""
    if ran is not None:
        why = ran.lost
    elif not executed.costs and not executed.is_watching():
        why = "every tool number of sys.monitoring is taken"
    node = walker.graph.code.get(miss.root)
    if miss.evaluation.untold:
        told = "what worker processes read that were started before it is not recorded"
        walker.untracked(told, miss.root, node.path if node else "", node.line if node else 0)
    if why:
        walker.untracked(f"which code ran was not recorded: {why}", miss.root, node.path if node else "", node.line if node else 0)


def _symbol_of(shared: Engine, code: CodeType) -> Symbol | None:
    """The symbol of a project function that ran; None for what belongs to another function or has no text (``<genexpr>``, ``exec``)."""
    if code.co_name.startswith("<") and code.co_name != "<lambda>":
        return None
    try:
        found = shared.objects.code(code)
    except NoSourceError:
        return None
    return None if isinstance(found, ExternalCode) or found.definition.kind == "class" else found.symbol


def _symbols_of(shared: Engine, code: CodeType) -> Iterator[Symbol]:
    found = _symbol_of(shared, code)
    if found is not None:
        yield from _with_those_around(found)


def _with_those_around(symbol: Symbol) -> Iterator[Symbol]:
    """A function and those that it is local to: its text is part of theirs."""
    yield symbol
    name = symbol.name
    while (around := name.rpartition(".<locals>.")[0]) != "":
        yield Symbol(symbol.module, around)
        name = around
