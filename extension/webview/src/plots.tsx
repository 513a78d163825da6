// Metrics as curves: of one run, or of several over one another.

import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type uPlot from "uplot";
import { coloursOf, useTheme } from "./canvas";
import { numberText } from "./cells";
import { CURVES, type Curve, type RunCurves } from "./contract";
import { aligned, type Line } from "./curves";
import type { Row } from "./model";
import { usePage } from "./page";

/** Told apart by people who see few colours, too (Okabe and Ito, the yellow left out, as it is not seen on white paper). */
export const COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#8c6d1f", "#7f7f7f"];
export const MOST_CURVES = 60;
const HEIGHT = 168;
const MOST_NAMED = 8;

export interface Drawn {
  readonly id: string;
  readonly label: string;
  readonly curves: readonly Curve[];
}

/** How curves are drawn, for all of them on the page. */
export function CurveBar() {
  const { kept, set } = usePage();
  return (
    <div class="bar">
      <label>
        over{" "}
        <select value={kept.axis} onChange={(event) => set({ axis: event.currentTarget.value === "time" ? "time" : "step" })}>
          <option value="step">steps</option>
          <option value="time">seconds</option>
        </select>
      </label>
      <label>
        <input type="checkbox" checked={kept.logarithmic} onChange={(event) => set({ logarithmic: event.currentTarget.checked })} />{" "}
        logarithmic
      </label>
      <label>
        smoothing{" "}
        <input
          type="range"
          min="0"
          max="0.98"
          step="0.02"
          value={kept.smoothing}
          onInput={(event) => set({ smoothing: Number(event.currentTarget.value) })}
        />
        <output class="muted">{kept.smoothing === 0 ? "" : kept.smoothing.toFixed(2)}</output>
      </label>
    </div>
  );
}

/** A plot a metric, with a line a run. */
export function Curves({ runs, onOpen }: { runs: readonly Drawn[]; onOpen?: (id: string) => void }) {
  const plots = useMemo(() => {
    const names = [...new Set(runs.flatMap((run) => run.curves.map((curve) => curve.name)))];
    return names.flatMap((name) => {
      const lines = runs.flatMap((run, place): (Line & { id: string; colour: string })[] =>
        run.curves
          .filter((curve) => curve.name === name)
          .map((curve) => ({ id: run.id, label: run.label, curve, colour: COLOURS[place % COLOURS.length] ?? "" })),
      );
      return lines.some(({ curve }) => curve.count > 1) ? [{ name, lines }] : [];
    });
  }, [runs]);
  return (
    <div class="plots">
      {plots.map(({ name, lines }) => (
        <Plot key={name} name={name} lines={lines} {...(onOpen === undefined ? {} : { onOpen })} />
      ))}
    </div>
  );
}

/** Curves of one run or of a few that are compared, under their head; nothing where there are none. */
export function Metrics({ runs }: { runs: readonly Drawn[] }) {
  if (!runs.some((run) => run.curves.some((curve) => curve.count > 1))) {
    return null;
  }
  return (
    <section aria-label="Metrics">
      <h3>Metrics</h3>
      <CurveBar />
      <Curves runs={runs} />
    </section>
  );
}

/** Curves of the rows that are listed, or of those of them that are selected. */
export function CurvesOf({ rows, selected }: { rows: readonly Row[]; selected: ReadonlySet<string> }) {
  const page = usePage();
  const chosen = useMemo(() => {
    const some = rows.filter(({ id }) => selected.has(id));
    return (some.length > 0 ? some : rows).slice(0, MOST_CURVES);
  }, [rows, selected]);
  const known = useRef(new Map<string, { row: Row; curves: readonly Curve[] }>());
  const [runs, setRuns] = useState<readonly Drawn[]>();
  useEffect(() => {
    let gone = false;
    const cached = known.current;
    const wanted = chosen.filter((row) => {
      const before = cached.get(row.id);
      return before === undefined || (before.row !== row && (before.row.state === "running" || row.state === "running"));
    });
    const show = () =>
      !gone && setRuns(chosen.flatMap((row) => ({ id: row.id, label: row.short, curves: cached.get(row.id)?.curves ?? [] })));
    if (wanted.length === 0) {
      show();
    } else {
      page.ask<RunCurves>(CURVES, { ids: wanted.map(({ id }) => id) }).then(
        (found) => {
          for (const { id, curves } of found.runs) {
            const row = wanted.find((one) => one.id === id);
            if (row !== undefined) {
              cached.set(id, { row, curves });
            }
          }
          show();
        },
        (error: Error) => page.say(error.message),
      );
    }
    return () => {
      gone = true;
    };
  }, [chosen]);
  const none = runs !== undefined && !runs.some((run) => run.curves.some((curve) => curve.count > 1));
  return (
    <div class="figure">
      <div class="line-up">
        <CurveBar />
        <span class="muted">
          {chosen.length}{" "}
          {chosen.some(({ id }) => selected.has(id)) ? "selected" : rows.length > chosen.length ? `of ${rows.length}` : "runs"}
        </span>
      </div>
      {none ? <p class="muted blank">These runs logged no curves: hitsave.log(step=…, loss=…) does.</p> : null}
      {runs === undefined ? null : <Curves runs={runs} onOpen={page.openRun} />}
    </div>
  );
}

