// The columns of a group: facts about every run, and those made of its values. Which of them are shown, in which order.

import { asNumber, bytes, moment, same, seconds } from "./cells";
import type { Cell } from "./contract";
import type { Row, Runs } from "./model";

export interface TableColumn {
  readonly id: string;
  readonly title: string;
  readonly kind: "fact" | "argument" | "result" | "metric";
  /** Whether any of its cells are here; `cell` gives nothing for those that are not. */
  readonly here: boolean;
  /** Whether not all runs of the group have the same in it, as the host says. */
  readonly differs?: boolean;
  cell(row: Row): Cell;
  /** Whether the cell of a row is here; where it isn't said, all are. */
  has?(row: Row): boolean;
  /** How it is shown, where that is not how the cell reads. */
  show?(row: Row): string;
  /** How a number of its unit is shown. */
  unit?(value: number): string;
}

export const STATES: Record<Row["state"], string> = {
  fresh: "done",
  stale: "stale",
  cannot_tell: "can’t tell",
  running: "running",
  failed: "failed",
};

/** How long a run took, or has been running. */
export const lasted = (row: Row, now = Date.now()): number =>
  row.state === "running" ? Math.max(0, (now - row.created) / 1000) : row.seconds;

const fact = (id: string, title: string, cell: (row: Row) => Cell, show?: (row: Row) => string): TableColumn =>
  show === undefined ? { id, title, kind: "fact", here: true, cell } : { id, title, kind: "fact", here: true, cell, show };

const measured = (id: string, title: string, cell: (row: Row) => number | null, unit: (value: number) => string): TableColumn => ({
  ...fact(id, title, cell, (row) => {
    const value = cell(row);
    return value === null ? "" : unit(value);
  }),
  unit,
});

const FACTS: readonly TableColumn[] = [
  fact("state", "state", (row) => STATES[row.state]),
  fact(
    "started",
    "started",
    (row) => row.created,
    (row) => moment(row.created),
  ),
  measured("duration", "duration", lasted, seconds),
];

const MORE_FACTS: readonly TableColumn[] = [
  fact("tags", "tags", (row) => row.tags.join(", ") || null),
  fact("note", "note", (row) => row.note || null),
  measured("cpu", "CPU", (row) => row.cpu, seconds),
  measured("size", "size", (row) => row.size, bytes),
  fact("code", "code", (row) => row.code || null),
  fact("commit", "commit", (row) => row.commit || null),
  fact("user", "user", (row) => row.user),
  fact("host", "host", (row) => row.host),
  fact(
    "pinned",
    "pinned",
    (row) => (row.pinned ? true : null),
    (row) => (row.pinned ? "★" : ""),
  ),
  fact("id", "ID", (row) => row.short),
];

/** What identifies a run stays whatever is hidden. */
const ALWAYS = new Set(["state", "started", "duration"]);

/** All columns of a group, in their own order. */
export function columnsOf({ columns, cells }: Runs): TableColumn[] {
  const values = columns.map(({ id, title, kind, differs }): TableColumn => {
    const of = cells.get(id);
    return {
      id,
      title,
      kind,
      differs,
      here: of !== undefined,
      cell: (row) => of?.[row.at] ?? null,
      has: (row) => of?.[row.at] !== undefined,
    };
  });
  return [...FACTS, ...values, ...MORE_FACTS];
}

/** Those of some columns of which not all cells are here that rows have in them. */
export const lackingOf = (columns: readonly TableColumn[], rows: readonly Row[]): string[] =>
  columns.flatMap(({ id, has }) => (has === undefined || rows.every(has) ? [] : [id]));

/** Whether not all rows have the same in a column; of a single row, whether there is anything. Of a column that is not here, what the host says. */
export function differs(column: TableColumn, rows: readonly Row[]): boolean {
  const [first] = rows;
  if (first === undefined || lackingOf([column], rows).length > 0) {
    return column.differs === true;
  }
  const cell = column.cell(first);
  return rows.length === 1 ? cell !== null : rows.some((row) => !same(column.cell(row), cell));
}

