// What a person has set on the page: kept when it is loaded again. What comes back from where it was kept is not believed.

import type { Sort } from "./rows";

export interface Kept {
  readonly filter: string;
  readonly onlyDiffering: boolean;
  readonly memo: boolean;
  /** By the function's symbol. */
  readonly sorts: Readonly<Record<string, readonly Sort[]>>;
  readonly hidden: Readonly<Record<string, readonly string[]>>;
  readonly selected: readonly string[];
  readonly open: string;
  readonly comparing: boolean;
  readonly axis: "step" | "time";
  readonly logarithmic: boolean;
  readonly smoothing: number;
}

export const BEGINNING: Kept = {
  filter: "",
  onlyDiffering: false,
  memo: false,
  sorts: {},
  hidden: {},
  selected: [],
  open: "",
  comparing: false,
  axis: "step",
  logarithmic: false,
  smoothing: 0,
};

/** The state that was kept, or as much of it as has the right form. */
export function restored(kept: unknown): Kept {
  if (typeof kept !== "object" || kept === null) {
    return BEGINNING;
  }
  const given = kept as Record<string, unknown>;
  const strings = (value: unknown): value is string[] => Array.isArray(value) && value.every((item) => typeof item === "string");
  const sorts = (value: unknown): value is Sort[] =>
    Array.isArray(value) && value.every((item) => typeof item?.id === "string" && typeof item.descending === "boolean");
  const table = <T>(value: unknown, is: (item: unknown) => item is T): Record<string, T> =>
    Object.fromEntries(
      Object.entries(typeof value === "object" && value !== null ? value : {}).filter((pair): pair is [string, T] => is(pair[1])),
    );
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
    smoothing: typeof given.smoothing === "number" && given.smoothing >= 0 && given.smoothing < 1 ? given.smoothing : 0,
    sorts: table(given.sorts, sorts),
    hidden: table(given.hidden, strings),
    selected: strings(given.selected) ? given.selected : [],
  };
}
