// The view as a file: what is shown, as it is filtered, sorted and arranged.

import { asNumber, asText } from "./cells";
import type { TableColumn } from "./columns";
import type { Cell } from "./contract";
import type { Row } from "./model";

export type Format = "csv" | "json" | "md";

export const MEDIA: Record<Format, string> = { csv: "text/csv", json: "application/json", md: "text/markdown" };

export function exported(format: Format, columns: readonly TableColumn[], rows: readonly Row[]): string {
  return format === "csv" ? csv(columns, rows) : format === "json" ? json(columns, rows) : markdown(columns, rows);
}

const headOf = (column: TableColumn) => (column.kind === "fact" ? column.title : column.id);
const plain = (column: TableColumn, row: Row): Cell => (column.id === "started" ? new Date(row.created).toISOString() : column.cell(row));

/** As CSV; a text that a spreadsheet would take for a formula is made one that it shows. */
export function csv(columns: readonly TableColumn[], rows: readonly Row[]): string {
  const field = (text: string, isText: boolean) => {
    const safe = isText && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  const line = (row: Row) =>
    columns
      .map((column) => {
        const cell = plain(column, row);
        return field(typeof cell === "number" ? String(cell) : asText(cell), asNumber(cell) === undefined);
      })
      .join(",");
  return `${[columns.map((column) => field(headOf(column), true)).join(","), ...rows.map(line)].join("\n")}\n`;
}

/** As a list of objects. Numbers that JSON has none for are texts: `nan`, `inf`, integers beyond 2⁵³. */
export function json(columns: readonly TableColumn[], rows: readonly Row[]): string {
  const value = (cell: Cell) => (typeof cell === "object" && cell !== null ? asText(cell) : cell);
  const record = (row: Row) => Object.fromEntries([["id", row.id], ...columns.map((c) => [headOf(c), value(plain(c, row))])]);
  return `[\n${rows.map((row) => JSON.stringify(record(row))).join(",\n")}\n]\n`;
}

/** As a table in Markdown, for a note or an issue. */
export function markdown(columns: readonly TableColumn[], rows: readonly Row[]): string {
  const field = (text: string) => text.replaceAll(/[\\|`*_<>[\]#&]/g, "\\$&").replaceAll(/\s+/g, " ");
  const line = (fields: readonly string[]) => `| ${fields.join(" | ")} |`;
  const numeric = (column: TableColumn) =>
    rows.length > 0 && rows.every((row) => column.cell(row) === null || asNumber(column.cell(row)) !== undefined);
  return `${[
    line(columns.map((column) => field(column.title))),
    line(columns.map((column) => (numeric(column) ? "---:" : "---"))),
    ...rows.map((row) => line(columns.map((column) => field(column.show?.(row) ?? asText(column.cell(row)))))),
  ].join("\n")}\n`;
}
