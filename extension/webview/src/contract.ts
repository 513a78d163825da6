// Written by `./dev contract` from hitsave/panel/contract.py. Change that, not this.

/** Of this contract. */
export const PANEL_VERSION = 3;

/** Request, `RunsParams` → `Runs`: the table, or what changed in it. */
export const RUNS = "hitsave/panel/runs";

/** Request, `CellsParams` → `Cells`: the cells of some columns. */
export const CELLS = "hitsave/panel/cells";

/** Request, `RunParams` → `Run`: all that is known of one run. */
export const RUN = "hitsave/panel/run";

/** Request, `CurvesParams` → `RunCurves`: what several runs logged. */
export const CURVES = "hitsave/panel/curves";

/** Request, `AttachmentParams` → `AttachmentBytes`: a figure or another file that was kept beside a result. */
export const ATTACHMENT = "hitsave/panel/attachment";

/** Request, `LibraryParams` → `LibraryText`: the script that draws figures of a library, for a frame without an origin. */
export const LIBRARY = "hitsave/panel/library";

/** Request, `MarkParams` → `Done`: pin, tag or note runs. */
export const MARK = "hitsave/panel/mark";

/** Request, `RemoveParams` → `Done`: delete runs, so that `RESTORE` can put them back while the host runs. */
export const REMOVE = "hitsave/panel/remove";

/** Request, `RemoveParams` → `Done`: put back what was deleted. */
export const RESTORE = "hitsave/panel/restore";

/** Request, `KeptParams` → `Kept`: what a person had set on the page of this project. */
export const KEPT = "hitsave/panel/kept";

/** Request, `KeepParams` → `Done`: keep that. */
export const KEEP = "hitsave/panel/keep";

/** A number that JSON has none for: `nan`, `inf`, `-inf`, or an integer beyond 2⁵³ in decimal. */
export interface Special {
  number: string;
}

/** A value that is no scalar, in a few words. */
export interface Shown {
  shown: string;
}

/** What stands in a cell; `null`: nothing. */
export type Cell = string | number | boolean | Special | Shown | null;

/** A list of cells as it is sent: `all` of them are one, or `each` is given, or `at` says which `of` some stands at each place. */
export interface Packed {
  all?: Cell;
  each?: Cell[];
  of?: Cell[];
  at?: number[];
}

export type ColumnKind = "argument" | "result" | "metric";

/**
 * A column made of values. `id` is unique in its group (`arg.model.lr`), `title` is how it is headed. `differs`: not all runs have the
 * same in it.
 */
export interface Column {
  id: string;
  title: string;
  kind: ColumnKind;
  differs: boolean;
}

export type State = "fresh" | "stale" | "cannot_tell" | "running" | "failed";

/**
 * `root`: the project's folder; where none is given, the host's own. `since`: the stamp of what is shown already. `memo`: results of
 * `@memo` too. `look`: judge what is stale again.
 *
 * `below`: by symbol, the oldest run that the page has of a group of which runs are `waiting`; the next older ones come with the answer.
 */
export interface RunsParams {
  root?: string;
  since?: string;
  memo?: boolean;
  look?: boolean;
  below?: Readonly<Record<string, string>>;
}

/**
 * What is known of every run, by columns, each aligned with `ids`. Beside these:
 *
 * `places` are the runs' places in the group; empty stands for 0, 1, 2 …
 * `kind` is memo or experiment, `state` a State and `reason` why it is that, in a sentence. `size` is null without a result. `code` stands
 * for the code that ran.
 * `attachments` counts the files beside the result. `parent` is the ID of the run that called it, or "".
 */
export interface Facts {
  ids: string[];
  places: number[];
  kind: Packed;
  state: Packed;
  reason: Packed;
  created: Packed;
  seconds: Packed;
  cpu: Packed;
  size: Packed;
  host: Packed;
  user: Packed;
  commit: Packed;
  code: Packed;
  pinned: Packed;
  note: Packed;
  tags: Packed;
  attachments: Packed;
  parent: Packed;
}

/**
 * The runs of one function.
 *
 * `whole`: these stand in place of all that the page has; else they are those that changed or are older, and `gone` are the IDs of those
 * that are no more.
 * `cells` are those of some columns by their IDs, aligned with the first `valued` runs of the facts; of the others only facts are sent,
 * and their cells are what they were, or are asked for.
 * `short` is how many characters at the end of an ID tell the runs apart.
 * `waiting`: so many older runs are still to come; ask again. `more`: there are older ones that will not be listed.
 */
export interface Group {
  symbol: string;
  name: string;
  columns: Column[];
  whole: boolean;
  facts: Facts;
  gone: string[];
  valued: number;
  cells: Readonly<Record<string, Packed>>;
  short: number;
  waiting: number;
  more: boolean;
}

