// Written by `./dev contract` from server/hitsave_server/lsp/contract.py. Change that, not this.

/** Of this contract. A client and a server of different versions say so, plainly, and go on with plain LSP. */
export const VERSION = 1;

/** Request, `FunctionsParams` → `Functions`: the memoised functions by project and file. */
export const FUNCTIONS = "hitsave/functions";

/** Request, `EntriesParams` → `Entries`: the results of one function, newest first. */
export const ENTRIES = "hitsave/entries";

/** Request, `Target` → `Why`: the whole explanation as Markdown, and its reasons. */
export const WHY = "hitsave/why";

/** Request, `DiffParams` → `Diff` or null: the texts for a diff view. */
export const DIFF = "hitsave/diff";

/** Request, `Target` → `Dependencies`: all that a function reaches. */
export const DEPENDENCIES = "hitsave/dependencies";

/** Request, `ClearParams` → `Done`: delete results. */
export const CLEAR = "hitsave/clear";

/** Request, `PinParams` → `Done`: keep a result from ever being evicted, or no longer. */
export const PIN = "hitsave/pin";

/** Request, `AcceptParams` → `Done`: a person declares that what changed does not matter. */
export const ACCEPT = "hitsave/accept";

/** Request, no parameters → `Accepted`: the symbols of which a change was accepted, the last one first. */
export const ACCEPTED = "hitsave/accepted";

/** Request, `WithdrawParams` → `Done`: take back all that was accepted of a symbol. */
export const WITHDRAW = "hitsave/withdraw";

/** Request, `Target` → `Snippet`: Python that loads a result. */
export const SNIPPET = "hitsave/snippet";

/** Request, no parameters → `Status`. */
export const STATUS = "hitsave/status";

/** Request, no parameters → `Report`: what to paste into a bug report. */
export const DOCTOR = "hitsave/doctor";

/** Request, no parameters → null: look at the disk and the store again, now. */
export const REFRESH = "hitsave/refresh";

/** Notification to the client, `Status`. */
export const DID_CHANGE_STATUS = "hitsave/didChangeStatus";

/** Notification to the client, no parameters: what `FUNCTIONS` and `ENTRIES` answer may be different now. */
export const DID_CHANGE_FUNCTIONS = "hitsave/didChangeFunctions";

/**
 * Commands that code actions and lenses name, each with one argument, a `Target`, where the client said `clientCommands`: it has
 * registered them.
 *
 * To any other client they are sent as `hitsave.server.why` and so on, which the server executes itself and answers with messages.
 * `hitsave.showDependencies` and `hitsave.copySnippet` and those before them take a `Target`; `hitsave.clearStale`, `hitsave.clearAll` and
 * `hitsave.openExperiments` take a `Target` as well, and need only its `root`.
 */
export const CLIENT_COMMANDS = [
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
] as const;

/** Of a function: that of its newest results. `fresh` is shown as "cached". */
export type State = "fresh" | "stale" | "cannot_tell" | "running" | "failed" | "never_run";

/**
 * `starting`: the first index is being made. `warning`: something can't be seen, the rest is right. `error`: nothing can be shown until
 * something is mended.
 */
export type Health = "starting" | "ok" | "warning" | "error";

export type ReasonKind = "code" | "name" | "capture" | "external" | "python" | "file" | "environment" | "version";

/**
 * What a person can set, under `hitsave` in the client's configuration; each is optional.
 *
 * `inlayHints`        show hints at memoised functions. Default true.
 * `prices`            show what an edit invalidates at what memoised functions reach. Default true.
 * `codeLens`          show the same as lenses. Default false.
 * `diagnosticLevel`   how stale results are reported: off, hint (default), information, warning.
 */
export interface Settings {
  inlayHints?: boolean;
  prices?: boolean;
  codeLens?: boolean;
  diagnosticLevel?: "off" | "hint" | "information" | "warning";
}

/** `clientCommands`: the client has registered `CLIENT_COMMANDS`. `contract`: its `VERSION`. `settings`: the settings at the beginning. */
export interface InitializationOptions {
  clientCommands?: boolean;
  contract?: number;
  settings?: Settings;
}