function Plot({
  name,
  lines,
  onOpen,
}: {
  name: string;
  lines: readonly (Line & { id: string; colour: string })[];
  onOpen?: (id: string) => void;
}) {
  const { kept } = usePage();
  const place = useRef<HTMLDivElement>(null);
  const theme = useTheme();
  const [near, setNear] = useState("");
  const { axis, logarithmic, smoothing } = kept;
  /** Draws the curves; what it gives takes them away. */
  const draw = (Drawing: typeof uPlot, element: HTMLElement) => {
    const { faint, line } = coloursOf(element);
    const plain = aligned(lines, axis, 0);
    // What was logged stays to be seen behind what is made of it.
    const [places, ...smooth] = smoothing > 0 ? aligned(lines, axis, smoothing) : plain;
    const data: uPlot.AlignedData = smoothing > 0 ? [places, ...smooth, ...plain.slice(1)] : plain;
    const positive = plain.slice(1).every((column) => column.every((value) => value === null || value > 0));
    const drawn: uPlot.Axis = {
      stroke: faint,
      grid: { stroke: line, width: 1 },
      ticks: { show: false },
      font: `11px ${getComputedStyle(element).fontFamily}`,
    };
    const series = (of: Line & { colour: string }, alpha: number): uPlot.Series => ({
      label: of.label,
      stroke: of.colour,
      alpha,
      width: 1.5,
      points: { show: false },
      spanGaps: true,
    });
    let focused = "";
    const plot = new Drawing(
      {
        width: Math.max(200, element.clientWidth),
        height: HEIGHT,
        scales: { x: { time: false }, y: { distr: logarithmic && positive ? 3 : 1 } },
        axes: [
          { ...drawn, size: 24 },
          { ...drawn, size: 54, values: (_, splits) => splits.map((n) => (n === null ? "" : numberText(n))) },
        ],
        series: [{ label: axis }, ...lines.map((of) => series(of, 1)), ...(smoothing > 0 ? lines.map((of) => series(of, 0.22)) : [])],
        legend: { show: false },
        cursor: { y: false, focus: { prox: 14 }, points: { size: 6 } },
        focus: { alpha: 0.25 },
        hooks: {
          setSeries: [
            (_, at) => {
              const of = at === null ? undefined : lines[(at - 1) % lines.length];
              focused = of?.id ?? "";
            },
          ],
          setCursor: [
            (self) => {
              const at = self.cursor.idx;
              const of = lines.findIndex(({ id }) => id === focused);
              const value = typeof at === "number" ? self.data[of + 1]?.[at] : null;
              const x = typeof at === "number" ? self.data[0][at] : null;
              setNear(
                of < 0 || typeof value !== "number"
                  ? ""
                  : `${lines[of]?.label} ${numberText(value)} at ${axis} ${numberText(Number(x ?? 0))}`,
              );
            },
          ],
        },
      },
      data,
      element,
    );
    const observer = new ResizeObserver(() => plot.setSize({ width: Math.max(200, element.clientWidth), height: HEIGHT }));
    observer.observe(element);
    const click = () => focused !== "" && onOpen?.(focused);
    element.addEventListener("click", click);
    return () => {
      observer.disconnect();
      element.removeEventListener("click", click);
      plot.destroy();
    };
  };
  useEffect(() => {
    const element = place.current;
    let gone = false;
    let erase: (() => void) | undefined;
    // Not with the page: what draws curves begins by asking how numbers are written where one is, which takes 30 ms.
    void import("uplot").then(({ default: Drawing }) => {
      if (element !== null && !gone) {
        erase = draw(Drawing, element);
      }
    });
    return () => {
      gone = true;
      erase?.();
    };
  }, [lines, axis, logarithmic, smoothing, theme]);
  const ends = ({ label, curve }: Line) => `${label} ends at ${typeof curve.last === "number" ? numberText(curve.last) : "nan"}`;
  const told = lines.slice(0, MOST_NAMED).map(ends).join(", ");
  return (
    <figure class="plot">
      <figcaption>
        <code>{name}</code> <span class="muted">{near}</span>
      </figcaption>
      <div
        class="drawing"
        ref={place}
        role="img"
        aria-label={`${name} over ${axis}: ${told}${lines.length > MOST_NAMED ? " and more" : ""}`}
      />
      {lines.length > 1 && lines.length <= MOST_NAMED ? (
        <div class="legend">
          {lines.map(({ id, label, colour, curve }) => (
            <span key={id}>
              <Swatch colour={colour} /> {label} <span class="muted">{typeof curve.last === "number" ? numberText(curve.last) : ""}</span>
            </span>
          ))}
        </div>
      ) : null}
    </figure>
  );
}

export function Swatch({ colour }: { colour: string }) {
  return (
    <svg class="swatch" width="10" height="10" aria-hidden="true">
      <rect width="10" height="10" rx="2" fill={colour} />
    </svg>
  );
}
