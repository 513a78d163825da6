// Which rows are shown, and in which order.

import { asNumber, asText, compareCells, seconds } from "./cells";
import type { TableColumn } from "./columns";
import type { Row } from "./contract";

export interface Sort {
  readonly id: string;
  readonly descending: boolean;
}

/** What a click on a column's head makes of the order: up, down, as it was. With `add`, beside the other columns. */
export function toggled(sorts: readonly Sort[], id: string, add: boolean): Sort[] {
  const known = sorts.find((sort) => sort.id === id);
  const next = known === undefined ? [{ id, descending: false }] : known.descending ? [] : [{ id, descending: true }];
  if (!add) {
    return next;
  }
  return known === undefined ? [...sorts, ...next] : sorts.flatMap((sort) => (sort.id === id ? next : [sort]));
}

/** The rows in the order of `sorts`; where these say nothing, as they came. */
export function sorted(rows: readonly Row[], columns: readonly TableColumn[], sorts: readonly Sort[]): Row[] {
  const by = sorts.flatMap(({ id, descending }) => columns.filter((c) => c.id === id).map((column) => ({ column, descending })));
  if (by.length === 0) {
    return [...rows];
  }
  return [...rows].sort((a, b) => {
    for (const { column, descending } of by) {
      const order = compareCells(column.cell(a), column.cell(b), descending);
      if (order !== 0) {
        return order;
      }
    }
    return 0;
  });
}

export interface Term {
  readonly name: string;
  readonly operator: "" | ":" | "=" | "!=" | "<" | "<=" | ">" | ">=";
  readonly value: string;
  readonly not: boolean;
}

const TERM = /(-?)(?:([\p{L}\p{N}_.()[\]-]+?)\s*(<=|>=|!=|=|<|>|:)\s*)?(?:"((?:[^"\\]|\\.)*)"|(\S+))/gu;

/** A filter as it is typed: `rate<0.5 model.degree=3 state:failed -tags:old "some text"`. All terms must hold. */
export function parseFilter(typed: string): Term[] {
  return [...typed.matchAll(TERM)].map(([, minus, name, operator, quoted, plain]) => ({
    name: (name ?? "").toLowerCase(),
    operator: (operator ?? "") as Term["operator"],
    value: quoted === undefined ? (plain ?? "") : quoted.replaceAll(/\\(.)/g, "$1"),
    not: minus === "-",
  }));
}

/** The term that a click on a cell adds. */
export function termFor(column: TableColumn, row: Row): string {
  const text = asText(column.cell(row));
  return `${column.title.replaceAll(" ", "")}=${/^[\w.+-]+$/.test(text) ? text : `"${text.replaceAll(/["\\]/g, "\\$&")}"`}`;
}

/** Names in a filter that no column has: what is typed is said to be wrong, not silently matched by nothing. */
export function unknownNames(terms: readonly Term[], columns: readonly TableColumn[]): string[] {
  return terms.filter((term) => term.name !== "" && named(columns, term.name).length === 0).map((term) => term.name);
}

export function filtered(rows: readonly Row[], columns: readonly TableColumn[], terms: readonly Term[]): Row[] {
  if (terms.length === 0) {
    return [...rows];
  }
  const tests = terms.map((term) => {
    const of = term.name === "" ? columns : named(columns, term.name);
    return (row: Row) => of.some((column) => holds(term, column, row)) !== term.not;
  });
  return rows.filter((row) => tests.every((test) => test(row)));
}

/** The columns that a name means: those with that title or ID, else those whose last part it is. */
function named(columns: readonly TableColumn[], name: string): TableColumn[] {
  const plain = (column: TableColumn) => column.title.toLowerCase().replaceAll(" ", "");
  const exact = columns.filter((column) => plain(column) === name || column.id.toLowerCase() === name);
  return exact.length > 0 ? exact : columns.filter((column) => plain(column).endsWith(`.${name}`));
}

function holds(term: Term, column: TableColumn, row: Row): boolean {
  const cell = column.cell(row);
  const [text, wanted] = [asText(cell).toLowerCase(), term.value.toLowerCase()];
  if (term.operator === "" || term.operator === ":") {
    return text.includes(wanted) || (column.show?.(row).toLowerCase().includes(wanted) ?? false);
  }
  const [number, limit] = [asNumber(cell), wanted === "inf" ? Infinity : wanted === "-inf" ? -Infinity : Number(wanted)];
  const numeric = number !== undefined && wanted !== "" && !Number.isNaN(limit);
  const order = numeric ? number - limit || 0 : text.localeCompare(wanted, "en", { numeric: true });
  const equal = numeric ? number === limit || asText(cell) === wanted : text === wanted;
  switch (term.operator) {
    case "=":
      return equal;
    case "!=":
      return !equal;
    case "<":
      return cell !== null && order < 0 && !equal;
    case "<=":
      return cell !== null && (order < 0 || equal);
    case ">":
      return cell !== null && order > 0 && !equal;
    case ">=":
      return cell !== null && (order > 0 || equal);
  }
}

/** The view as CSV; a text that a spreadsheet would take for a formula is made one that it shows. */
export function csv(columns: readonly TableColumn[], rows: readonly Row[]): string {
  const field = (text: string, isText: boolean) => {
    const safe = isText && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  const line = (row: Row) =>
    columns
      .map((column) => {
        const cell = column.cell(row);
        return field(
          column.id === "started" ? new Date(row.created).toISOString() : typeof cell === "number" ? String(cell) : asText(cell),
          asNumber(cell) === undefined,
        );
      })
      .join(",");
  const head = columns.map((column) => field(column.kind === "fact" ? column.title : column.id, true)).join(",");
  return `${[head, ...rows.map(line)].join("\n")}\n`;
}

/** How long a set of runs took, for the line above them. */
export function total(rows: readonly Row[]): string {
  return seconds(rows.reduce((sum, row) => sum + row.seconds, 0));
}
