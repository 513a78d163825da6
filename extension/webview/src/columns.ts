// The columns of a group: facts about every run, and those made of its values.

import { bytes, moment, same, seconds } from "./cells";
import type { Cell, Group, Row } from "./contract";

export interface TableColumn {
  readonly id: string;
  readonly title: string;
  readonly kind: "fact" | "argument" | "result" | "metric";
  cell(row: Row): Cell;
  /** How it is shown, where that is not how the cell reads. */
  show?(row: Row): string;
}

export const STATES: Record<Row["state"], string> = {
  fresh: "done",
  stale: "stale",
  cannot_tell: "can’t tell",
  running: "running",
  failed: "failed",
};

const FACTS: readonly TableColumn[] = [
  { id: "state", title: "state", kind: "fact", cell: (row) => STATES[row.state] },
  { id: "started", title: "started", kind: "fact", cell: (row) => row.created, show: (row) => moment(row.created) },
  { id: "duration", title: "duration", kind: "fact", cell: (row) => row.seconds, show: (row) => seconds(row.seconds) },
];

const MORE_FACTS: readonly TableColumn[] = [
  { id: "cpu", title: "CPU", kind: "fact", cell: (row) => row.cpu, show: (row) => seconds(row.cpu) },
  { id: "size", title: "size", kind: "fact", cell: (row) => row.size, show: (row) => (row.size === null ? "" : bytes(row.size)) },
  { id: "code", title: "code", kind: "fact", cell: (row) => row.code || null },
  { id: "commit", title: "commit", kind: "fact", cell: (row) => row.commit || null },
  { id: "user", title: "user", kind: "fact", cell: (row) => row.user },
  { id: "host", title: "host", kind: "fact", cell: (row) => row.host },
  { id: "pinned", title: "pinned", kind: "fact", cell: (row) => (row.pinned ? true : null), show: (row) => (row.pinned ? "pinned" : "") },
  { id: "tags", title: "tags", kind: "fact", cell: (row) => row.tags.join(", ") || null },
  { id: "note", title: "note", kind: "fact", cell: (row) => row.note || null },
  { id: "id", title: "ID", kind: "fact", cell: (row) => row.short },
];

/** What identifies a run stays whatever is hidden. */
const ALWAYS = new Set(["state", "started", "duration"]);

/** All columns of a group, in their order. */
export function columnsOf(group: Group): TableColumn[] {
  const values = group.columns.map(
    ({ id, title, kind }, place): TableColumn => ({ id, title, kind, cell: (row) => row.cells[place] ?? null }),
  );
  return [...FACTS, ...values, ...MORE_FACTS];
}

/** Those columns in which not all rows are the same; of a single row, those that are not empty. */
export function differing(columns: readonly TableColumn[], rows: readonly Row[]): TableColumn[] {
  const [first, ...others] = rows;
  return columns.filter(
    (column) =>
      ALWAYS.has(column.id) ||
      (first !== undefined &&
        (others.length === 0 ? column.cell(first) !== null : others.some((row) => !same(column.cell(row), column.cell(first))))),
  );
}

/** The columns that are shown: not hidden by hand, and if asked for, only those that differ. Empty ones never are. */
export function shownColumns(
  columns: readonly TableColumn[],
  rows: readonly Row[],
  hidden: ReadonlySet<string>,
  onlyDiffering: boolean,
): TableColumn[] {
  const wanted = columns.filter((column) => !hidden.has(column.id));
  return onlyDiffering && rows.length > 1
    ? differing(wanted, rows)
    : wanted.filter((column) => ALWAYS.has(column.id) || rows.some((row) => column.cell(row) !== null));
}
