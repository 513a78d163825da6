// What stands in a cell: how it reads, how it sorts, and whether two are the same.

import type { Cell } from "./contract";

/** The number that a cell is, if it is one. */
export function asNumber(cell: Cell): number | undefined {
  if (typeof cell === "number") {
    return cell;
  }
  if (typeof cell === "object" && cell !== null && "number" in cell) {
    return cell.number === "nan" ? Number.NaN : cell.number === "inf" ? Infinity : cell.number === "-inf" ? -Infinity : Number(cell.number);
  }
  return undefined;
}

/** A cell as a person reads it; "" of an empty one. */
export function asText(cell: Cell): string {
  if (cell === null) {
    return "";
  }
  if (typeof cell === "object") {
    return "number" in cell ? cell.number : cell.shown;
  }
  return typeof cell === "number" ? numberText(cell) : typeof cell === "boolean" ? (cell ? "True" : "False") : cell;
}

/** A number in at most six digits, so that a column of them can be compared at a glance. */
export function numberText(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e9) {
    return String(value);
  }
  if (!Number.isFinite(value)) {
    return Number.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
  }
  return String(Number(value.toPrecision(6)));
}

/** The order of two cells: numbers, then texts, then the rest; what is empty or no number comes last whichever way one sorts. */
export function compareCells(a: Cell, b: Cell, descending = false): number {
  const [left, right] = [rank(a), rank(b)];
  if (left !== right) {
    return left === LAST || right === LAST ? left - right : (left - right) * (descending ? -1 : 1);
  }
  if (left === LAST) {
    return 0;
  }
  const [one, other] = [asNumber(a), asNumber(b)];
  const order = one !== undefined && other !== undefined ? one - other || 0 : inOrder(asText(a), asText(b));
  return descending ? -order : order;
}

/** Whether two cells hold the same, types included. */
export function same(a: Cell, b: Cell): boolean {
  return Object.is(a, b) || (typeof a === "object" && typeof b === "object" && a !== null && b !== null && asText(a) === asText(b));
}

export function seconds(value: number): string {
  if (value < 1e-3) {
    return `${Math.round(value * 1e6)} µs`;
  }
  if (value < 1) {
    return `${Number((value * 1e3).toPrecision(3))} ms`;
  }
  if (value < 60) {
    return `${Number(value.toPrecision(3))} s`;
  }
  const minutes = Math.round(value / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

export function bytes(value: number): string {
  let rest = value;
  for (const unit of ["B", "KB", "MB", "GB"]) {
    if (rest < 1000) {
      return `${Number(rest.toPrecision(3))} ${unit}`;
    }
    rest /= 1000;
  }
  return `${Number(rest.toPrecision(3))} TB`;
}

/** When, as short as it can be said: the time of today, else the date. */
export function moment(milliseconds: number, now = Date.now()): string {
  const then = new Date(milliseconds);
  const two = (n: number) => String(n).padStart(2, "0");
  const date = `${then.getFullYear()}-${two(then.getMonth() + 1)}-${two(then.getDate())}`;
  const time = `${two(then.getHours())}:${two(then.getMinutes())}:${two(then.getSeconds())}`;
  return new Date(now).toDateString() === then.toDateString() ? time : `${date} ${time.slice(0, 5)}`;
}

const LAST = 3;
/** Made when something is sorted: a page that opens has no time for it. */
let collator: Intl.Collator | undefined;
const inOrder = (one: string, other: string): number => {
  collator ??= new Intl.Collator("en", { numeric: true });
  return collator.compare(one, other);
};

function rank(cell: Cell): number {
  const number = asNumber(cell);
  if (cell === null || Number.isNaN(number)) {
    return LAST;
  }
  return number !== undefined || typeof cell === "boolean" ? 0 : typeof cell === "string" ? 1 : 2;
}
