"""A request of the page to its answer: the same for the editor's webview, for a browser, and for any other host that has a Source."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, cast

from hitsave.errors import HitSaveError
from hitsave.panel import contract, detail
from hitsave.panel.libraries import library
from hitsave.panel.logs import curves
from hitsave.panel.source import Source
from hitsave.panel.table import Table
from hitsave.storage.undoing import Removed

_MOST_NOTE: Final = 10_000
_MOST_TAGS: Final = 50
_MOST_TAG: Final = 200
_MOST_CURVES: Final = 200
"""Runs whose curves are sent at once."""
_MOST_KEPT: Final = 1 << 18
"""Bytes of what a person has set on the page."""
_MOST_REMOVED: Final = 10_000
"""Runs that can be put back."""


class Answers:
    """Answers requests about the runs of a source, in one thread at a time. What it deleted can be put back for as long as it is there."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._tables: dict[bool, Table] = {}
        self._removed: dict[str, Removed] = {}

    def answer(self, method: str, given: Mapping[str, Any]) -> Any:
        """The answer to one request; HitSaveError with a sentence for a person where there is none."""
        match method:
            case contract.RUNS:
                return self._table(given).runs(since=_text(given, "since"), look=given.get("look") is True, below=_texts_by_name(given, "below"))
            case contract.CELLS:
                return self._table(given).cells(_text(given, "symbol"), _texts(given, "columns"), _numbers(given, "places"))
            case contract.RUN:
                return detail.run(self._source, self._source.judge([self._source.entry(_text(given, "id"))])[0])
            case contract.CURVES:
                return self._curves(_texts(given, "ids"))
            case contract.ATTACHMENT:
                return detail.attachment(self._source, self._source.entry(_text(given, "id")), _text(given, "name"))
            case contract.LIBRARY:
                return library(_text(given, "name"))
            case contract.MARK:
                return self._done(_texts(given, "ids"), lambda ids: sum(self._mark(identity, given) for identity in ids))
            case contract.REMOVE:
                return self._done(_texts(given, "ids"), self._remove)
            case contract.RESTORE:
                return self._done(_texts(given, "ids"), self._restore)
            case contract.KEPT:
                return {"state": _json(self._source.kept())}
            case contract.KEEP:
                return self._done(["state"], lambda _: self._keep(given.get("state")))
            case _:
                raise HitSaveError("The page asks for something that this HitSave does not know", "Load the page again")

    def _table(self, given: Mapping[str, Any]) -> Table:
        memo = given.get("memo") is True
        if memo not in self._tables:
            self._tables[memo] = Table(self._source, memo=memo)
        return self._tables[memo]

    def _curves(self, ids: Sequence[str]) -> contract.RunCurves:
        found: list[contract.RunCurve] = []
        for identity in ids[:_MOST_CURVES]:
            try:
                entry = self._source.entry(identity)
            except HitSaveError:  # deleted meanwhile
                continue
            found.append({"id": entry.id, "curves": curves(entry, self._source.logged(entry.id))})
        return {"runs": found}

    def _done(self, ids: Sequence[str], act: Callable[[Sequence[str]], int]) -> contract.Done:
        try:
            count = act(ids)
        except HitSaveError as problem:
            return {"ok": False, "count": 0, "message": str(problem)}
        missing = len(ids) - count
        told = "" if missing == 0 else "1 run goes on or is gone" if missing == 1 else f"{missing} runs go on or are gone"
        return {"ok": missing == 0, "count": count, "message": told}

    def _mark(self, identity: str, given: Mapping[str, Any]) -> int:
        entry = self._source.entry(identity)
        pinned, note = given.get("pinned"), given.get("note")
        tags = _texts(given, "tags") if "tags" in given else [*entry.tags]
        tags = [tag for tag in [*tags, *_texts(given, "tag")] if tag not in _texts(given, "untag")]
        self._source.mark(
            entry.id,
            pinned=pinned if isinstance(pinned, bool) else None,
            note=note[:_MOST_NOTE] if isinstance(note, str) else None,
            tags=[tag[:_MOST_TAG] for tag in tags[:_MOST_TAGS]] if tags != [*entry.tags] else None,
        )
        return 1

    def _remove(self, ids: Sequence[str]) -> int:
        own = [self._source.entry(identity).id for identity in ids]
        removed = self._source.remove(own)
        self._removed |= {one.entry.id: one for one in removed}
        for identity in [*self._removed][: max(0, len(self._removed) - _MOST_REMOVED)]:
            del self._removed[identity]
        return len(removed)

    def _restore(self, ids: Sequence[str]) -> int:
        known = [identity for identity in ids if identity in self._removed]
        for identity in known:
            self._source.restore(self._removed[identity])
            del self._removed[identity]
        return len(known)

    def _keep(self, state: Any) -> int:
        content = json.dumps(state).encode("ascii")
        if len(content) <= _MOST_KEPT:
            self._source.keep(content)
        return 1


def _json(content: bytes | None) -> Any:
    try:
        return json.loads(content or b"null")
    except (ValueError, RecursionError):
        return None


def _text(given: Mapping[str, Any], key: str) -> str:
    value = given.get(key)
    return value if isinstance(value, str) else ""


def _texts_by_name(given: Mapping[str, Any], key: str) -> dict[str, str]:
    value = given.get(key)
    return {name: item for name, item in cast("dict[str, object]", value).items() if isinstance(item, str)} if isinstance(value, dict) else {}


def _numbers(given: Mapping[str, Any], key: str) -> list[int]:
    value = given.get(key)
    return [item for item in cast("list[object]", value) if type(item) is int] if isinstance(value, list) else []


def _texts(given: Mapping[str, Any], key: str) -> list[str]:
    value = given.get(key)
    return [item for item in cast("list[object]", value) if isinstance(item, str)] if isinstance(value, list) else []