/**
 * `stamp` stands for what has been sent; `unchanged`: it is the one asked with, and `groups` is empty. `problem`: why there is nothing to
 * show, "" if there is nothing wrong.
 *
 * `groups` are all groups, the one that ran last first.
 */
export interface Runs {
  version: number;
  stamp: string;
  unchanged: boolean;
  root: string;
  project: string;
  problem: string;
  groups: Group[];
}

/** Of the group `symbol`, the columns with these IDs, all required; only what stands at some `places`, where these are given. */
export interface CellsParams {
  root?: string;
  memo?: boolean;
  symbol?: string;
  columns?: string[];
  places?: number[];
}

/** The cells of columns by their IDs, aligned with the places asked for, or with all: 0, 1, 2 …; of these there are `count`. */
export interface Cells {
  count: number;
  cells: Readonly<Record<string, Packed>>;
}

/** The run's ID, required. */
export interface RunParams {
  root?: string;
  id?: string;
}

/** A View with a name. `text` is the value in one line. `view` is null where none was kept. */
export interface Named {
  name: string;
  text: string;
  view: unknown;
}

/**
 * One metric as it was logged: `steps` and `times` (seconds since the run began) belong to `values`, in which `null` stands for what is
 * not finite.
 */
export interface Curve {
  name: string;
  steps: (number | null)[];
  times: number[];
  values: (number | null)[];
  last: Cell;
  min: Cell;
  max: Cell;
  count: number;
}

/** A file that was kept beside the result. */
export interface Attached {
  name: string;
  media: string;
  size: number;
}

/**
 * The text of one function, class or variable, exactly as it ran, and where it stood. `line` counts from 1. `via` is what it was reached
 * from, or "".
 */
export interface Source {
  symbol: string;
  kind: string;
  path: string;
  line: number;
  text: string;
  via: string;
}

/** A run that called this one, or that this one called. */
export interface Relative {
  id: string;
  symbol: string;
  kind: string;
  state: string;
  seconds: number;
}

/** Something beside code that the run depended on: a library, a variable's value, a file, an environment variable; and what it was. */
export interface Dependency {
  kind: "library" | "value" | "file" | "environment";
  name: string;
  was: string;
}

/** How to call the function with the same arguments again: Python code, and a line for a terminal in the project's folder. */
export interface Rerun {
  code: string;
  command: string;
}

/**
 * All that is known of a run. `result` is null without one; `error` is the traceback of a failed one. `reasons` say why it is stale.
 *
 * `output` is the end of what it printed, and `output_cut` whether there was more before. `rerun` is null where an argument can't be
 * written as a literal.
 */
export interface Run {
  id: string;
  symbol: string;
  state: State;
  reasons: string[];
  arguments: Named[];
  result: Named | null;
  curves: Curve[];
  attachments: Attached[];
  error: string;
  output: string;
  output_cut: boolean;
  sources: Source[];
  python: string;
  dependencies: Dependency[];
  parents: Relative[];
  children: Relative[];
  snippet: string;
  rerun: Rerun | null;
}

/** The runs' IDs, required. */
export interface CurvesParams {
  root?: string;
  ids?: string[];
}

/** The curves of one run. */
export interface RunCurve {
  id: string;
  curves: Curve[];
}

/** In the order of the IDs asked for; runs that are gone are left out. */
export interface RunCurves {
  runs: RunCurve[];
}

/** The run's ID and the attachment's name, both required. */
export interface AttachmentParams {
  root?: string;
  id?: string;
  name?: string;
}

/** The bytes, in base64. */
export interface AttachmentBytes {
  media: string;
  base64: string;
}

/** `name` is `plotly`. */
export interface LibraryParams {
  root?: string;
  name?: string;
}

/** The script. */
export interface LibraryText {
  text: string;
}

/** The runs' IDs, required, and what is to be set: `tags` in place of those there are, `tag` and `untag` beside them. */
export interface MarkParams {
  root?: string;
  ids?: string[];
  pinned?: boolean;
  note?: string;
  tags?: string[];
  tag?: string[];
  untag?: string[];
}

/** The runs' IDs, required. */
export interface RemoveParams {
  root?: string;
  ids?: string[];
}

/** `count` runs were changed. `ok` is false where something could not be done, and `message` says why. */
export interface Done {
  ok: boolean;
  count: number;
  message: string;
}

/** Of the project. */
export interface KeptParams {
  root?: string;
}

/** What was kept, or null. It is not believed. */
export interface Kept {
  state: unknown;
}

/** What is to be kept, required. */
export interface KeepParams {
  root?: string;
  state?: unknown;
}
