"""Lookups: what is there under these keys. Those that arrive while one is being answered are answered together, by one statement.

That statement says which entries are there now. What they say, and the objects that they need, never changes, so a worker that has read it lately does not read it again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple, TypeVar

from sqlalchemy import Connection, Select, bindparam, literal_column, select

from hitsave.digest import Digest
from hitsave.storage.entry import Entry, read_entry
from hitsave.storage.shared import needs_of
from hitsave.storage.wire import INLINE_BUDGET, INLINE_OBJECT, MOST_PER_KEY, Found, SharedEntry, Tier
from hitsave_server.hub.channel import Channel, LostError
from hitsave_server.hub.database import Database
from hitsave_server.hub.entries import FOUND
from hitsave_server.hub.lately import Lately
from hitsave_server.hub.objects import inline_contents
from hitsave_server.hub.tables import ENTRIES
from hitsave_server.hub.threads import Threads

_PORTION: Final = 1_000
"""Keys of one statement."""
_REMEMBERED: Final = 32 << 20
"""Bytes of entries, and again of objects, that a worker remembers."""
_ROOM: Final = 500
"""Bytes that remembering something takes besides."""


_T = TypeVar("_T")


class Wanted(NamedTuple):
    """One key of a lookup."""

    key: Digest
    captures: Digest | None


@dataclass(slots=True)
class _Question:
    project: int
    wanted: Sequence[Wanted]
    tiers: frozenset[Tier]
    inline: bool
    answer: asyncio.Future[Found] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class Lookups:
    """Answers lookups."""

    def __init__(self, database: Database, threads: Threads) -> None:
        self._waiting: list[_Question] = []
        self._answering: asyncio.Task[None] | None = None
        self._found: set[int] = set()
        self._reader = _Reader(database, threads)

    async def look(self, project: int, wanted: Sequence[Wanted], tiers: frozenset[Tier], *, inline: bool) -> Found:
        """The entries of these tiers under each key, the last stored first, and small objects that they need."""
        question = _Question(project, wanted, tiers, inline)
        self._waiting.append(question)
        if self._answering is None:
            self._answering = asyncio.create_task(self._answer_all())
        return await question.answer

    def take_found(self) -> list[int]:
        """The entries that were found since this was last asked."""
        found, self._found = self._found, set()
        return sorted(found)

    def close(self) -> None:
        """Close what it has of its own."""
        self._reader.close()

    async def _answer_all(self) -> None:
        """Answer until nobody waits. One statement is under way at a time: with two, each would answer half as many, and a look-up cost a sixth more of the processor."""
        try:
            while self._waiting:
                await asyncio.sleep(0)  # those who were just answered may ask again: one turn of the loop, and a statement answers more of them
                taken = self._take()
                try:
                    answers = await self._reader.answers(taken)
                except Exception as problem:  # noqa: BLE001 - whatever it is, it is the answer of each who asked
                    for question in taken:
                        if not question.answer.done():
                            question.answer.set_exception(problem)
                    continue
                for question, (answer, numbers) in zip(taken, answers, strict=True):
                    self._found.update(numbers)
                    if not question.answer.done():
                        question.answer.set_result(answer)
        finally:
            self._answering = None

    def _take(self) -> list[_Question]:
        """Those that wait, as many as one statement takes, at least one."""
        count, size = 0, 0
        for question in self._waiting:
            size += len(question.wanted)
            if count and size > _PORTION:
                break
            count += 1
        taken, self._waiting = self._waiting[:count], self._waiting[count:]
        return taken


@dataclass(frozen=True, slots=True)
class _Told:
    """An entry as it is told, and what decides whether it is: all of it is in what was signed."""

    row: SharedEntry
    captures: bytes
    tier: str
    needs: tuple[tuple[Digest, ...], ...]
    """The small objects that it needs, in the order in which an answer brings them."""


def entries_under(database: Database) -> Select[Any, Any, Any]:
    """Which entries are there under the keys `wanted` of the project `of`, in `tiers`: number, key and signature.

    It names all that the index `entries_found` begins with, and that index's condition as it stands there: else a database reads through all of a project, or does so when it plans for any values.
    """
    return select(ENTRIES.c.number, ENTRIES.c.key, ENTRIES.c.signature).where(
        ENTRIES.c.project == bindparam("of"),
        database.one_of(ENTRIES.c.tier, "tiers"),
        database.one_of(ENTRIES.c.key, "wanted"),
        ENTRIES.c.standing == literal_column(f"'{FOUND}'"),
        ENTRIES.c.blocked.is_(False),
    )


class _Reader:
    """Reads entries and objects from the database, but for those that it has read lately: an entry is named by its signature, an object by its digest."""

    def __init__(self, database: Database, threads: Threads) -> None:
        self._database = database
        self._threads = threads
        self._found = entries_under(database)
        self._bodies = select(ENTRIES.c.signature, ENTRIES.c.signer, ENTRIES.c.body).where(database.one_of(ENTRIES.c.number, "numbers"))
        self._channel = None if database.is_sqlite else Channel(database, threads, self._found)
        self._told: Lately[bytes, _Told] = Lately(_REMEMBERED)
        self._contents: Lately[tuple[int, Digest], bytes] = Lately(_REMEMBERED)

    async def answers(self, questions: Sequence[_Question]) -> list[tuple[Found, list[int]]]:
        """The answer to each question, and the numbers of the rows that were found for it."""
        rows = await self._rows(questions)
        told = await self._tell([row for under in rows.values() for row in under])
        answers = [_answer(question, rows, told) for question in questions]
        contents = await self._small(
            {(question.project, digest) for question, (_, _, needs) in zip(questions, answers, strict=True) for digest in needs}
        )
        for question, (found, _, needs) in zip(questions, answers, strict=True):
            found["objects"] = _within_budget(question.project, needs, contents)
        return [(found, numbers) for found, numbers, _ in answers]

    def close(self) -> None:
        """Close the connection that is its own."""
        if self._channel is not None:
            self._channel.close()

    async def _read(self, what: Callable[[Connection], _T]) -> _T:
        return await self._threads.run(lambda: self._database.read(what))

    async def _rows(self, questions: Sequence[_Question]) -> dict[tuple[int, bytes], list[tuple[int, bytes]]]:
        """Number and signature of what is there, by project and key, the last stored first."""
        wanted: dict[int, set[bytes]] = {}
        for question in questions:
            wanted.setdefault(question.project, set()).update([each.key for each in question.wanted])
        tiers = sorted(frozenset[str]().union(*(question.tiers for question in questions)))
        rows: dict[tuple[int, bytes], list[tuple[int, bytes]]] = {}
        for project, keys in wanted.items():
            for number, key, signature in await self._ask({"of": project, "tiers": tiers, "wanted": sorted(map(bytes, keys))}):
                rows.setdefault((project, key), []).append((number, signature))
        for under in rows.values():
            under.sort(reverse=True)
        return rows

    async def _ask(self, values: dict[str, Any]) -> Sequence[tuple[int, bytes, bytes]]:
        if self._channel is not None:
            try:
                return await self._channel.ask(values)
            except LostError:
                pass  # the pool has a way of its own to reach a database that was started again, and says what is wrong where it can't
        return await self._read(lambda c: [(row.number, row.key, row.signature) for row in c.execute(self._found, values)])

    async def _tell(self, rows: Sequence[tuple[int, bytes]]) -> dict[bytes, _Told]:
        """The entries of these rows, by signature."""
        told = self._told.among([signature for _, signature in rows])
        missing = [number for number, signature in rows if signature not in told]
        if missing:
            told |= await self._read(lambda c: self._told_of(c, missing))
        return told

    def _told_of(self, connection: Connection, missing: Sequence[int]) -> dict[bytes, _Told]:
        told: dict[bytes, _Told] = {}
        for start in range(0, len(missing), _PORTION):
            for signature, signer, body in connection.execute(self._bodies, {"numbers": missing[start : start + _PORTION]}):
                entry = read_entry(body)
                row: SharedEntry = {"body": body, "signer": signer, "signature": signature}
                told[signature] = _Told(row, entry.captures, entry.tier, _small_needs(entry))
                self._told.put(signature, told[signature], len(body) + _ROOM)
        return told

    async def _small(self, wanted: set[tuple[int, Digest]]) -> dict[tuple[int, Digest], bytes]:
        """Those of these objects, by project and digest, that are kept whole."""
        contents = self._contents.among(wanted)
        missing: dict[int, list[Digest]] = {}
        for project, digest in wanted - contents.keys():
            missing.setdefault(project, []).append(digest)
        for project, digests in missing.items():
            for digest, content in (await self._read(lambda c, p=project, d=digests: inline_contents(c, p, d))).items():
                contents[project, digest] = content
                self._contents.put((project, digest), content, len(content) + _ROOM)
        return contents


def _answer(
    question: _Question, rows: dict[tuple[int, bytes], list[tuple[int, bytes]]], told: dict[bytes, _Told]
) -> tuple[Found, list[int], list[Digest]]:
    """What is found, which rows that are, and the small objects that these need, Records first."""
    found: list[list[SharedEntry]] = []
    numbers: list[int] = []
    shown: list[_Told] = []
    for wanted in question.wanted:
        under = [
            (number, entry)
            for number, signature in rows.get((question.project, wanted.key), ())
            # One that is not there was deleted since.
            if (entry := told.get(signature)) is not None
            and entry.tier in question.tiers
            and (wanted.captures is None or entry.captures == wanted.captures)
        ][:MOST_PER_KEY]
        found.append([entry.row for _, entry in under])
        numbers += [number for number, _ in under]
        shown += [entry for _, entry in under]
    return {"found": found, "objects": {}}, numbers, _needed(shown) if question.inline else []


def _needed(shown: Sequence[_Told]) -> list[Digest]:
    """The small objects that these need, each once, by kind."""
    by_kind = zip(*[entry.needs for entry in shown], strict=True)
    return list(dict.fromkeys([digest for of_kind in by_kind for digests in of_kind for digest in digests]))


def _small_needs(entry: Entry) -> tuple[tuple[Digest, ...], ...]:
    """The objects that an entry needs and that may be small, by kind."""
    by_kind: dict[str, list[Digest]] = {kind: [] for kind in ("record", "blob", "snapshot", "arguments", "view", "error")}
    for need in needs_of(entry):
        if need.size is None or need.size <= INLINE_OBJECT:
            by_kind[need.kind].append(need.digest)
    return tuple(tuple(digests) for digests in by_kind.values())


def _within_budget(project: int, needs: Sequence[Digest], contents: dict[tuple[int, Digest], bytes]) -> dict[bytes, bytes]:
    objects: dict[bytes, bytes] = {}
    room = INLINE_BUDGET
    for digest in needs:
        content = contents.get((project, digest))
        if content is not None and len(content) <= room:
            objects[bytes(digest)] = content
            room -= len(content)
    return objects
