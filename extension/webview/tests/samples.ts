// Answers as a host gives them: the ones that `tests/panel` holds a real host against.

import changedAnswer from "../../../tests/panel/fixtures/changed.json";
import runAnswer from "../../../tests/panel/fixtures/run.json";
import wholeAnswer from "../../../tests/panel/fixtures/runs.json";
import type { Runs as Answer, Cell, Group, Run } from "../src/contract";
import { merged, type Row, type Runs } from "../src/model";

/** A table of four runs, what then changed in it, and one of the runs. */
export const whole = (wholeAnswer as unknown as Answer).groups[0] as Group;
export const changed = (changedAnswer as unknown as Answer).groups[0] as Group;
export const run: Run = runAnswer as Run;

export const runs: Runs = merged(undefined, whole);
/** The same with the oldest first, as tests read more easily. */
export const oldestFirst: readonly Row[] = [...runs.rows].reverse();

/** Runs with these cells. */
export function runsWith(...cells: Cell[][]): Runs {
  const base = runs.rows[0] as Row;
  return {
    ...runs,
    rows: cells.map((_, at) => ({ ...base, id: `x${at}`, short: `x${at}`, at })),
    cells: new Map(runs.columns.map(({ id }, column) => [id, cells.map((row) => row[column] ?? null)])),
  };
}
