"""Lookups: what is there under these keys. Those that arrive while one is being answered are answered together, by one statement."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, select

from hitsave.digest import Digest
from hitsave.storage.entry import Entry, read_entry
from hitsave.storage.shared import needs_of
from hitsave.storage.wire import INLINE_BUDGET, INLINE_OBJECT, MOST_PER_KEY, Found, SharedEntry, Tier
from hitsave_server.hub.database import Database
from hitsave_server.hub.entries import FOUND
from hitsave_server.hub.objects import inline_contents
from hitsave_server.hub.tables import ENTRIES
from hitsave_server.hub.threads import Threads

_PORTION: Final = 1_000
"""Keys of one statement."""
_AT_ONCE: Final = 2
"""Statements of lookups that a worker has under way."""
_COLUMNS: Final = (
    ENTRIES.c.number,
    ENTRIES.c.project,
    ENTRIES.c.key,
    ENTRIES.c.captures,
    ENTRIES.c.tier,
    ENTRIES.c.body,
    ENTRIES.c.signer,
    ENTRIES.c.signature,
)


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
        self._under_way = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._found: set[int] = set()

    async def look(self, project: int, wanted: Sequence[Wanted], tiers: frozenset[Tier], *, inline: bool) -> Found:
        """The entries of these tiers under each key, the last stored first, and small objects that they need."""
        question = _Question(project, wanted, tiers, inline)
        self._waiting.append(question)
        if self._under_way < _AT_ONCE:
            self._under_way += 1
            task = asyncio.create_task(self._answer_all())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return await question.answer

    def take_found(self) -> list[int]:
        """The entries that were found since this was last asked."""
        found, self._found = self._found, set()
        return sorted(found)

    async def _answer_all(self) -> None:
        try:
            while self._waiting:
                taken = self._take()
                try:
                    answers = await self._threads.run(lambda taken=taken: self._database.read(lambda c: _answers(c, taken)))
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
            self._under_way -= 1

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


def _answers(connection: Connection, questions: Sequence[_Question]) -> list[tuple[Found, list[int]]]:
    rows: dict[tuple[int, bytes], list[Any]] = {}
    for project in {question.project for question in questions}:
        keys = sorted({wanted.key for question in questions if question.project == project for wanted in question.wanted})
        chosen = select(*_COLUMNS).where(
            ENTRIES.c.project == project, ENTRIES.c.standing == FOUND, ENTRIES.c.blocked.is_(False), ENTRIES.c.key.in_(keys)
        )
        for row in connection.execute(chosen):
            rows.setdefault((row.project, row.key), []).append(row)
    for under in rows.values():
        under.sort(key=lambda row: row.number, reverse=True)
    answers = [_answer(question, rows) for question in questions]
    contents = _contents(
        connection, [(question.project, needs) for question, (_, _, needs) in zip(questions, answers, strict=True) if question.inline]
    )
    for question, (found, _, needs) in zip(questions, answers, strict=True):
        if question.inline:
            found["objects"] = _within_budget(needs, contents[question.project])
    return [(found, numbers) for found, numbers, _ in answers]


def _answer(question: _Question, rows: dict[tuple[int, bytes], list[Any]]) -> tuple[Found, list[int], list[Digest]]:
    """What is found, which rows that are, and the small objects that these need, Records first."""
    found: list[list[SharedEntry]] = []
    numbers: list[int] = []
    for wanted in question.wanted:
        under = [
            row
            for row in rows.get((question.project, wanted.key), [])
            if row.tier in question.tiers and (wanted.captures is None or row.captures == wanted.captures)
        ][:MOST_PER_KEY]
        found.append([{"body": row.body, "signer": row.signer, "signature": row.signature} for row in under])
        numbers += [row.number for row in under]
    needs = _needed([read_entry(each["body"]) for under in found for each in under]) if question.inline else []
    return {"found": found, "objects": {}}, numbers, needs


def _needed(entries: Sequence[Entry]) -> list[Digest]:
    by_kind: dict[str, list[Digest]] = {kind: [] for kind in ("record", "blob", "snapshot", "arguments", "view", "error")}
    for entry in entries:
        for need in needs_of(entry):
            if need.size is None or need.size <= INLINE_OBJECT:
                by_kind[need.kind].append(need.digest)
    return list(dict.fromkeys(digest for digests in by_kind.values() for digest in digests))


def _contents(connection: Connection, needed: Sequence[tuple[int, list[Digest]]]) -> dict[int, dict[Digest, bytes]]:
    """The contents of all that is needed, by project: one statement for many questions."""
    wanted: dict[int, dict[Digest, None]] = {}
    for project, digests in needed:
        wanted.setdefault(project, {}).update(dict.fromkeys(digests))
    return {project: inline_contents(connection, project, list(digests)) for project, digests in wanted.items()}


def _within_budget(needs: Sequence[Digest], contents: dict[Digest, bytes]) -> dict[bytes, bytes]:
    objects: dict[bytes, bytes] = {}
    room = INLINE_BUDGET
    for digest in needs:
        content = contents.get(digest)
        if content is not None and len(content) <= room:
            objects[bytes(digest)] = content
            room -= len(content)
    return objects
