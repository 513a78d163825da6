// Written by `./dev contract` from hitsave/panel/contract.py. Change that, not this.

/** Of this contract. */
export const PANEL_VERSION = 1;

/** Request, `RunsParams` → `Runs`: the table. */
export const RUNS = "hitsave/panel/runs";

/** Request, `RunParams` → `Run`: all that is known of one run. */
export const RUN = "hitsave/panel/run";

/** Request, `AttachmentParams` → `AttachmentBytes`: a figure or another file that was kept beside a result. */
export const ATTACHMENT = "hitsave/panel/attachment";

/** Request, `MarkParams` → `Marked`: pin, tag or note a run. */
export const MARK = "hitsave/panel/mark";

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

export type ColumnKind = "argument" | "result" | "metric";

/** A column made of values. `id` is unique in its group (`arg.model.lr`), `title` is how it is headed. */
export interface Column {
  id: string;
  title: string;
  kind: ColumnKind;
}

export type State = "fresh" | "stale" | "cannot_tell" | "running" | "failed";

/**
 * `root`: the project's folder; where none is given, the host's own. `since`: the stamp of what is shown already. `memo`: results of
 * `@memo` too.
 */
export interface RunsParams {
  root?: string;
  since?: string;
  memo?: boolean;
}

/** One run. `cells` are aligned with the group's `columns`. `size` is null without a result; `attachments` counts the files beside it. */
export interface Row {
  id: string;
  short: string;
  kind: "memo" | "experiment";
  state: State;
  reason: string;
  created: number;
  seconds: number;
  cpu: number;
  size: number | null;
  host: string;
  user: string;
  commit: string;
  code: string;
  pinned: boolean;
  note: string;
  tags: string[];
  attachments: number;
  cells: Cell[];
}

/** The runs of one function, newest first. `more`: there are older ones that are not listed. */
export interface Group {
  symbol: string;
  name: string;
  columns: Column[];
  rows: Row[];
  more: boolean;
}

/**
 * `stamp` stands for the state of the store; `unchanged`: it is the one asked with, and `groups` is empty. `problem`: why there is nothing
 * to show, "" if there is nothing wrong.
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

/** The text of one function, class or variable, exactly as it ran, and where it stood. `line` counts from 1. */
export interface Source {
  symbol: string;
  kind: string;
  path: string;
  line: number;
  text: string;
}

/**
 * All that is known of a run. `result` is null without one; `error` is the traceback of a failed one. `reasons` say why it is stale,
 * `libraries` are names with versions.
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
  sources: Source[];
  python: string;
  libraries: string[];
  snippet: string;
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

/** The run's ID, required, and what is to be set. */
export interface MarkParams {
  root?: string;
  id?: string;
  pinned?: boolean;
  note?: string;
  tags?: string[];
}

/** `ok` is false where nothing could be done, and `message` says why. */
export interface Marked {
  ok: boolean;
  message: string;
}
