"""The whole check, in its order: the database as a file, rows, values, contents, what is left over."""

from __future__ import annotations

from hitsave.storage import faults
from hitsave.storage.checking.contents import WantedContents, check_contents, check_documents, check_logged
from hitsave.storage.checking.findings import Checked, Finding
from hitsave.storage.checking.litter import check_litter, check_permissions
from hitsave.storage.checking.rows import check_entries, check_marks
from hitsave.storage.checking.scope import Scope
from hitsave.storage.checking.values import WantedBlobs, check_blobs, check_inline


def check(scope: Scope) -> Checked:
    """Look at everything in the store; what was found, and mended where that was wanted."""
    if _check_database(scope):
        blobs, contents = WantedBlobs(), WantedContents()
        for row, entry in check_entries(scope):
            check_inline(scope, row, entry)
            blobs.add(row, entry)
            contents.add(row, entry)
        check_blobs(scope, blobs)
        check_contents(scope, contents)
        check_marks(scope)
        check_logged(scope)
        check_documents(scope)
        check_litter(scope)
    check_permissions(scope)
    return scope.checked


def _check_database(scope: Scope) -> bool:
    """Whether the database can be read on; a damaged one is mended first, from what of it is good."""
    problems = _integrity(scope)
    if not problems:
        return True
    mended = False
    if scope.repair and scope.writable:
        scope.database.mend_next()
        with scope.database.transaction():
            pass
        mended = not _integrity(scope)
    scope.checked.findings.extend(
        Finding("database", "hitsave.sqlite", problem, "what is good in it goes into a new one", mended) for problem in problems
    )
    return mended


def _integrity(scope: Scope) -> list[str]:
    try:
        rows = scope.database.query("PRAGMA integrity_check(20)")
    except Exception as error:
        if not faults.is_damage(error):
            raise
        return [str(error)]
    return [str(row[0]).splitlines()[0] for row in rows if row[0] != "ok"]
