"""A request of the page to its answer: the same for the editor's webview and for a browser."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, cast

from hitsave.errors import HitSaveError, UnknownEntryError
from hitsave.freshness.judging import Judged
from hitsave.panel import contract, detail
from hitsave.panel.runs import Table, empty_runs
from hitsave.storage.entry import Entry
from hitsave.storage.store import Store

_FILES: Final = ("hitsave.sqlite", "hitsave.sqlite-wal")
_MOST_NOTE: Final = 10_000


class Answers:
    """Answers requests about the project at `root`. `judge` says what became of entries under the code as it is now; it is asked in one thread at a time, as everything here."""

    def __init__(self, store: Store, root: str, judge: Callable[[Sequence[Entry]], Sequence[Judged]]) -> None:
        self._store = store
        self._root = root
        self._judge = judge
        self._table = Table(store, root)

    def answer(self, method: str, given: Mapping[str, Any]) -> Any:
        """The answer to one request; HitSaveError with a sentence for a person where there is none."""
        match method:
            case contract.RUNS:
                return self.runs(since=_text(given, "since"), memo=given.get("memo") is True)
            case contract.RUN:
                return detail.run(self._store, self._judge([self._entry(given)])[0])
            case contract.ATTACHMENT:
                return detail.attachment(self._store, self._entry(given), _text(given, "name"))
            case contract.MARK:
                return self.mark(given)
            case _:
                raise HitSaveError("The page asks for something that this HitSave does not know", "Load the page again")

    def runs(self, *, since: str = "", memo: bool = False) -> contract.Runs:
        """The table, or that it is unchanged."""
        stamp = store_stamp(self._store.folder)
        if since and since == stamp:
            unchanged = empty_runs(self._root, stamp)
            unchanged["unchanged"] = True
            return unchanged
        return self._table.runs(self._judge, stamp, memo=memo)

    def mark(self, given: Mapping[str, Any]) -> contract.Marked:
        """Pin, tag or note a run, in a store that is opened for it alone."""
        entry = self._entry(given)
        pinned, note, tags = given.get("pinned"), given.get("note"), given.get("tags")
        try:
            with Store.open(self._store.folder) as store:
                if isinstance(pinned, bool):
                    store.pin([entry.id], on=pinned)
                if isinstance(note, str):
                    store.set_note(entry.id, note[:_MOST_NOTE])
                if isinstance(tags, list):
                    store.set_tags(entry.id, [str(tag)[:200] for tag in cast("list[object]", tags)[:50]])
        except HitSaveError as problem:
            return {"ok": False, "message": str(problem)}
        return {"ok": True, "message": ""}

    def _entry(self, given: Mapping[str, Any]) -> Entry:
        entry = self._store.get(_text(given, "id"))
        if entry.project != self._root:
            raise UnknownEntryError(f"The run {entry.id} is of another project", "hitsave show tells more")
        return entry


def store_stamp(folder: str) -> str:
    """What stands for the state of a store: what the file system says of its database. Two calls of `stat`.

    >>> store_stamp("/no/such/folder")
    '- -'
    """
    return " ".join(_stamp(os.path.join(folder, name)) for name in _FILES)  # noqa: PTH118 - a name of our own in a folder that is text


def _stamp(path: str) -> str:
    try:
        found = os.stat(path)  # noqa: PTH116 - as above
    except OSError:
        return "-"
    return f"{found.st_mtime_ns:x}.{found.st_size:x}.{found.st_ino:x}"


def _text(given: Mapping[str, Any], key: str) -> str:
    value = given.get(key)
    return value if isinstance(value, str) else ""
