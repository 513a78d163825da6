// Points and lines of the two plots of many runs: what stands where, without a canvas.

import { asNumber, asText, numberText } from "./cells";
import { differs, type TableColumn } from "./columns";
import type { Row } from "./model";
import { filterName, quoted } from "./rows";

/** An axis: from a column's cells to places from 0 to 1. Numbers lie where they lie, anything else at equal distances. */
export interface Scale {
  readonly column: TableColumn;
  readonly numeric: boolean;
  readonly logarithmic: boolean;
  readonly least: number;
  readonly most: number;
  readonly names: readonly string[];
  /** Where a row lies; undefined for one that has nothing there. */
  at(row: Row): number | undefined;
  /** The number at a place. */
  number(at: number): number;
  readonly ticks: readonly { readonly at: number; readonly label: string }[];
}

const MOST_NAMES = 60;

export function scaleOf(column: TableColumn, rows: readonly Row[], wide = 5): Scale | undefined {
  const cells = rows.map((row) => column.cell(row));
  let [least, most, numbers, filled] = [Infinity, -Infinity, 0, 0];
  let positive = true;
  for (const cell of cells) {
    const number = asNumber(cell);
    filled += cell === null ? 0 : 1;
    if (number !== undefined) {
      numbers++;
      if (Number.isFinite(number)) {
        least = Math.min(least, number);
        most = Math.max(most, number);
        positive &&= number > 0;
      }
    }
  }
  if (filled === 0) {
    return undefined;
  }
  if (numbers * 2 >= filled && least <= most) {
    const logarithmic = positive && most / least >= 100;
    const of = logarithmic ? Math.log : (x: number) => x;
    const back = logarithmic ? Math.exp : (x: number) => x;
    const [low, high] = least === most ? [of(least) - 0.5, of(most) + 0.5] : [of(least), of(most)];
    const place = (x: number) => (of(x) - low) / (high - low);
    return {
      column,
      numeric: true,
      logarithmic,
      least,
      most,
      names: [],
      at: (row) => {
        const number = asNumber(column.cell(row));
        return number === undefined || !Number.isFinite(number) ? undefined : place(number);
      },
      number: (at) => back(low + at * (high - low)),
      ticks: (logarithmic ? logarithmicTicks(least, most) : ticksOf(least, most, wide))
        .map((x) => ({ at: place(x), label: labelOf(column, x) }))
        .filter(({ at }) => at >= -1e-9 && at <= 1 + 1e-9),
    };
  }
  const names = [...new Set(cells.filter((cell) => cell !== null).map(asText))].sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
  if (names.length > MOST_NAMES) {
    return undefined;
  }
  const places = new Map(names.map((name, n) => [name, names.length === 1 ? 0.5 : n / (names.length - 1)]));
  return {
    column,
    numeric: false,
    logarithmic: false,
    least: 0,
    most: 1,
    names,
    at: (row) => (column.cell(row) === null ? undefined : places.get(asText(column.cell(row)))),
    number: (at) => at,
    ticks: names.map((name, n) => ({ at: names.length === 1 ? 0.5 : n / (names.length - 1), label: name })),
  };
}

const labelOf = (column: TableColumn, value: number): string =>
  column.id === "started" ? new Date(value).toISOString().slice(5, 16).replace("T", " ") : numberText(value);

/** Round numbers from `least` to `most`, about `count` of them. */
export function ticksOf(least: number, most: number, count: number): number[] {
  if (least === most) {
    return [least];
  }
  const raw = (most - least) / count;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = ([1, 2, 5, 10].find((n) => n * power >= raw) ?? 10) * power;
  const made: number[] = [];
  for (let n = Math.ceil(least / step - 1e-9); n * step <= most + step * 1e-9 && made.length < 50; n++) {
    made.push(Number((n * step).toPrecision(12)));
  }
  return made;
}

function logarithmicTicks(least: number, most: number): number[] {
  const made: number[] = [];
  for (let power = Math.floor(Math.log10(least)); power <= Math.ceil(Math.log10(most)) && made.length < 40; power++) {
    made.push(10 ** power);
  }
  const every = Math.ceil(made.length / 8);
  return made.filter((_, n) => n % every === 0);
}

