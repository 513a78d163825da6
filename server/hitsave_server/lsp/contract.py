"""What the language server and its clients say to each other beyond the protocol: the one list, mirrored by `extension/src/contract.ts`.

Plain LSP is enough for hints, hovers, diagnostics, code actions and lenses; an editor without an extension needs nothing of this file.
What stands here is for views that the protocol has no words for.

Everything is JSON: keys as written, times in seconds (`seconds`, `saved`) or milliseconds since 1970 (`created`, `ended`), sizes in bytes,
lines and characters as LSP counts them, in the position encoding that was agreed on. Every list and string is there even where it is empty;
``null`` stands only where the type says so.
"""

from __future__ import annotations

from typing import Final, Literal, TypedDict

VERSION: Final = 1
"""Of this contract. A client and a server of different versions say so, plainly, and go on with plain LSP."""

# --- methods ----------------------------------------------------------------------------------------------------------

FUNCTIONS: Final = "hitsave/functions"
"""Request, `FunctionsParams` → `Functions`: the memoised functions by project and file."""
ENTRIES: Final = "hitsave/entries"
"""Request, `EntriesParams` → `Entries`: the results of one function, newest first."""
WHY: Final = "hitsave/why"
"""Request, `Target` → `Why`: the whole explanation as Markdown, and its reasons."""
DIFF: Final = "hitsave/diff"
"""Request, `DiffParams` → `Diff` or null: the texts for a diff view."""
DEPENDENCIES: Final = "hitsave/dependencies"
"""Request, `Target` → `Dependencies`: all that a function reaches."""
CLEAR: Final = "hitsave/clear"
"""Request, `ClearParams` → `Done`: delete results."""
PIN: Final = "hitsave/pin"
"""Request, `PinParams` → `Done`: keep a result from ever being evicted, or no longer."""
ACCEPT: Final = "hitsave/accept"
"""Request, `AcceptParams` → `Done`: a person declares that what changed does not matter."""
ACCEPTED: Final = "hitsave/accepted"
"""Request, no parameters → `Accepted`: the symbols of which a change was accepted, the last one first."""
WITHDRAW: Final = "hitsave/withdraw"
"""Request, `WithdrawParams` → `Done`: take back all that was accepted of a symbol."""
SNIPPET: Final = "hitsave/snippet"
"""Request, `Target` → `Snippet`: Python that loads a result."""
STATUS: Final = "hitsave/status"
"""Request, no parameters → `Status`."""
DOCTOR: Final = "hitsave/doctor"
"""Request, no parameters → `Report`: what to paste into a bug report."""
REFRESH: Final = "hitsave/refresh"
"""Request, no parameters → null: look at the disk and the store again, now."""

DID_CHANGE_STATUS: Final = "hitsave/didChangeStatus"
"""Notification to the client, `Status`."""
DID_CHANGE_FUNCTIONS: Final = "hitsave/didChangeFunctions"
"""Notification to the client, no parameters: what `FUNCTIONS` and `ENTRIES` answer may be different now."""

# --- commands ---------------------------------------------------------------------------------------------------------

CLIENT_COMMANDS: Final = (
    "hitsave.why",
    "hitsave.showDiff",
    "hitsave.showDependencies",
    "hitsave.clearFunction",
    "hitsave.clearStale",
    "hitsave.clearAll",
    "hitsave.pinLatest",
    "hitsave.unpinLatest",
    "hitsave.accept",
    "hitsave.copySnippet",
    "hitsave.openExperiments",
)
"""Commands that code actions and lenses name, each with one argument, a `Target`, where the client said `clientCommands`: it has registered them.

To any other client they are sent as ``hitsave.server.why`` and so on, which the server executes itself and answers with messages.
`hitsave.showDependencies` and `hitsave.copySnippet` and those before them take a `Target`; `hitsave.clearStale`, `hitsave.clearAll` and
`hitsave.openExperiments` take a `Target` as well, and need only its `root`.
"""

# --- words ------------------------------------------------------------------------------------------------------------

State = Literal["fresh", "stale", "cannot_tell", "running", "failed", "never_run"]
"""Of a function: that of its newest results. `fresh` is shown as "cached"."""

Health = Literal["starting", "ok", "warning", "error"]
"""``starting``: the first index is being made. ``warning``: something can't be seen, the rest is right. ``error``: nothing can be shown until something is mended."""

