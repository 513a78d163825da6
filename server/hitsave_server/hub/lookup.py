"""Lookups: what is there under these keys. Those that arrive while one is being answered are answered together, by one statement.

That statement says which entries are there now. What they say, and the objects that they need, never changes, so a worker that has read it lately does not read it again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from sqlalchemy import Connection, bindparam, select

from hitsave.digest import Digest
from hitsave.storage.entry import Entry, read_entry
from hitsave.storage.shared import needs_of
from hitsave.storage.wire import INLINE_BUDGET, INLINE_OBJECT, MOST_PER_KEY, Found, SharedEntry, Tier
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
        self._database = database
        self._threads = threads
        self._waiting: list[_Question] = []
        self._answering: asyncio.Task[None] | None = None
        self._found: set[int] = set()
        self._reader = _Reader(database)

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

    async def _answer_all(self) -> None:
        """Answer until nobody waits. One statement is under way at a time: with two, each would answer half as many, and a look-up cost a sixth more of the processor."""
        try:
            while self._waiting:
                taken = self._take()
                try:
                    answers = await self._threads.run(lambda taken=taken: self._database.read(lambda c: self._reader.answers(c, taken)))
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


class _Reader:
    """Reads entries and objects from the database, but for those that it has read lately: an entry is named by its signature, an object by its digest."""

    def __init__(self, database: Database) -> None:
        keys = {"wanted": ENTRIES.c.key, "numbers": ENTRIES.c.number}
        chosen = {name: database.one_of(column, name) for name, column in keys.items()}
        self._found = select(ENTRIES.c.number, ENTRIES.c.key, ENTRIES.c.signature).where(
            ENTRIES.c.project == bindparam("of"), ENTRIES.c.standing == FOUND, ENTRIES.c.blocked.is_(False), chosen["wanted"]
        )
        self._bodies = select(ENTRIES.c.signature, ENTRIES.c.signer, ENTRIES.c.body).where(chosen["numbers"])
        self._told: Lately[bytes, _Told] = Lately(_REMEMBERED)
        self._contents: Lately[tuple[int, Digest], bytes] = Lately(_REMEMBERED)

    def answers(self, connection: Connection, questions: Sequence[_Question]) -> list[tuple[Found, list[int]]]:
        """The answer to each question, and the numbers of the rows that were found for it."""
        rows = self._rows(connection, questions)
        told = self._tell(connection, [row for under in rows.values() for row in under])
        answers = [_answer(question, rows, told) for question in questions]
        contents = self._small(
            connection, {(question.project, digest) for question, (_, _, needs) in zip(questions, answers, strict=True) for digest in needs}
        )
        for question, (found, _, needs) in zip(questions, answers, strict=True):
            found["objects"] = _within_budget(question.project, needs, contents)
        return [(found, numbers) for found, numbers, _ in answers]

    def _rows(self, connection: Connection, questions: Sequence[_Question]) -> dict[tuple[int, bytes], list[tuple[int, bytes]]]:
        """Number and signature of what is there, by project and key, the last stored first."""
        wanted: dict[int, set[bytes]] = {}
        for question in questions:
            wanted.setdefault(question.project, set()).update(each.key for each in question.wanted)
        rows: dict[tuple[int, bytes], list[tuple[int, bytes]]] = {}
        for project, keys in wanted.items():
            for number, key, signature in connection.execute(self._found, {"of": project, "wanted": [bytes(key) for key in sorted(keys)]}):
                rows.setdefault((project, bytes(key)), []).append((number, bytes(signature)))
        for under in rows.values():
            under.sort(reverse=True)
        return rows

    def _tell(self, connection: Connection, rows: Sequence[tuple[int, bytes]]) -> dict[bytes, _Told]:
        """The entries of these rows, by signature."""
        told = self._told.among(signature for _, signature in rows)
        missing = [number for number, signature in rows if signature not in told]
        for start in range(0, len(missing), _PORTION):
            for signature, signer, body in connection.execute(self._bodies, {"numbers": missing[start : start + _PORTION]}):
                entry = read_entry(body)
                row: SharedEntry = {"body": body, "signer": signer, "signature": signature}
                told[signature] = _Told(row, entry.captures, entry.tier, _small_needs(entry))
                self._told.put(signature, told[signature], len(body) + _ROOM)
        return told

    def _small(self, connection: Connection, wanted: set[tuple[int, Digest]]) -> dict[tuple[int, Digest], bytes]:
        """Those of these objects, by project and digest, that are kept whole."""
        contents = self._contents.among(wanted)
        missing: dict[int, list[Digest]] = {}
        for project, digest in wanted - contents.keys():
            missing.setdefault(project, []).append(digest)
        for project, digests in missing.items():
            for digest, content in inline_contents(connection, project, digests).items():
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
    needs = dict.fromkeys(digest for of_kind in zip(*(entry.needs for entry in shown), strict=True) for digests in of_kind for digest in digests)
    return {"found": found, "objects": {}}, numbers, list(needs) if question.inline else []


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
