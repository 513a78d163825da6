"""Files that belong to nothing, and files that others could change."""

from __future__ import annotations

import os
import stat
import time
from sqlite3 import Connection

from hitsave.digest import Digest
from hitsave.storage import folder as folders
from hitsave.storage import platform
from hitsave.storage.blobs import remove_unfinished
from hitsave.storage.checking.findings import Finding
from hitsave.storage.checking.scope import Scope
from hitsave.storage.eviction import is_needed
from hitsave.storage.sweep import GRACE_SECONDS

_OURS = frozenset({folders.DATABASE, *(folders.DATABASE + end for end in ("-wal", "-shm", "-journal")), "blobs", "locks"})


def check_litter(scope: Scope) -> None:
    """Blobs that no entry needs, unfinished files of dead processes, the database that a mended one replaced."""
    latest = time.time() - GRACE_SECONDS
    prefixes = scope.blobs.prefixes()
    for done, prefix in enumerate(prefixes, 1):
        scope.progress("files", done, len(prefixes))
        for digest, status in scope.blobs.list(prefix):
            if status.st_mtime > latest or scope.database.query("SELECT 1 FROM blob_uses WHERE blob = ? LIMIT 1", (digest,)):
                continue
            scope.found("litter", scope.blobs.path(digest), "no entry needs this file", "it goes", lambda c, d=digest: _remove_blob(scope, c, d))
    for path in unfinished(scope):
        _remove_file(scope, path, "a process that is gone left it unfinished")
    for name in (".damaged", *(".damaged" + end for end in ("-wal", "-shm", "-journal"))):
        path = os.path.join(scope.folder, folders.DATABASE) + name
        if os.path.lexists(path):
            _remove_file(scope, path, "it is a damaged database, which was replaced by a mended one")


def unfinished(scope: Scope) -> list[str]:
    """The unfinished files of processes that are gone."""
    try:
        names = sorted(os.listdir(scope.blobs.new_folder))
    except OSError:
        return []
    return [os.path.join(scope.blobs.new_folder, name) for name in names if not scope.alive(name.partition("-")[0])]


def check_permissions(scope: Scope) -> None:
    """Folders and files of the store that other users can write."""
    for folder, _, names in os.walk(scope.folder):
        for path in [folder, *(os.path.join(folder, name) for name in names)]:
            if folder == scope.folder and path != folder and os.path.basename(path) not in _OURS:
                continue
            _check_mode(scope, path)


def _check_mode(scope: Scope, path: str) -> None:
    try:
        status = os.lstat(path)
    except OSError:
        return
    if platform.is_foreign(status):
        scope.found("permission", path, "it belongs to another user", "nothing: make it yours (chown)", None)
    elif platform.others_can_write(status) and not stat.S_ISLNK(status.st_mode):
        mended = False
        if scope.repair and scope.writable:
            os.chmod(path, stat.S_IMODE(status.st_mode) & ~0o077)
            mended = True
        scope.checked.findings.append(Finding("permission", path, "other users can write it", "they can't any more", mended))


def _remove_blob(scope: Scope, connection: Connection, digest: Digest) -> bool:
    if is_needed(connection, digest) or not os.path.lexists(scope.blobs.path(digest)):
        return False
    if scope.repair:
        scope.blobs.remove(digest)
    return True


def _remove_file(scope: Scope, path: str, problem: str) -> None:
    mended = False
    if scope.repair and scope.writable:
        remove_unfinished(path)
        mended = True
    scope.checked.findings.append(Finding("litter", path, problem, "it goes", mended))
