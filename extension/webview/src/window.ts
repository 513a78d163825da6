// Which rows and columns are in sight. Rows have one height, so for them it is arithmetic; columns are looked for by where they begin.

export const ROW = 27;
/** Of the column with the boxes by which rows are selected. */
export const BOX = 32;
const ROWS_BEYOND = 6;
const COLUMNS_BEYOND = 60;

export interface View {
  readonly top: number;
  readonly left: number;
  readonly width: number;
  readonly height: number;
}

/** Where columns begin, and behind the last one where they end; the first begins behind the box. */
export function begins(widths: readonly number[]): number[] {
  const made = [BOX];
  for (const width of widths) {
    made.push((made.at(-1) ?? 0) + width);
  }
  return made;
}

/** The first row in sight, and the first behind those in sight, with some `beyond` them. In one view they are always as many. */
export function rowsInSight({ top, height }: View, count: number, beyond = ROWS_BEYOND): readonly [number, number] {
  const most = Math.min(count, Math.ceil(height / ROW) + 1 + 2 * beyond);
  const first = Math.max(0, Math.min(Math.floor(top / ROW) - beyond, count - most));
  return [first, first + most];
}

/** The first column in sight behind the `pinned` ones, and the first behind those in sight. */
export function columnsInSight({ left, width }: View, places: readonly number[], pinned: number): readonly [number, number] {
  const count = places.length - 1;
  const from = left + (places[pinned] ?? 0) - COLUMNS_BEYOND;
  const to = left + width + COLUMNS_BEYOND;
  const first = Math.max(pinned, firstBehind(places, from) - 1);
  return [first, Math.max(first, Math.min(count, firstBehind(places, to)))];
}

/** The first place whose column begins at or behind `x`. */
function firstBehind(places: readonly number[], x: number): number {
  let [low, high] = [0, places.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((places[middle] ?? 0) < x) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

/** How far to scroll so that what lies from `begin` to `end` is in sight of a view from `from`, of `size`, of which the beginning is covered. */
export function scrolledTo(from: number, size: number, begin: number, end: number, covered = 0): number {
  return begin - covered < from ? begin - covered : end > from + size ? end - size : from;
}
