"""Lists, counts and sums over entries, each answered from an index, whatever the size of the store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from hitsave.storage.entry import EntryKind, Status, clean, join_tags
from hitsave.structs import NamedTuple

if TYPE_CHECKING:
    from hitsave.storage.database import Database


class Filter(NamedTuple):
    """Which entries: those for which everything that is given holds.

    `before` is an entry ID: older than that one, which is how a long list goes on.
    """

    symbol: str | None = None
    project: str | None = None
    status: Status | None = None
    kind: EntryKind | None = None
    parent: str | None = None
    pinned: bool | None = None
    tag: str | None = None
    before: str | None = None

    def where(self) -> tuple[str, list[Any]]:
        """As SQL, over ``entries e`` and ``marks m``, and its parameters."""
        terms: list[str] = []
        parameters: list[Any] = []
        for name, value in (("symbol", self.symbol), ("project", self.project), ("kind", self.kind), ("parent", self.parent)):
            if value is not None:
                terms.append(f"e.{name} = ?")
                parameters.append(clean(value))
        if self.status is not None:
            terms.append(_STATUS[self.status])
        if self.pinned is not None:
            terms.append("coalesce(m.pinned, 0) " + ("<> 0" if self.pinned else "= 0"))
        if self.tag is not None:
            terms.append("instr(m.tags, ?) > 0")
            parameters.append(join_tags([self.tag]))
        if self.before is not None:
            terms.append("e.id < ?")
            parameters.append(self.before)
        return (" WHERE " + " AND ".join(terms) if terms else ""), parameters

    @property
    def asks_marks(self) -> bool:
        """Whether it looks at what people set."""
        return self.pinned is not None or self.tag is not None


# Written out, because SQLite uses an index of the running entries only where it can read that running ones are asked for.
_STATUS: Final[dict[Status, str]] = {status: f"e.status = '{status}'" for status in ("running", "done", "failed")}


class SymbolSummary(NamedTuple):
    """The entries of one symbol, added up. `wall_ns` and `size` are those of the done ones; `newest` is an entry ID."""

    symbol: str
    done: int
    running: int
    failed: int
    experiments: int
    wall_ns: int
    size: int
    newest: str

    @property
    def entries(self) -> int:
        """All of them."""
        return self.done + self.running + self.failed


class Stats(NamedTuple):
    """The whole store, added up. `value_bytes` counts a value once for each entry that has it; `database_bytes` is what the database's files take on the disk."""

    done: int = 0
    running: int = 0
    failed: int = 0
    wall_ns: int = 0
    value_bytes: int = 0
    database_bytes: int = 0
    hits: int = 0
    saved_ns: int = 0

    @property
    def entries(self) -> int:
        """All of them."""
        return self.done + self.running + self.failed


class Usage(NamedTuple):
    """What entries have been used for: how often they hit, and how much compute that saved."""

    hits: int = 0
    saved_ns: int = 0


_SUMS: Final = (
    "sum(status = 'done'), sum(status = 'running'), sum(status = 'failed'), sum(kind = 'experiment'),"
    " sum(CASE status WHEN 'done' THEN wall_ns ELSE 0 END), sum(CASE status WHEN 'done' THEN size ELSE 0 END), max(id)"
)


def count(database: Database, chosen: Filter) -> int:
    """How many entries."""
    where, parameters = chosen.where()
    marks = " LEFT JOIN marks m ON m.row = e.row" if chosen.asks_marks else ""
    rows = database.query(f"SELECT count(*) FROM entries e{marks}{where}", parameters)  # noqa: S608 - made of our own names; values are parameters
    return int(rows[0][0]) if rows else 0


def symbols(database: Database, project: str | None) -> list[SymbolSummary]:
    """The symbols that have entries, in alphabetical order."""
    where, parameters = Filter(project=project).where()
    rows = database.query(f"SELECT symbol, {_SUMS} FROM entries e INDEXED BY entries_by_symbol{where} GROUP BY symbol", parameters)  # noqa: S608 - as above
    return [SymbolSummary(*row) for row in rows]


def symbol_names(database: Database, project: str | None) -> list[str]:
    """The symbols that have entries, in alphabetical order; without looking at each entry of them."""
    # One look into the index a symbol, as in `projects`.
    rows = database.query(
        "WITH RECURSIVE s(name) AS (SELECT min(symbol) FROM entries UNION ALL SELECT (SELECT min(symbol) FROM entries WHERE symbol > s.name) FROM s WHERE name IS NOT NULL)"
        " SELECT name FROM s WHERE name IS NOT NULL AND (? IS NULL OR EXISTS (SELECT 1 FROM entries e WHERE e.symbol = s.name AND e.project = ?))",
        (project, project),
    )
    return [name for (name,) in rows]


class Numbered(NamedTuple):
    """Where an entry stands: `number` is of one row and never used again, so an entry that was replaced has another one, and what is beyond the last one seen is new."""

    number: int
    id: str
    symbol: str


def numbered(database: Database, chosen: Filter) -> list[Numbered]:
    """Where the entries stand, without reading them."""
    where, parameters = chosen.where()
    marks = " LEFT JOIN marks m ON m.row = e.row" if chosen.asks_marks else ""
    return [*map(Numbered._make, database.query(f"SELECT e.row, e.id, e.symbol FROM entries e{marks}{where}", parameters))]  # noqa: S608 - as above


def marked(database: Database, project: str) -> dict[int, tuple[bool, str, str]]:
    """What people set on the entries of a project, by their numbers: pinned, note, tags as `split_tags` reads them."""
    rows = database.query(
        "SELECT m.row, m.pinned, m.note, m.tags FROM marks m JOIN entries e ON e.row = m.row"
        " WHERE e.project = ? AND (m.pinned <> 0 OR m.note <> '' OR m.tags <> '')",
        (project,),
    )
    return {row: (bool(pinned), str(note), str(tags)) for row, pinned, note, tags in rows}


def projects(database: Database) -> list[str]:
    """The projects that have entries, in alphabetical order."""
    # One look into the index a project, instead of one an entry.
    rows = database.query(
        "WITH RECURSIVE p(name) AS (SELECT min(project) FROM entries UNION ALL SELECT (SELECT min(project) FROM entries WHERE project > p.name) FROM p WHERE name IS NOT NULL)"
        " SELECT name FROM p WHERE name IS NOT NULL"
    )
    return [name for (name,) in rows]


def stats(database: Database, database_bytes: int) -> Stats:
    """The sums over everything."""
    rows = database.query(f"SELECT {_SUMS} FROM entries INDEXED BY entries_by_symbol")  # noqa: S608 - as above
    if not rows:
        return Stats()
    done, running, failed, _, wall_ns, size, _ = (n or 0 for n in rows[0])
    ((hits, saved_ns),) = database.query("SELECT coalesce(sum(hits), 0), coalesce(sum(saved_ns), 0) FROM marks")
    return Stats(done, running, failed, wall_ns, size, database_bytes, hits, saved_ns)


def usage(database: Database) -> dict[str, Usage]:
    """Hits and what they saved, by project; projects without any are left out."""
    rows = database.query(
        "SELECT e.project, sum(m.hits), sum(m.saved_ns) FROM marks m JOIN entries e ON e.row = m.row WHERE m.hits > 0 GROUP BY e.project"
    )
    return {project: Usage(hits, saved_ns) for project, hits, saved_ns in rows}
