"""What the experiments page and its hosts say to each other: the one list, mirrored by `extension/webview/src/contract.ts`.

Everything is JSON. A request is a method and its parameters; a host answers with the result, or with an error that is a sentence for a person.
Times are in seconds (`seconds`, `cpu`) or milliseconds since 1970 (`created`), sizes in bytes. Every list and string is there even where it is empty;
``null`` stands only where the type says so. Texts may hold anything, lone surrogates too: the page shows them and never takes them for markup.

The table is sent by columns, because a hundred thousand runs of two hundred columns are shown a few columns at a time:
with the runs come the cells of as many columns as are few, and the page asks for those of the others when it needs them.
Each run has a place in its group, a number that stays. After the first answer only what changed is sent.
"""

from __future__ import annotations

from typing import Any, Final, Literal, TypedDict

PANEL_VERSION: Final = 3
"""Of this contract."""

# --- methods ----------------------------------------------------------------------------------------------------------

RUNS: Final = "hitsave/panel/runs"
"""Request, `RunsParams` → `Runs`: the table, or what changed in it."""
CELLS: Final = "hitsave/panel/cells"
"""Request, `CellsParams` → `Cells`: the cells of some columns."""
RUN: Final = "hitsave/panel/run"
"""Request, `RunParams` → `Run`: all that is known of one run."""
CURVES: Final = "hitsave/panel/curves"
"""Request, `CurvesParams` → `RunCurves`: what several runs logged."""
ATTACHMENT: Final = "hitsave/panel/attachment"
"""Request, `AttachmentParams` → `AttachmentBytes`: a figure or another file that was kept beside a result."""
LIBRARY: Final = "hitsave/panel/library"
"""Request, `LibraryParams` → `LibraryText`: the script that draws figures of a library, for a frame without an origin."""
MARK: Final = "hitsave/panel/mark"
"""Request, `MarkParams` → `Done`: pin, tag or note runs."""
REMOVE: Final = "hitsave/panel/remove"
"""Request, `RemoveParams` → `Done`: delete runs, so that `RESTORE` can put them back while the host runs."""
RESTORE: Final = "hitsave/panel/restore"
"""Request, `RemoveParams` → `Done`: put back what was deleted."""
KEPT: Final = "hitsave/panel/kept"
"""Request, `KeptParams` → `Kept`: what a person had set on the page of this project."""
KEEP: Final = "hitsave/panel/keep"
"""Request, `KeepParams` → `Done`: keep that."""

# --- cells ------------------------------------------------------------------------------------------------------------


class Special(TypedDict):
    """A number that JSON has none for: ``nan``, ``inf``, ``-inf``, or an integer beyond 2⁵³ in decimal."""

    number: str


class Shown(TypedDict):
    """A value that is no scalar, in a few words."""

    shown: str


Cell = str | float | bool | Special | Shown | None
"""What stands in a cell; ``null``: nothing."""


class Packed(TypedDict, total=False):
    """A list of cells as it is sent: `all` of them are one, or `each` is given, or `at` says which `of` some stands at each place."""

    all: Cell
    each: list[Cell]
    of: list[Cell]
    at: list[int]


ColumnKind = Literal["argument", "result", "metric"]


class Column(TypedDict):
    """A column made of values. `id` is unique in its group (``arg.model.lr``), `title` is how it is headed. `differs`: not all runs have the same in it."""

    id: str
    title: str
    kind: ColumnKind
    differs: bool


# --- the table --------------------------------------------------------------------------------------------------------

State = Literal["fresh", "stale", "cannot_tell", "running", "failed"]


class RunsParams(TypedDict, total=False):
    """`root`: the project's folder; where none is given, the host's own. `since`: the stamp of what is shown already. `memo`: results of `@memo` too. `look`: judge what is stale again.

    `below`: by symbol, the oldest run that the page has of a group of which runs are `waiting`; the next older ones come with the answer.
    """

    root: str
    since: str
    memo: bool
    look: bool
    below: dict[str, str]


class Facts(TypedDict):
    """What is known of every run, by columns, each aligned with `ids`. Beside these:

    `places` are the runs' places in the group; empty stands for 0, 1, 2 …
    `kind` is memo or experiment, `state` a State and `reason` why it is that, in a sentence. `size` is null without a result. `code` stands for the code that ran.
    `attachments` counts the files beside the result. `parent` is the ID of the run that called it, or "".
    """

    ids: list[str]
    places: list[int]
    kind: Packed
    state: Packed
    reason: Packed
    created: Packed
    seconds: Packed
    cpu: Packed
    size: Packed
    host: Packed
    user: Packed
    commit: Packed
    code: Packed
    pinned: Packed
    note: Packed
    tags: Packed
    attachments: Packed
    parent: Packed


