"""Contents, logs and documents: each what its digest or seal says, and those that entries name there."""

from __future__ import annotations

from sqlite3 import Connection
from typing import Any, Final

from xxhash import xxh3_128_digest

from hitsave.digest import DIGEST_SIZE, Digest
from hitsave.storage.checking.scope import Scope, still
from hitsave.storage.checking.values import is_kept, put_content, replace_row
from hitsave.storage.contents import CONTEXTS, content_digest
from hitsave.storage.entry import Entry
from hitsave.storage.packing import pack
from hitsave.storage.rows import SELECT, entry_of
from hitsave.storage.writing import delete_row

_NAMED: Final = ("record", "snapshot", "arguments", "view", "error")
_CONTENT: Final = "row, digest, kind, content, needs"


class WantedContents:
    """What entries name, gathered while their rows are read: the digest, and the rows that name it, by field."""

    def __init__(self) -> None:
        self.by_digest: dict[Digest, list[tuple[int, str]]] = {}

    def add(self, row: int, entry: Entry) -> None:
        """Note what an entry names."""
        for field in _NAMED:
            digest = getattr(entry, field)
            if digest is not None:
                self.by_digest.setdefault(digest, []).append((row, field))


def check_contents(scope: Scope, wanted: WantedContents) -> None:
    """Damaged contents, and those that are missing."""
    total, good = scope.count("contents"), set[bytes]()
    needs: list[tuple[Digest, bytes]] = []
    for done, row in enumerate(scope.pages(_CONTENT, "contents"), 1):
        scope.checked.contents += 1
        if done % 200 == 0 or done == total:
            scope.progress("contents", done, total)
        if _is_wrong(row):
            subject = row[1].hex()[:12] if isinstance(row[1], bytes) else f"row {row[0]}"
            scope.found("content", subject, f"a stored {row[2]} is not what was stored", "it goes", lambda c, n=row[0]: _mend_content(c, n))
            continue
        good.add(row[1])
        if row[2] == "snapshot" and row[4]:
            needs.append((Digest(row[1]), row[4]))
    for digest, places in wanted.by_digest.items():
        if digest not in good:
            for row, field in places:
                scope.found(
                    "content",
                    f"of row {row}",
                    f"its {field} is missing",
                    "the entry goes, or stays without it if it is an experiment or pinned",
                    lambda c, r=row, f=field: _mend_missing(c, r, f),
                )
    for snapshot, texts in needs:
        _check_texts(scope, snapshot, texts, good)


def check_logged(scope: Scope) -> None:
    """What evaluations logged."""
    for identity, number, at_ns, content, seal in scope.database.query("SELECT id, number, at_ns, content, seal FROM logged"):
        if _logged_seal(number, at_ns, content) != seal:
            scope.found(
                "log",
                f"{identity} line {number}",
                "it is not what was stored",
                "the line goes",
                lambda c, i=identity, n=number: _mend_logged(c, i, n),
            )
    for (identity,) in scope.database.query("SELECT DISTINCT id FROM logged WHERE id NOT IN (SELECT id FROM entries)"):
        scope.found("litter", f"log of {identity}", "there is no such entry", "it goes", lambda c, i=identity: _delete_log(c, i))


def check_documents(scope: Scope) -> None:
    """What belongs to no entry."""
    for scope_name, name, content, seal in scope.database.query("SELECT scope, name, content, seal FROM documents"):
        if _document_seal(scope_name, name, content) != seal:
            scope.found(
                "document", f"{name} of {scope_name}", "it is not what was stored", "it goes", lambda c, s=scope_name, n=name: _mend_document(c, s, n)
            )


def _is_wrong(row: tuple[Any, ...]) -> bool:
    _, digest, kind, content, needs = row
    if kind not in CONTEXTS or not isinstance(content, bytes) or content_digest(kind, content) != digest:
        return True
    return needs is not None and (not isinstance(needs, bytes) or len(needs) % DIGEST_SIZE != 0)


def _mend_content(connection: Connection, number: int) -> bool:
    row = still(connection, f"SELECT {_CONTENT} FROM contents WHERE row = ?", (number,))  # noqa: S608 - the names are ours
    if row is None or not _is_wrong(row):
        return False
    connection.execute("DELETE FROM contents WHERE row = ?", (number,))
    return True


def _mend_missing(connection: Connection, row: int, field: str) -> bool:
    found = connection.execute(SELECT + " WHERE e.row = ?", (row,)).fetchone()
    entry = None if found is None else entry_of(found)
    digest = None if entry is None else getattr(entry, field)
    if entry is None or digest is None:
        return False
    content = connection.execute("SELECT kind, content FROM contents WHERE digest = ?", (digest,)).fetchone()
    if content is not None and content_digest(content[0], content[1]) == digest:
        return False
    if field == "record" and not is_kept(entry):
        delete_row(connection, row)  # what it depended on is not known any more, so it can never be a hit
    elif field in {"view", "error"}:
        replace_row(connection, row, entry._replace(**{field: None}))
    else:
        replace_row(connection, row, entry._replace(**{field: put_content(connection, field, b"")}))
    return True


def _check_texts(scope: Scope, snapshot: Digest, needs: bytes, good: set[bytes]) -> None:
    texts = [needs[at : at + DIGEST_SIZE] for at in range(0, len(needs), DIGEST_SIZE)]
    missing = [text for text in texts if text not in good]
    if missing:
        # The Snapshot goes too: whoever stores it again stores its texts with it.
        scope.found(
            "content",
            str(snapshot)[:12],
            f"{len(missing)} of the texts of a snapshot are missing",
            "the snapshot goes",
            lambda c: _mend_texts(c, snapshot),
        )


def _mend_texts(connection: Connection, snapshot: Digest) -> bool:
    row = still(connection, "SELECT row, needs FROM contents WHERE digest = ?", (snapshot,))
    if row is None:
        return False
    texts = [row[1][at : at + DIGEST_SIZE] for at in range(0, len(row[1]), DIGEST_SIZE)]
    if all(still(connection, "SELECT 1 FROM contents WHERE digest = ?", (text,)) is not None for text in texts):
        return False
    connection.execute("DELETE FROM contents WHERE row = ?", (row[0],))
    for number, body in connection.execute("SELECT row, body FROM entries").fetchall():
        if bytes(snapshot) in body:
            _mend_missing(connection, number, "snapshot")
    return True


def _logged_seal(number: Any, at_ns: Any, content: Any) -> bytes:
    try:
        return xxh3_128_digest(pack((number, at_ns, content)))
    except (TypeError, ValueError, OverflowError):
        return b""


def _document_seal(scope: Any, name: Any, content: Any) -> bytes:
    try:
        return xxh3_128_digest(pack((scope, name, content)))
    except (TypeError, ValueError, OverflowError):
        return b""


def _mend_logged(connection: Connection, identity: str, number: int) -> bool:
    return connection.execute("DELETE FROM logged WHERE id = ? AND number = ?", (identity, number)).rowcount > 0


def _delete_log(connection: Connection, identity: str) -> bool:
    if still(connection, "SELECT 1 FROM entries WHERE id = ?", (identity,)) is not None:
        return False
    return connection.execute("DELETE FROM logged WHERE id = ?", (identity,)).rowcount > 0


def _mend_document(connection: Connection, scope: str, name: str) -> bool:
    row = still(connection, "SELECT content, seal FROM documents WHERE scope = ? AND name = ?", (scope, name))
    if row is None or _document_seal(scope, name, row[0]) == row[1]:
        return False
    return connection.execute("DELETE FROM documents WHERE scope = ? AND name = ?", (scope, name)).rowcount > 0