/** As in LSP: both count from 0. */
export interface Position {
  line: number;
  character: number;
}

/** As in LSP. */
export interface Range {
  start: Position;
  end: Position;
}

/** Somewhere in a file; `text` is how people write it, `util.py:12`. `uri` is of the cell, in an open notebook. */
export interface Place {
  uri: string;
  range: Range;
  text: string;
}

/**
 * What a request is about: the project's `root` (a folder's path) and the function's `symbol`, or a place in a file (`uri`, `position`);
 * `entry` is the ID of one result.
 */
export interface Target {
  root?: string;
  symbol?: string;
  entry?: string;
  uri?: string;
  position?: Position;
}

/** `uri`: only the functions of that file. */
export interface FunctionsParams {
  uri?: string;
}

/** How many results (of functions: functions) are in each state. */
export interface Counts {
  fresh: number;
  stale: number;
  cannot_tell: number;
  running: number;
  failed: number;
  never_run: number;
}

/**
 * A memoised function. `label` is its inlay hint, `detail` a longer sentence for screen readers and tooltips, `name` the qualified name.
 *
 * `counts` are of the results that were looked at, which are the newest; `entries` is how many are stored. `seconds` is what all of them
 * cost together.
 * `place` is null of a function that is only in the store: its definition is gone, or is not decorated any more.
 */
export interface Function {
  symbol: string;
  name: string;
  kind: "memo" | "experiment";
  place: Place | null;
  state: State;
  label: string;
  detail: string;
  counts: Counts;
  entries: number;
  seconds: number;
}

/** A file with memoised functions; `path` from the project's root. `problem` says why it can't be analysed, "" if it can. */
export interface File {
  uri: string;
  path: string;
  problem: string;
  functions: Function[];
}

/**
 * A project of the workspace: its `root`, a short `name`, and its files; `gone` are functions that only the store knows. `problem`: why
 * nothing can be shown of it, "" if it can.
 */
export interface Project {
  root: string;
  name: string;
  store: string;
  problem: string;
  advice: string;
  files: File[];
  gone: Function[];
}

/** `complete` is false while the first index is being made, and where there are too many files to look into. */
export interface Functions {
  projects: Project[];
  complete: boolean;
}

/** The function (`root`, `symbol`, required), how many at most (default 50), and the ID of the last one that is shown already. */
export interface EntriesParams {
  root?: string;
  symbol?: string;
  limit?: number;
  before?: string;
}

/**
 * Why a result is not fresh. `message` is one phrase, `text` the whole sentence with place and chain; `chain` are symbols from the
 * function to the `subject`. `diff`: `DIFF` has texts for it.
 */
export interface Reason {
  kind: ReasonKind;
  subject: string;
  message: string;
  text: string;
  place: Place | null;
  chain: string[];
  diff: boolean;
}

/**
 * One result. `call` is the call as it was written, `train(lr=0.1)`; `label` a short text, `detail` a longer one; `short` the beginning of
 * the ID that a person would type.
 */
export interface Entry {
  id: string;
  short: string;
  state: State;
  label: string;
  detail: string;
  call: string;
  kind: "memo" | "experiment";
  pinned: boolean;
  created: number;
  seconds: number;
  saved: number;
  hits: number;
  size: number;
  reasons: Reason[];
}

/** `more`: there are older ones. */
export interface Entries {
  entries: Entry[];
  more: boolean;
}

/**
 * `markdown` is the explanation as a document, `title` a heading for it. `state` is that of the entry that is explained, `entry` its ID
 * ("" if there is none).
 */
export interface Why {
  symbol: string;
  title: string;
  state: State;
  entry: string;
  markdown: string;
  reasons: Reason[];
}

/** A `Target`, and which reason: its `subject`; the nearest one if there is none. */
export interface DiffParams {
  root?: string;
  symbol?: string;
  entry?: string;
  uri?: string;
  position?: Position;
  subject?: string;
}

