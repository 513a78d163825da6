// Rows sorted and filtered. A filter is typed: words, and conditions on columns.

import { asNumber, asText, compareCells, seconds } from "./cells";
import { lasted, type TableColumn } from "./columns";
import type { Row } from "./model";

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
export function sorted(rows: readonly Row[], columns: readonly TableColumn[], sorts: readonly Sort[]): readonly Row[] {
  const by = sorts.flatMap(({ id, descending }) => columns.filter((c) => c.id === id).map((column) => ({ column, descending })));
  if (by.length === 0) {
    return rows;
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
  /** Any of these. */
  readonly values: readonly string[];
  readonly not: boolean;
  /** Where it stands in what was typed. */
  readonly start: number;
  readonly end: number;
}

const TERM = /(-?)(?:([\p{L}\p{N}_.()[\]-]+?)\s*(<=|>=|!=|=|<|>|:)\s*)?((?:"(?:[^"\\]|\\.)*"|[^\s"]+)+)/gu;

/** A filter as it is typed: `rate<0.5 model.degree=3|5 state:failed -tags:old "some text"`. All terms must hold, or all of those on one side of an `or`. */
export function parseFilter(typed: string): Term[][] {
  const any: Term[][] = [[]];
  for (const found of typed.matchAll(TERM)) {
    const [whole, minus, name, operator, values = ""] = found;
    if (whole === "or" || whole === "OR") {
      any.push([]);
      continue;
    }
    any.at(-1)?.push({
      name: (name ?? "").toLowerCase(),
      operator: (operator ?? "") as Term["operator"],
      values: alternatives(values),
      not: minus === "-",
      start: found.index,
      end: found.index + whole.length,
    });
  }
  return any.length === 1 ? any : any.filter((terms) => terms.length > 0);
}

/** Values between bars; what is within quotes is one. */
function alternatives(text: string): string[] {
  const parts = [""];
  for (const [token, quoted] of text.matchAll(/"((?:[^"\\]|\\.)*)"|\||[^"|]+|"/g)) {
    if (token === "|") {
      parts.push("");
    } else {
      parts.push((parts.pop() ?? "") + (quoted === undefined ? token : quoted.replaceAll(/\\(.)/g, "$1")));
    }
  }
  return parts;
}

/** The name by which a filter means a column. */
export const filterName = (column: TableColumn): string => column.title.replaceAll(" ", "");
export const quoted = (text: string): string => (/^[\w.+-]+$/.test(text) ? text : `"${text.replaceAll(/["\\]/g, "\\$&")}"`);

/** The term that a click on a cell adds. */
export function termFor(column: TableColumn, row: Row, operator = "="): string {
  return `${filterName(column)}${operator}${quoted(asText(column.cell(row)))}`;
}

/** What was typed, with other terms about a column in place of those that there were. */
export function replaced(typed: string, columns: readonly TableColumn[], column: TableColumn, terms: readonly string[]): string {
  let kept = typed;
  for (const term of parseFilter(typed).flat().reverse()) {
    if (term.name !== "" && !term.not && named(columns, term.name).some(({ id }) => id === column.id)) {
      kept = `${kept.slice(0, term.start)}${kept.slice(term.end)}`;
    }
  }
  return [kept.replaceAll(/\s+/g, " ").trim(), ...terms].filter((part) => part !== "").join(" ");
}

/** Between which numbers a filter asks a column to be. */
export function rangeOf(
  terms: readonly Term[],
  columns: readonly TableColumn[],
  column: TableColumn,
): readonly [number, number] | undefined {
  let [least, most, asked] = [-Infinity, Infinity, false];
  for (const { name, operator, values, not } of terms) {
    const value = Number(values[0]);
    if (!not && /^[<>]=?$/.test(operator) && Number.isFinite(value) && named(columns, name)[0]?.id === column.id) {
      asked = true;
      [least, most] = operator.startsWith(">") ? [Math.max(least, value), most] : [least, Math.min(most, value)];
    }
  }
  return asked ? [least, most] : undefined;
}

/** Names in a filter that no column has: what is typed is said to be wrong, not silently matched by nothing. */
export function unknownNames(terms: readonly (readonly Term[])[], columns: readonly TableColumn[]): string[] {
  return terms.flat().flatMap(({ name }) => (name !== "" && named(columns, name).length === 0 ? [name] : []));
}

/** The columns that a filter looks at; where a word is searched for, all. */
export function looksAt(terms: readonly (readonly Term[])[], columns: readonly TableColumn[]): readonly TableColumn[] {
  return [...new Set(terms.flat().flatMap(({ name }) => (name === "" ? columns : named(columns, name))))];
}

export function filtered(rows: readonly Row[], columns: readonly TableColumn[], terms: readonly (readonly Term[])[]): readonly Row[] {
  if (terms.every((all) => all.length === 0)) {
    return rows;
  }
  const any = terms.map((all) => all.map((term) => test(term, columns)));
  return rows.filter((row) => any.some((tests) => tests.every((holds) => holds(row))));
}

function test(term: Term, columns: readonly TableColumn[]): (row: Row) => boolean {
  const of = term.name === "" ? columns : named(columns, term.name);
  const each = term.values.map((value) => comparison(term.operator, value));
  // A list of values that a column is not equal to: none of them.
  const combined =
    term.operator === "!="
      ? (column: TableColumn, row: Row) => each.every((holds) => holds(column, row))
      : (column: TableColumn, row: Row) => each.some((holds) => holds(column, row));
  return (row) => of.some((column) => combined(column, row)) !== term.not;
}

/** The columns that a name means: those with that title or ID, else those whose last part it is. */
function named(columns: readonly TableColumn[], name: string): TableColumn[] {
  const exact = columns.filter((column) => filterName(column).toLowerCase() === name || column.id.toLowerCase() === name);
  return exact.length > 0 ? exact : columns.filter((column) => filterName(column).toLowerCase().endsWith(`.${name}`));
}

function comparison(operator: Term["operator"], value: string): (column: TableColumn, row: Row) => boolean {
  const wanted = value.toLowerCase();
  if (operator === "" || operator === ":") {
    return (column, row) =>
      asText(column.cell(row)).toLowerCase().includes(wanted) || (column.show?.(row).toLowerCase().includes(wanted) ?? false);
  }
  const limit = wanted === "inf" ? Infinity : wanted === "-inf" ? -Infinity : wanted === "" ? Number.NaN : Number(wanted);
  const compare = (column: TableColumn, row: Row): { equal: boolean; order: number; is: boolean } => {
    const cell = column.cell(row);
    const number = Number.isNaN(limit) ? undefined : asNumber(cell);
    if (number !== undefined) {
      return { equal: number === limit || asText(cell) === wanted, order: number - limit || 0, is: true };
    }
    const text = asText(cell).toLowerCase();
    return { equal: text === wanted, order: text.localeCompare(wanted, "en", { numeric: true }), is: cell !== null };
  };
  switch (operator) {
    case "=":
      return (column, row) => compare(column, row).equal;
    case "!=":
      return (column, row) => !compare(column, row).equal;
    default: {
      const [below, orEqual] = [operator.startsWith("<"), operator.endsWith("=")];
      return (column, row) => {
        const { equal, order, is } = compare(column, row);
        return is && (equal ? orEqual : below ? order < 0 : order > 0);
      };
    }
  }
}

/** How long a set of runs took, for the line above them. */
export function total(rows: readonly Row[]): string {
  return seconds(rows.reduce((sum, row) => sum + lasted(row), 0));
}