ReasonKind = Literal["code", "name", "capture", "external", "python", "file", "environment", "version"]

# --- what the client says when it begins ------------------------------------------------------------------------------


class Settings(TypedDict, total=False):
    """What a person can set, under ``hitsave`` in the client's configuration; each is optional.

    `inlayHints`        show hints at memoised functions. Default true.
    `prices`            show what an edit invalidates at what memoised functions reach. Default true.
    `codeLens`          show the same as lenses. Default false.
    `diagnosticLevel`   how stale results are reported: off, hint (default), information, warning.
    """

    inlayHints: bool
    prices: bool
    codeLens: bool
    diagnosticLevel: Literal["off", "hint", "information", "warning"]


class InitializationOptions(TypedDict, total=False):
    """`clientCommands`: the client has registered `CLIENT_COMMANDS`. `contract`: its `VERSION`. `settings`: the settings at the beginning."""

    clientCommands: bool
    contract: int
    settings: Settings


# --- places and targets -----------------------------------------------------------------------------------------------


class Position(TypedDict):
    """As in LSP: both count from 0."""

    line: int
    character: int


class Range(TypedDict):
    """As in LSP."""

    start: Position
    end: Position


class Place(TypedDict):
    """Somewhere in a file; `text` is how people write it, ``util.py:12``. `uri` is of the cell, in an open notebook."""

    uri: str
    range: Range
    text: str


class Target(TypedDict, total=False):
    """What a request is about: the project's `root` (a folder's path) and the function's `symbol`, or a place in a file (`uri`, `position`); `entry` is the ID of one result."""

    root: str
    symbol: str
    entry: str
    uri: str
    position: Position


# --- functions and entries --------------------------------------------------------------------------------------------


class FunctionsParams(TypedDict, total=False):
    """`uri`: only the functions of that file."""

    uri: str


class Counts(TypedDict):
    """How many results (of functions: functions) are in each state."""

    fresh: int
    stale: int
    cannot_tell: int
    running: int
    failed: int
    never_run: int


class Function(TypedDict):
    """A memoised function. `label` is its inlay hint, `detail` a longer sentence for screen readers and tooltips, `name` the qualified name.

    `counts` are of the results that were looked at, which are the newest; `entries` is how many are stored. `seconds` is what all of them cost together.
    `place` is null of a function that is only in the store: its definition is gone, or is not decorated any more.
    """

    symbol: str
    name: str
    kind: Literal["memo", "experiment"]
    place: Place | None
    state: State
    label: str
    detail: str
    counts: Counts
    entries: int
    seconds: float


class File(TypedDict):
    """A file with memoised functions; `path` from the project's root. `problem` says why it can't be analysed, "" if it can."""

    uri: str
    path: str
    problem: str
    functions: list[Function]


class Project(TypedDict):
    """A project of the workspace: its `root`, a short `name`, and its files; `gone` are functions that only the store knows. `problem`: why nothing can be shown of it, "" if it can."""

    root: str
    name: str
    store: str
    problem: str
    advice: str
    files: list[File]
    gone: list[Function]


class Functions(TypedDict):
    """`complete` is false while the first index is being made, and where there are too many files to look into."""

    projects: list[Project]
    complete: bool


class EntriesParams(TypedDict, total=False):
    """The function (`root`, `symbol`, required), how many at most (default 50), and the ID of the last one that is shown already."""

    root: str
    symbol: str
    limit: int
    before: str


class Reason(TypedDict):
    """Why a result is not fresh. `message` is one phrase, `text` the whole sentence with place and chain; `chain` are symbols from the function to the `subject`. `diff`: `DIFF` has texts for it."""

    kind: ReasonKind
    subject: str
    message: str
    text: str
    place: Place | None
    chain: list[str]
    diff: bool


class Entry(TypedDict):
    """One result. `call` is the call as it was written, ``train(lr=0.1)``; `label` a short text, `detail` a longer one; `short` the beginning of the ID that a person would type."""

    id: str
    short: str
    state: State
    label: str
    detail: str
    call: str
    kind: Literal["memo", "experiment"]
    pinned: bool
    created: int
    seconds: float
    saved: float
    hits: int
    size: int
    reasons: list[Reason]


class Entries(TypedDict):
    """`more`: there are older ones."""

    entries: list[Entry]
    more: bool


# --- explanations -----------------------------------------------------------------------------------------------------