/** How a person has arranged the columns of a function: what is hidden, the order where it is another, which stay in sight, how wide they are. */
export interface Arrangement {
  readonly hidden: readonly string[];
  readonly order: readonly string[];
  readonly pinned: readonly string[];
  readonly widths: Readonly<Record<string, number>>;
}

export const NATURAL: Arrangement = { hidden: [], order: [], pinned: [], widths: {} };

/** The columns that are shown, the pinned ones first: not hidden by hand, and if asked for, only those that differ. Empty ones never are. */
export function shownColumns(
  columns: readonly TableColumn[],
  rows: readonly Row[],
  { hidden, order, pinned }: Arrangement,
  onlyDiffering: boolean,
): TableColumn[] {
  const out = new Set(hidden);
  const shown = columns.filter(
    (column) =>
      !out.has(column.id) &&
      (ALWAYS.has(column.id) ||
        (onlyDiffering && rows.length > 1
          ? differs(column, rows)
          : rows.some((row) => column.cell(row) !== null || column.has?.(row) === false))),
  );
  const ordered = arranged(shown, order);
  return [...ordered.filter(({ id }) => pinned.includes(id)), ...ordered.filter(({ id }) => !pinned.includes(id))];
}

/** The columns in the order that was set; those that it doesn't name stay behind the one that is before them by nature. */
export function arranged(columns: readonly TableColumn[], order: readonly string[]): readonly TableColumn[] {
  if (order.length === 0) {
    return columns;
  }
  const known = new Set(order);
  const made = order.flatMap((id) => columns.filter((column) => column.id === id));
  columns.forEach((column, place) => {
    if (!known.has(column.id)) {
      const before = columns[place - 1];
      const behind = before === undefined ? -1 : made.findIndex(({ id }) => id === before.id);
      made.splice(behind + 1, 0, column);
    }
  });
  return made;
}

/** The order after a column was put before another, or last. */
export function moved(columns: readonly TableColumn[], id: string, before: string | undefined): string[] {
  const others = columns.map((column) => column.id).filter((other) => other !== id);
  const place = before === undefined ? others.length : others.indexOf(before);
  return place < 0 ? columns.map((column) => column.id) : [...others.slice(0, place), id, ...others.slice(place)];
}

/** Whether the first of a column's cells that is there is a number, as its head then stands to the right, too. */
export function isNumeric(column: TableColumn, rows: readonly Row[]): boolean {
  for (let n = 0; n < rows.length && n < 200; n++) {
    const cell = column.cell(rows[n] as Row);
    if (cell !== null) {
      return asNumber(cell) !== undefined;
    }
  }
  return false;
}

/** Of the column of states, whichever there are: a dot and the longest word, and a star. */
const STATE_WIDTH = 104;

/** Rows by which a column's width is found: with 200 columns each of them is 200 numbers to be written. */
const MEASURED = 24;

/** Of a column, in pixels: as its head and its first rows need it. */
export function naturalWidth(column: TableColumn, rows: readonly Row[]): number {
  if (column.id === "state") {
    return STATE_WIDTH;
  }
  let longest = column.here ? 0 : 9;
  for (let n = 0; n < rows.length && n < MEASURED; n++) {
    const row = rows[n] as Row;
    longest = Math.max(longest, (column.show?.(row) ?? textOf(column.cell(row))).length);
  }
  return Math.round(Math.min(260, Math.max(column.title.length * 7.6 + (column.kind === "fact" ? 34 : 48), longest * 7.7 + 20, 66)));
}

function textOf(cell: Cell): string {
  return typeof cell === "object" && cell !== null
    ? "number" in cell
      ? cell.number
      : cell.shown
    : typeof cell === "number"
      ? String(Number(cell.toPrecision(6)))
      : String(cell ?? "");
}
