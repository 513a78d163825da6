// The table as the page has it: runs by place, cells by column. What comes from the host is put in place of what is known.

import type { Cell, Column, Facts, Cells as Found, Group, Packed, State } from "./contract";

/** One run. `at` is its place in the columns of its group. */
export interface Row {
  readonly id: string;
  readonly short: string;
  readonly at: number;
  readonly kind: string;
  readonly state: State;
  readonly reason: string;
  readonly created: number;
  readonly seconds: number;
  readonly cpu: number;
  readonly size: number | null;
  readonly host: string;
  readonly user: string;
  readonly commit: string;
  readonly code: string;
  readonly pinned: boolean;
  readonly note: string;
  readonly tags: readonly string[];
  readonly attachments: number;
  readonly parent: string;
}

export type Cells = readonly (Cell | undefined)[];

/** The runs of one function, the newest first. `cells` holds the columns that are here, by place; of one that is not here whole, nothing stands where a cell is still to be asked for. */
export interface Runs {
  readonly symbol: string;
  readonly name: string;
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
  readonly cells: ReadonlyMap<string, Cells>;
  readonly waiting: number;
  readonly more: boolean;
}

/** The cells that were packed. */
export function unpacked(packed: Packed, count: number): Cell[] {
  const { all, each, of, at } = packed;
  if (each !== undefined) {
    return each;
  }
  return at !== undefined && of !== undefined ? at.map((place) => of[place] ?? null) : new Array<Cell>(count).fill(all ?? null);
}

/** The group as it is after an answer. Cells that are known are written into, so that a run that changes costs what it is. */
export function merged(known: Runs | undefined, answer: Group): Runs {
  const { symbol, name, columns, waiting, more, valued } = answer;
  if (answer.whole || known === undefined) {
    const cells = new Map(Object.entries(answer.cells).map(([id, packed]) => [id, scattered([], unpacked(packed, valued), answer.facts)]));
    return { symbol, name, columns, rows: newestFirst(rowsOf(answer)), cells, waiting, more };
  }
  if (answer.facts.ids.length === 0 && answer.gone.length === 0 && waiting === known.waiting) {
    return known;
  }
  const cells = new Map(known.cells);
  const fresh = new Set(columns.map(({ id }) => id));
  for (const { id } of known.columns) {
    fresh.delete(id);
  }
  for (const { id } of columns) {
    const packed = answer.cells[id];
    // No run had anything in a column that is new.
    const before = cells.get(id) ?? (fresh.has(id) ? known.rows.reduce(emptied, []) : undefined);
    if (before !== undefined && valued > 0) {
      const sent = packed === undefined ? new Array<undefined>(valued).fill(undefined) : unpacked(packed, valued);
      cells.set(id, scattered(before as (Cell | undefined)[], sent, answer.facts));
    }
  }
  return { symbol, name, columns, rows: withRows(known.rows, newestFirst(rowsOf(answer)), answer.gone), cells, waiting, more };
}

function emptied(cells: (Cell | undefined)[], { at }: Row): (Cell | undefined)[] {
  cells[at] = null;
  return cells;
}

/** The rows with others in their place; older ones, as they come while a large table is read, only follow. */
function withRows(rows: readonly Row[], changed: Row[], gone: readonly string[]): readonly Row[] {
  const [last, first] = [rows.at(-1), changed[0]];
  if (first === undefined && gone.length === 0) {
    return rows;
  }
  if (gone.length === 0 && last !== undefined && first !== undefined && first.id < last.id) {
    return [...rows, ...changed];
  }
  const out = new Set([...gone, ...changed.map(({ id }) => id)]);
  return newestFirst([...changed, ...rows.filter(({ id }) => !out.has(id))]);
}

/** The group with whole columns. */
export function withColumns(known: Runs, { cells, count }: Found): Runs {
  return {
    ...known,
    cells: new Map([...known.cells, ...Object.entries(cells).map(([id, packed]) => [id, unpacked(packed, count)] as const)]),
  };
}