/**
 * The recorded text and the text now, each whole, "" where there was or is none. `path` ends in what the texts are (`.py`). `place` is
 * where it stands now.
 */
export interface Diff {
  title: string;
  path: string;
  before: string;
  after: string;
  place: Place | null;
}

/** A line of the tree: `depth` 0 is the function itself. `above`: what it depends on stands further up already. */
export interface Dependency {
  depth: number;
  symbol: string;
  kind: string;
  title: string;
  place: Place | null;
  above: boolean;
}

/**
 * A distribution whose version counts; `counts` says how much of it, in words. `named`: the code names it, rather than something that the
 * code names.
 */
export interface Library {
  name: string;
  version: string;
  counts: string;
  named: boolean;
}

/** Something that can't be followed, and where. */
export interface Untracked {
  why: string;
  symbol: string;
  place: Place | null;
}

/** `title` is a heading; `branches` are the tree from the top down; `problem` says why there is none, "" if there is. */
export interface Dependencies {
  symbol: string;
  title: string;
  branches: Dependency[];
  libraries: Library[];
  untracked: Untracked[];
  problem: string;
}

/**
 * What to delete, in one project (`root`), or where no root is given in all of the workspace's.
 *
 * `scope`     entry (`entry`), function (`symbol`, or `uri` and `position`), stale (all results that are stale), all.
 * `preview`   only count.
 * Pinned results are always kept; experiments by stale and all, unless `everything`.
 */
export interface ClearParams {
  root?: string;
  symbol?: string;
  entry?: string;
  uri?: string;
  position?: Position;
  scope?: "entry" | "function" | "stale" | "all";
  preview?: boolean;
  everything?: boolean;
}

/**
 * What changed: the `subject` of a reason; without one, the nearest change of code or of a variable that spoils the result that the
 * `Target` means. With a `subject`, a `root` is enough.
 *
 * `preview`: only say which results it would make good again.
 */
export interface AcceptParams {
  root?: string;
  symbol?: string;
  entry?: string;
  uri?: string;
  position?: Position;
  subject?: string;
  preview?: boolean;
}

/** A row of `Accepted`: `root` says whose store it is in. */
export interface WithdrawParams {
  root: string;
  subject: string;
}

/** A `Target` and whether it is to be pinned. Without `entry`: the newest finished result of the function; to unpin, the newest pinned one. */
export interface PinParams {
  root?: string;
  symbol?: string;
  entry?: string;
  uri?: string;
  position?: Position;
  pinned?: boolean;
}

/** `ok` is false where nothing could be done, and `message` says why. `count` results were meant, which cost `seconds` and take `size`. */
export interface Done {
  ok: boolean;
  message: string;
  count: number;
  seconds: number;
  size: number;
}

/** A symbol of which changes were accepted: by whom last, when in words, and why they said. */
export interface AcceptedChange {
  root: string;
  subject: string;
  user: string;
  when: string;
  note: string;
}

/** What is on record in the stores of the workspace. */
export interface Accepted {
  changes: AcceptedChange[];
}

/** Python text; "" where there is no result to load, and `message` says why. */
export interface Snippet {
  text: string;
  message: string;
}

/**
 * A store: its folder, whether it is there, what is in it. `size` is what its database and results take. `problem` and `advice` say what
 * is wrong and what to do, "" if nothing is.
 */
export interface StoreStatus {
  folder: string;
  exists: boolean;
  entries: number;
  experiments: number;
  size: number;
  seconds: number;
  hits: number;
  saved: number;
  problem: string;
  advice: string;
}

/** What is wrong, what to do about it, and where. */
export interface Problem {
  message: string;
  advice: string;
  place: Place | null;
}

/**
 * The server's status. `message` is one line for a status bar, `functions` counts functions by state. `canAccept`: `ACCEPT` works with
 * this store.
 */
export interface Status {
  contract: number;
  version: string;
  python: string;
  health: Health;
  message: string;
  functions: Counts;
  stores: StoreStatus[];
  problems: Problem[];
  canAccept: boolean;
}

/** Markdown. */
export interface Report {
  markdown: string;
}
