// Metrics of several runs as one set of curves over a shared axis.

import type { Curve } from "./contract";

export interface Line {
  readonly label: string;
  readonly curve: Curve;
}

/** The values of all lines at every place that any has, in order: the form that the plot takes. Places and values that are not finite are left out. */
export function aligned(lines: readonly Line[], axis: "step" | "time", smoothing: number): [number[], ...(number | null)[][]] {
  const columns = lines.map(({ curve }) => {
    const at = new Map<number, number>();
    const values = smoothed(curve.values, smoothing);
    values.forEach((value, place) => {
      const x = axis === "time" ? curve.times[place] : (curve.steps[place] ?? undefined);
      if (value !== null && x !== undefined && Number.isFinite(x)) {
        at.set(x, value);
      }
    });
    return at;
  });
  const places = [...new Set(columns.flatMap((column) => [...column.keys()]))].sort((a, b) => a - b);
  return [places, ...columns.map((column) => places.map((x) => column.get(x) ?? null))];
}

/** An exponential moving average, without the pull of its beginning towards zero; `smoothing` from 0 (none) to below 1. */
export function smoothed(values: readonly (number | null)[], smoothing: number): (number | null)[] {
  if (smoothing <= 0) {
    return [...values];
  }
  let [sum, weight] = [0, 0];
  return values.map((value) => {
    if (value === null) {
      return null;
    }
    sum = smoothing * sum + (1 - smoothing) * value;
    weight = smoothing * weight + (1 - smoothing);
    return sum / weight;
  });
}
