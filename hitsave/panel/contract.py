"""What the experiments page and its hosts say to each other: the one list, mirrored by `extension/webview/src/contract.ts`.

Everything is JSON. A request is a method and its parameters; a host answers with the result, or with an error that is a sentence for a person.
Times are in seconds (`seconds`, `cpu`) or milliseconds since 1970 (`created`), sizes in bytes. Every list and string is there even where it is empty;
``null`` stands only where the type says so. Texts may hold anything, lone surrogates too: the page shows them and never takes them for markup.
"""

from __future__ import annotations

from typing import Any, Final, Literal, TypedDict

PANEL_VERSION: Final = 1
"""Of this contract."""

# --- methods ----------------------------------------------------------------------------------------------------------

RUNS: Final = "hitsave/panel/runs"
"""Request, `RunsParams` → `Runs`: the table."""
RUN: Final = "hitsave/panel/run"
"""Request, `RunParams` → `Run`: all that is known of one run."""
ATTACHMENT: Final = "hitsave/panel/attachment"
"""Request, `AttachmentParams` → `AttachmentBytes`: a figure or another file that was kept beside a result."""
MARK: Final = "hitsave/panel/mark"
"""Request, `MarkParams` → `Marked`: pin, tag or note a run."""

# --- cells ------------------------------------------------------------------------------------------------------------


class Special(TypedDict):
    """A number that JSON has none for: ``nan``, ``inf``, ``-inf``, or an integer beyond 2⁵³ in decimal."""

    number: str


class Shown(TypedDict):
    """A value that is no scalar, in a few words."""

    shown: str


Cell = str | float | bool | Special | Shown | None
"""What stands in a cell; ``null``: nothing."""

ColumnKind = Literal["argument", "result", "metric"]


class Column(TypedDict):
    """A column made of values. `id` is unique in its group (``arg.model.lr``), `title` is how it is headed."""

    id: str
    title: str
    kind: ColumnKind


# --- the table --------------------------------------------------------------------------------------------------------

State = Literal["fresh", "stale", "cannot_tell", "running", "failed"]


class RunsParams(TypedDict, total=False):
    """`root`: the project's folder; where none is given, the host's own. `since`: the stamp of what is shown already. `memo`: results of `@memo` too."""

    root: str
    since: str
    memo: bool


class Row(TypedDict):
    """One run. `cells` are aligned with the group's `columns`. `size` is null without a result; `attachments` counts the files beside it."""

    id: str
    short: str
    kind: Literal["memo", "experiment"]
    state: State
    reason: str
    created: int
    seconds: float
    cpu: float
    size: int | None
    host: str
    user: str
    commit: str
    code: str
    pinned: bool
    note: str
    tags: list[str]
    attachments: int
    cells: list[Cell]


class Group(TypedDict):
    """The runs of one function, newest first. `more`: there are older ones that are not listed."""

    symbol: str
    name: str
    columns: list[Column]
    rows: list[Row]
    more: bool


class Runs(TypedDict):
    """`stamp` stands for the state of the store; `unchanged`: it is the one asked with, and `groups` is empty. `problem`: why there is nothing to show, "" if there is nothing wrong."""

    version: int
    stamp: str
    unchanged: bool
    root: str
    project: str
    problem: str
    groups: list[Group]


# --- one run ----------------------------------------------------------------------------------------------------------


class RunParams(TypedDict, total=False):
    """The run's ID, required."""

    root: str
    id: str


class Named(TypedDict):
    """A View with a name. `text` is the value in one line. `view` is null where none was kept."""

    name: str
    text: str
    view: Any


class Curve(TypedDict):
    """One metric as it was logged: `steps` and `times` (seconds since the run began) belong to `values`, in which ``null`` stands for what is not finite."""

    name: str
    steps: list[float | None]
    times: list[float]
    values: list[float | None]
    last: Cell
    min: Cell
    max: Cell
    count: int


class Attached(TypedDict):
    """A file that was kept beside the result."""

    name: str
    media: str
    size: int


class Source(TypedDict):
    """The text of one function, class or variable, exactly as it ran, and where it stood. `line` counts from 1."""

    symbol: str
    kind: str
    path: str
    line: int
    text: str


class Run(TypedDict):
    """All that is known of a run. `result` is null without one; `error` is the traceback of a failed one. `reasons` say why it is stale, `libraries` are names with versions."""

    id: str
    symbol: str
    state: State
    reasons: list[str]
    arguments: list[Named]
    result: Named | None
    curves: list[Curve]
    attachments: list[Attached]
    error: str
    sources: list[Source]
    python: str
    libraries: list[str]
    snippet: str


class AttachmentParams(TypedDict, total=False):
    """The run's ID and the attachment's name, both required."""

    root: str
    id: str
    name: str


class AttachmentBytes(TypedDict):
    """The bytes, in base64."""

    media: str
    base64: str


# --- what people set --------------------------------------------------------------------------------------------------


class MarkParams(TypedDict, total=False):
    """The run's ID, required, and what is to be set."""

    root: str
    id: str
    pinned: bool
    note: str
    tags: list[str]


class Marked(TypedDict):
    """`ok` is false where nothing could be done, and `message` says why."""

    ok: bool
    message: str