class Group(TypedDict):
    """The runs of one function.

    `whole`: these stand in place of all that the page has; else they are those that changed or are older, and `gone` are the IDs of those that are no more.
    `cells` are those of some columns by their IDs, aligned with the first `valued` runs of the facts; of the others only facts are sent, and their cells are what they were, or are asked for.
    `short` is how many characters at the end of an ID tell the runs apart.
    `waiting`: so many older runs are still to come; ask again. `more`: there are older ones that will not be listed.
    """

    symbol: str
    name: str
    columns: list[Column]
    whole: bool
    facts: Facts
    gone: list[str]
    valued: int
    cells: dict[str, Packed]
    short: int
    waiting: int
    more: bool


class Runs(TypedDict):
    """`stamp` stands for what has been sent; `unchanged`: it is the one asked with, and `groups` is empty. `problem`: why there is nothing to show, "" if there is nothing wrong.

    `groups` are all groups, the one that ran last first.
    """

    version: int
    stamp: str
    unchanged: bool
    root: str
    project: str
    problem: str
    groups: list[Group]


class CellsParams(TypedDict, total=False):
    """Of the group `symbol`, the columns with these IDs, all required; only what stands at some `places`, where these are given."""

    root: str
    memo: bool
    symbol: str
    columns: list[str]
    places: list[int]


class Cells(TypedDict):
    """The cells of columns by their IDs, aligned with the places asked for, or with all: 0, 1, 2 …; of these there are `count`."""

    count: int
    cells: dict[str, Packed]


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
    """The text of one function, class or variable, exactly as it ran, and where it stood. `line` counts from 1. `via` is what it was reached from, or ""."""

    symbol: str
    kind: str
    path: str
    line: int
    text: str
    via: str


class Relative(TypedDict):
    """A run that called this one, or that this one called."""

    id: str
    symbol: str
    kind: str
    state: str
    seconds: float


class Dependency(TypedDict):
    """Something beside code that the run depended on: a library, a variable's value, a file, an environment variable; and what it was."""

    kind: Literal["library", "value", "file", "environment"]
    name: str
    was: str


class Rerun(TypedDict):
    """How to call the function with the same arguments again: Python code, and a line for a terminal in the project's folder."""

    code: str
    command: str


class Run(TypedDict):
    """All that is known of a run. `result` is null without one; `error` is the traceback of a failed one. `reasons` say why it is stale.

    `output` is the end of what it printed, and `output_cut` whether there was more before. `rerun` is null where an argument can't be written as a literal.
    """

    id: str
    symbol: str
    state: State
    reasons: list[str]
    arguments: list[Named]
    result: Named | None
    curves: list[Curve]
    attachments: list[Attached]
    error: str
    output: str
    output_cut: bool
    sources: list[Source]
    python: str
    dependencies: list[Dependency]
    parents: list[Relative]
    children: list[Relative]
    snippet: str
    rerun: Rerun | None


class CurvesParams(TypedDict, total=False):
    """The runs' IDs, required."""

    root: str
    ids: list[str]


class RunCurve(TypedDict):
    """The curves of one run."""

    id: str
    curves: list[Curve]


class RunCurves(TypedDict):
    """In the order of the IDs asked for; runs that are gone are left out."""

    runs: list[RunCurve]


class AttachmentParams(TypedDict, total=False):
    """The run's ID and the attachment's name, both required."""

    root: str
    id: str
    name: str


class AttachmentBytes(TypedDict):
    """The bytes, in base64."""

    media: str
    base64: str


class LibraryParams(TypedDict, total=False):
    """`name` is ``plotly``."""

    root: str
    name: str


class LibraryText(TypedDict):
    """The script."""

    text: str


# --- what people do ---------------------------------------------------------------------------------------------------


class MarkParams(TypedDict, total=False):
    """The runs' IDs, required, and what is to be set: `tags` in place of those there are, `tag` and `untag` beside them."""

    root: str
    ids: list[str]
    pinned: bool
    note: str
    tags: list[str]
    tag: list[str]
    untag: list[str]


class RemoveParams(TypedDict, total=False):
    """The runs' IDs, required."""

    root: str
    ids: list[str]


class Done(TypedDict):
    """`count` runs were changed. `ok` is false where something could not be done, and `message` says why."""

    ok: bool
    count: int
    message: str


class KeptParams(TypedDict, total=False):
    """Of the project."""

    root: str


class Kept(TypedDict):
    """What was kept, or null. It is not believed."""

    state: Any


class KeepParams(TypedDict, total=False):
    """What is to be kept, required."""

    root: str
    state: Any
