"""What HitSave itself reads and writes on behalf of an evaluation: snapshots, files passed by their path. It is as if the evaluation had done so."""

from __future__ import annotations

import os
from contextlib import suppress

from hitsave.digest import Digest
from hitsave.errors import HitSaveError
from hitsave.files.inputs import folder_digest
from hitsave.runtime import recorder
from hitsave.runtime.engine import engine
from hitsave.workspace.file_digests import file_signature


def note_read(path: str, *, folder: bool, digest: Digest | None = None) -> None:
    """A file, or all that is in a folder (with this digest, if it is known), was read for those that are evaluated at the moment; `path` is absolute."""
    recordings = [recording for recording in recorder.live_here() if not recording.is_input(path) and not recording.is_output(path)]
    if not recordings:
        return
    if not folder:
        signature = file_signature(path)
        for recording in recordings:
            recording.opened.setdefault(path, signature)
        return
    if digest is None:
        with suppress(HitSaveError), recorder.own_work():  # None is no folder's digest, so that no result is stored that depends on it
            digest = folder_digest(path, engine().library.file_digests)
    for recording in recordings:
        recording.folders.setdefault(path, digest)


def note_written(path: str) -> None:
    """A file, or all that is in a folder, was put there for those that are evaluated at the moment; `path` is absolute."""
    for recording in recorder.live_here():
        recording.written.add(path)
        if os.path.isdir(path):
            recording.made.add(path)