class Why(TypedDict):
    """`markdown` is the explanation as a document, `title` a heading for it. `state` is that of the entry that is explained, `entry` its ID ("" if there is none)."""

    symbol: str
    title: str
    state: State
    entry: str
    markdown: str
    reasons: list[Reason]


class DiffParams(TypedDict, total=False):
    """A `Target`, and which reason: its `subject`; the nearest one if there is none."""

    root: str
    symbol: str
    entry: str
    uri: str
    position: Position
    subject: str


class Diff(TypedDict):
    """The recorded text and the text now, each whole, "" where there was or is none. `path` ends in what the texts are (``.py``). `place` is where it stands now."""

    title: str
    path: str
    before: str
    after: str
    place: Place | None


class Dependency(TypedDict):
    """A line of the tree: `depth` 0 is the function itself. `above`: what it depends on stands further up already."""

    depth: int
    symbol: str
    kind: str
    title: str
    place: Place | None
    above: bool


class Library(TypedDict):
    """A distribution whose version counts; `counts` says how much of it, in words. `named`: the code names it, rather than something that the code names."""

    name: str
    version: str
    counts: str
    named: bool


class Untracked(TypedDict):
    """Something that can't be followed, and where."""

    why: str
    symbol: str
    place: Place | None


class Dependencies(TypedDict):
    """`title` is a heading; `branches` are the tree from the top down; `problem` says why there is none, "" if there is."""

    symbol: str
    title: str
    branches: list[Dependency]
    libraries: list[Library]
    untracked: list[Untracked]
    problem: str


# --- actions ----------------------------------------------------------------------------------------------------------


class ClearParams(TypedDict, total=False):
    """What to delete, in one project (`root`), or where no root is given in all of the workspace's.

    `scope`     entry (`entry`), function (`symbol`, or `uri` and `position`), stale (all results that are stale), all.
    `preview`   only count.
    Pinned results are always kept; experiments by stale and all, unless `everything`.
    """

    root: str
    symbol: str
    entry: str
    uri: str
    position: Position
    scope: Literal["entry", "function", "stale", "all"]
    preview: bool
    everything: bool


class AcceptParams(TypedDict, total=False):
    """What changed: the `subject` of a reason; without one, the nearest change of code or of a variable that spoils the result that the `Target` means. With a `subject`, a `root` is enough.

    `preview`: only say which results it would make good again.
    """

    root: str
    symbol: str
    entry: str
    uri: str
    position: Position
    subject: str
    preview: bool


class WithdrawParams(TypedDict):
    """A row of `Accepted`: `root` says whose store it is in."""

    root: str
    subject: str


class PinParams(TypedDict, total=False):
    """A `Target` and whether it is to be pinned. Without `entry`: the newest finished result of the function; to unpin, the newest pinned one."""

    root: str
    symbol: str
    entry: str
    uri: str
    position: Position
    pinned: bool


class Done(TypedDict):
    """`ok` is false where nothing could be done, and `message` says why. `count` results were meant, which cost `seconds` and take `size`."""

    ok: bool
    message: str
    count: int
    seconds: float
    size: int


class AcceptedChange(TypedDict):
    """A symbol of which changes were accepted: by whom last, when in words, and why they said."""

    root: str
    subject: str
    user: str
    when: str
    note: str


class Accepted(TypedDict):
    """What is on record in the stores of the workspace."""

    changes: list[AcceptedChange]


class Snippet(TypedDict):
    """Python text; "" where there is no result to load, and `message` says why."""

    text: str
    message: str


# --- status -----------------------------------------------------------------------------------------------------------


class StoreStatus(TypedDict):
    """A store: its folder, whether it is there, what is in it. `size` is what its database and results take. `problem` and `advice` say what is wrong and what to do, "" if nothing is."""

    folder: str
    exists: bool
    entries: int
    experiments: int
    size: int
    seconds: float
    hits: int
    saved: float
    problem: str
    advice: str


class Problem(TypedDict):
    """What is wrong, what to do about it, and where."""

    message: str
    advice: str
    place: Place | None


class Status(TypedDict):
    """The server's status. `message` is one line for a status bar, `functions` counts functions by state. `canAccept`: `ACCEPT` works with this store."""

    contract: int
    version: str
    python: str
    health: Health
    message: str
    functions: Counts
    stores: list[StoreStatus]
    problems: list[Problem]
    canAccept: bool


class Report(TypedDict):
    """Markdown."""

    markdown: str
