// What is fetched as one scrolls: what is to come into sight soon must be here, and where it isn't, much of what lies there is fetched at once.
// A cell that comes into sight before what is in it is written twice.

/** From which place to before which one. */
export type Span = readonly [number, number];

export interface Sight {
  readonly rows: Span;
  readonly columns: Span;
}

const SOON = { rows: 60, columns: 4 };
const MORE = { rows: 300, columns: 20 };

/** What must be here, and what is fetched if it isn't; `before` is what was in sight before, `jumping` from screen to screen one sees little of each. */
export function comingIntoSight(now: Sight, before: Sight, jumping: boolean): { readonly soon: Sight; readonly more: Sight } {
  const reaching = (rows: number, columns: number): Sight => ({
    rows: stretched(now.rows, now.rows[0] < before.rows[0] ? -rows : rows),
    columns: stretched(now.columns, now.columns[0] < before.columns[0] ? -columns : columns),
  });
  return jumping
    ? { soon: now, more: reaching(SOON.rows, 0) }
    : { soon: reaching(SOON.rows, SOON.columns), more: reaching(MORE.rows, MORE.columns) };
}

/** What lies in a span, of which part may lie outside of all there is; nothing before `least`. */
export const within = <T>(all: readonly T[], [first, end]: Span, least = 0): readonly T[] =>
  all.slice(Math.max(least, first), Math.max(least, end));

export const sameSight = (one: Sight, other: Sight): boolean =>
  one.rows.every((place, n) => place === other.rows[n]) && one.columns.every((place, n) => place === other.columns[n]);

const stretched = ([first, end]: Span, by: number): Span => (by < 0 ? [first + by, end] : [first, end + by]);
