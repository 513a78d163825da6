// Rows under heads: those that have the same in one column, or in several, are together under one that sums them up.

import { asNumber, asText, compareCells, numberText } from "./cells";
import { lackingOf, type TableColumn } from "./columns";
import type { Cell } from "./contract";
import type { Row } from "./model";

export type Item =
  | { readonly kind: "row"; readonly row: Row; readonly level: number }
  | {
      readonly kind: "head";
      readonly key: string;
      readonly title: string;
      readonly rows: readonly Row[];
      readonly level: number;
      readonly open: boolean;
    };

/** The rows as they are listed under `by`; those of a head that is in `closed` are left out. Heads come in the order of their values. */
export function grouped(rows: readonly Row[], by: readonly TableColumn[], closed: ReadonlySet<string>, level = 0, above = ""): Item[] {
  const [column, ...others] = by;
  if (column === undefined) {
    return rows.map((row) => ({ kind: "row", row, level }));
  }
  const parts = new Map<string, { cell: Cell; rows: Row[] }>();
  for (const row of rows) {
    const cell = column.cell(row);
    const text = `${typeof cell}:${asText(cell)}`;
    const part = parts.get(text);
    if (part === undefined) {
      parts.set(text, { cell, rows: [row] });
    } else {
      part.rows.push(row);
    }
  }
  return [...parts.values()]
    .sort((a, b) => compareCells(a.cell, b.cell))
    .flatMap(({ cell, rows: inside }) => {
      const [first] = inside;
      const shown = (first !== undefined && column.show?.(first)) || asText(cell) || "nothing";
      const key = `${above}/${column.id}=${typeof cell}:${asText(cell)}`;
      const open = !closed.has(key);
      const head: Item = { kind: "head", key, title: `${column.title} ${shown}`, rows: inside, level, open };
      return open ? [head, ...grouped(inside, others, closed, level + 1, key)] : [head];
    });
}

/** What stands in a head for a column: the value that all of them have, or of numbers their mean, or how many different ones there are. */
export function summary(column: TableColumn, rows: readonly Row[]): string {
  const [first] = rows;
  if (first === undefined || lackingOf([column], rows).length > 0) {
    return "";
  }
  const cells = rows.map((row) => column.cell(row)).filter((cell) => cell !== null);
  const texts = new Set(cells.map(asText));
  if (texts.size <= 1) {
    return cells.length === 0 ? "" : (column.show?.(first) ?? asText(cells[0] ?? null));
  }
  const numbers = cells.flatMap((cell) => {
    const number = asNumber(cell);
    return number === undefined || !Number.isFinite(number) ? [] : [number];
  });
  if (numbers.length < cells.length || column.id === "started") {
    return `${texts.size} values`;
  }
  const mean = numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
  return `⌀ ${column.unit?.(mean) ?? numberText(Number(mean.toPrecision(4)))}`;
}