/**
 * The group with the cells of some columns at some places. They are written into what is there: another group it is only where other columns may be shown for it,
 * with a column of which nothing was here or in which there is nothing.
 */
export function withCells(known: Runs, { cells, count }: Found, places: readonly number[]): Runs {
  const fresh: [string, Cells][] = [];
  let empty = false;
  for (const [id, packed] of Object.entries(cells)) {
    const before = known.cells.get(id);
    const into = (before ?? []) as (Cell | undefined)[];
    empty ||= packed.all === null;
    unpacked(packed, count).forEach((cell, n) => {
      into[places[n] as number] = cell;
    });
    if (before === undefined) {
      fresh.push([id, into]);
    }
  }
  return fresh.length === 0 && !empty ? known : { ...known, cells: new Map([...known.cells, ...fresh]) };
}

/** Whether all cells of a column are here. */
export function isWhole(rows: readonly Row[], cells: Cells | undefined): boolean {
  return cells !== undefined && rows.every(({ at }) => cells[at] !== undefined);
}

function scattered(into: (Cell | undefined)[], cells: Cells, { places }: Facts): (Cell | undefined)[] {
  if (places.length === 0 && into.length === 0) {
    return [...cells];
  }
  cells.forEach((cell, n) => {
    into[places[n] ?? n] = cell;
  });
  return into;
}

function rowsOf({ facts, short }: Group): Row[] {
  const count = facts.ids.length;
  const column = <T>(packed: Packed) => unpacked(packed, count) as unknown as T[];
  const [kind, state, reason, created] = [
    column<string>(facts.kind),
    column<State>(facts.state),
    column<string>(facts.reason),
    column<number>(facts.created),
  ];
  const [seconds, cpu, size, host] = [
    column<number>(facts.seconds),
    column<number>(facts.cpu),
    column<number | null>(facts.size),
    column<string>(facts.host),
  ];
  const [user, commit, code, pinned] = [
    column<string>(facts.user),
    column<string>(facts.commit),
    column<string>(facts.code),
    column<boolean>(facts.pinned),
  ];
  const [note, tags, attachments, parent] = [
    column<string>(facts.note),
    column<string>(facts.tags),
    column<number>(facts.attachments),
    column<string>(facts.parent),
  ];
  const split = new Map<string, readonly string[]>([["", []]]);
  const tagsOf = (text: string) => {
    const known = split.get(text) ?? text.split("\n");
    split.set(text, known);
    return known;
  };
  return facts.ids.map((id, n) => ({
    id,
    short: id.slice(-short),
    at: facts.places[n] ?? n,
    kind: kind[n] ?? "experiment",
    state: state[n] ?? "cannot_tell",
    reason: reason[n] ?? "",
    created: created[n] ?? 0,
    seconds: seconds[n] ?? 0,
    cpu: cpu[n] ?? 0,
    size: size[n] ?? null,
    host: host[n] ?? "",
    user: user[n] ?? "",
    commit: commit[n] ?? "",
    code: code[n] ?? "",
    pinned: pinned[n] ?? false,
    note: note[n] ?? "",
    tags: tagsOf(tags[n] ?? ""),
    attachments: attachments[n] ?? 0,
    parent: parent[n] ?? "",
  }));
}

/** IDs begin with when the run began. */
function newestFirst(rows: Row[]): Row[] {
  const later = (a: Row, b: Row) => (a.id < b.id ? 1 : a.id > b.id ? -1 : 0);
  const sorted = rows.every((row, n) => n === 0 || (rows[n - 1] as Row).id > row.id);
  const reversed = !sorted && rows.every((row, n) => n === 0 || (rows[n - 1] as Row).id < row.id);
  return sorted ? rows : reversed ? rows.reverse() : rows.sort(later);
}