/** Columns that can be drawn: not all rows have the same in them. */
export function drawable(columns: readonly TableColumn[], rows: readonly Row[]): TableColumn[] {
  return columns.filter((column) => column.id !== "id" && column.id !== "note" && differs(column, rows));
}

/** The parameters that differ, and what came of them: what a sweep is about. */
export function suggested(
  columns: readonly TableColumn[],
  rows: readonly Row[],
): { axes: TableColumn[]; x: TableColumn | undefined; y: TableColumn | undefined; colour: TableColumn | undefined } {
  const able = drawable(columns, rows);
  const plain = (column: TableColumn) => !column.here || scaleOf(column, rows) !== undefined;
  const numeric = (column: TableColumn) => column.here && scaleOf(column, rows)?.numeric === true;
  const parameters = able.filter((column) => column.kind === "argument").filter(plain);
  const gained = able
    .filter(({ kind, title }) => (kind === "metric" || kind === "result") && !/\((min|max)\)$/.test(title))
    .filter(numeric);
  // A metric that a result repeats is one axis.
  const named = new Set<string>();
  const outcomes = gained.filter(({ title }) => !named.has(title) && named.add(title));
  const facts = able.filter(({ id }) => id === "duration");
  const [x] = [...parameters.filter(numeric), ...parameters, ...facts];
  const colour = rows.every(({ state }) => state === rows[0]?.state) ? parameters.find((column) => column !== x) : undefined;
  const [y] = [...outcomes, ...facts, ...parameters.filter((column) => column !== x)];
  const axes = [...parameters.slice(0, 6), ...outcomes.slice(0, 2).reverse()];
  return { axes: axes.length >= 2 ? axes : [...axes, ...facts], x, y, colour };
}

/** What a brush from `low` to `high` asks of an axis. */
export function brushTerms(scale: Scale, low: number, high: number): string[] {
  const name = filterName(scale.column);
  if (!scale.numeric) {
    const names = scale.names.filter((_, n) => {
      const at = scale.names.length === 1 ? 0.5 : n / (scale.names.length - 1);
      return at >= low && at <= high;
    });
    return names.length === 0 ? [] : [`${name}=${names.map(quoted).join("|")}`];
  }
  const number = (at: number) => String(Number(scale.number(at).toPrecision(4)));
  return [...(low > 0.001 ? [`${name}>=${number(low)}`] : []), ...(high < 0.999 ? [`${name}<=${number(high)}`] : [])];
}

/** Colours from low to high that also people who see few of them can order (viridis, without its palest end). */
const RAMP = ["#440154", "#46327e", "#365c8d", "#277f8e", "#1fa187", "#4ac16d", "#a0da39", "#d8d02a"].map((hex) =>
  [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)),
);

/** Whether the paper is dark: as the editor says by a class, else as the system does. */
export function isDark(classes: string, system: boolean): boolean {
  const known = new Set(classes.split(" "));
  const dark = known.has("vscode-dark") || (known.has("vscode-high-contrast") && !known.has("vscode-high-contrast-light"));
  return dark || (system && !known.has("vscode-light") && !known.has("vscode-high-contrast-light"));
}

/** What is written beside the colours from low to high; where all have the same, that alone. */
export function rampLabels({ least, most, ticks }: Scale): readonly string[] {
  const [low = "", high = ""] = [ticks.at(0)?.label, ticks.at(-1)?.label];
  return least === most ? [low] : [low, high];
}

export function rampColour(at: number, dark = false): string {
  // On dark paper the darkest ones would not be seen.
  const place = Math.max(0, Math.min(1, dark ? 0.25 + 0.75 * at : 0.9 * at)) * (RAMP.length - 1);
  const [low, high] = [RAMP[Math.floor(place)] ?? [0, 0, 0], RAMP[Math.ceil(place)] ?? [0, 0, 0]];
  const mixed = low.map((from, n) => Math.round(from + ((high[n] ?? 0) - from) * (place % 1)));
  return `rgb(${mixed.join(" ")})`;
}
