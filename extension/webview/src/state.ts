// What a person has set on the page: kept for the project. What comes back from where it was kept is not believed.

import { type Arrangement, NATURAL } from "./columns";
import type { Sort } from "./rows";

export type PlotKind = "" | "curves" | "scatter" | "parallel";

/** Of one function. */
export interface OfFunction extends Arrangement {
  readonly filter: string;
  readonly sorts: readonly Sort[];
  readonly groupBy: readonly string[];
  /** Of the scatter plot: columns' IDs, "" for what suggests itself. */
  readonly x: string;
  readonly y: string;
  readonly colour: string;
  /** Of the parallel coordinates; empty for what suggests itself. */
  readonly axes: readonly string[];
}

export interface Kept {
  readonly onlyDiffering: boolean;
  readonly memo: boolean;
  /** The function that is shown; "" for the one that ran last. */
  readonly symbol: string;
  readonly functions: Readonly<Record<string, OfFunction>>;
  readonly selected: readonly string[];
  readonly open: string;
  readonly comparing: boolean;
  readonly plot: PlotKind;
  readonly axis: "step" | "time";
  readonly logarithmic: boolean;
  readonly smoothing: number;
  /** In pixels. */
  readonly beside: number;
  readonly above: number;
}

export const UNTOUCHED: OfFunction = { ...NATURAL, filter: "", sorts: [], groupBy: [], x: "", y: "", colour: "", axes: [] };

export const BEGINNING: Kept = {
  onlyDiffering: false,
  memo: false,
  symbol: "",
  functions: {},
  selected: [],
  open: "",
  comparing: false,
  plot: "",
  axis: "step",
  logarithmic: false,
  smoothing: 0,
  beside: 560,
  above: 280,
};

export const ofFunction = (kept: Kept, symbol: string): OfFunction =>
  Object.hasOwn(kept.functions, symbol) ? (kept.functions[symbol] ?? UNTOUCHED) : UNTOUCHED;

/** The state that was kept, or as much of it as has the right form. */
export function restored(kept: unknown): Kept {
  const given = table(kept);
  const plain = Object.fromEntries(
    Object.entries(BEGINNING).map(([key, first]) => [
      key,
      typeof given[key] === typeof first && typeof first !== "object" ? given[key] : first,
    ]),
  );
  return {
    ...BEGINNING,
    ...plain,
    axis: given.axis === "time" ? "time" : "step",
    plot: (["curves", "scatter", "parallel"] as const).find((kind) => kind === given.plot) ?? "",
    smoothing: between(given.smoothing, 0, 0.99, 0),
    beside: between(given.beside, 280, 3000, BEGINNING.beside),
    above: between(given.above, 120, 2000, BEGINNING.above),
    functions: Object.fromEntries(Object.entries(table(given.functions)).map(([symbol, of]) => [symbol, ofOne(table(of))])),
    selected: strings(given.selected),
  };
}

function ofOne(given: Record<string, unknown>): OfFunction {
  const text = (value: unknown) => (typeof value === "string" ? value : "");
  const widths = Object.entries(table(given.widths)).filter((pair): pair is [string, number] => between(pair[1], 30, 2000, 0) > 0);
  const sorts = Array.isArray(given.sorts)
    ? given.sorts.filter((item): item is Sort => typeof item?.id === "string" && typeof item.descending === "boolean")
    : [];
  return {
    hidden: strings(given.hidden),
    order: strings(given.order),
    pinned: strings(given.pinned),
    groupBy: strings(given.groupBy),
    axes: strings(given.axes),
    widths: Object.fromEntries(widths),
    sorts,
    filter: text(given.filter),
    x: text(given.x),
    y: text(given.y),
    colour: text(given.colour),
  };
}

const table = (value: unknown): Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
const strings = (value: unknown): string[] => (Array.isArray(value) && value.every((item) => typeof item === "string") ? value : []);
const between = (value: unknown, least: number, most: number, otherwise: number): number =>
  typeof value === "number" && value >= least && value <= most ? value : otherwise;
