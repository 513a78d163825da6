// Metrics as curves: of one run, or of several over one another.

import { useEffect, useRef, useState } from "preact/hooks";
import uPlot from "uplot";
import { numberText } from "./cells";
import type { Run } from "./contract";
import { aligned, type Line } from "./curves";
import { usePage } from "./page";

/** Told apart by people who see few colours, too (Okabe and Ito). */
export const COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#8c6d1f", "#7f7f7f"];
const LINE: uPlot.Series.Points = { show: false };

export function Plots({ runs, labels }: { runs: readonly Run[]; labels: readonly string[] }) {
  const { kept, set } = usePage();
  const names = [...new Set(runs.flatMap((run) => run.curves.map((curve) => curve.name)))];
  const longer = names.filter((name) => runs.some((run) => run.curves.some((curve) => curve.name === name && curve.count > 1)));
  if (longer.length === 0) {
    return null;
  }
  return (
    <section class="plots" aria-label="Metrics">
      <h3>Metrics</h3>
      <div class="bar">
        <label>
          over{" "}
          <select value={kept.axis} onChange={(event) => set({ axis: event.currentTarget.value === "time" ? "time" : "step" })}>
            <option value="step">steps</option>
            <option value="time">time</option>
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
            max="0.95"
            step="0.05"
            value={kept.smoothing}
            onInput={(event) => set({ smoothing: Number(event.currentTarget.value) })}
          />
        </label>
      </div>
      {longer.map((name) => (
        <Plot
          key={name}
          name={name}
          lines={runs.flatMap((run, place) =>
            run.curves.filter((c) => c.name === name).map((curve) => ({ label: labels[place] ?? "", curve })),
          )}
        />
      ))}
    </section>
  );
}

function Plot({ name, lines }: { name: string; lines: readonly Line[] }) {
  const { kept } = usePage();
  const place = useRef<HTMLDivElement>(null);
  const theme = useTheme();
  const { axis, logarithmic, smoothing } = kept;
  useEffect(() => {
    const element = place.current;
    if (element === null) {
      return;
    }
    const style = getComputedStyle(element);
    const [ink, grid] = [style.color, style.borderTopColor]; // as a border, because a canvas knows no variables
    const data = aligned(lines, axis, smoothing);
    const positive = data.slice(1).every((column) => column.every((value) => value === null || value > 0));
    const drawn: uPlot.Axis = {
      stroke: ink,
      grid: { stroke: grid, width: 1 },
      ticks: { stroke: grid, width: 1 },
      font: `11px ${style.fontFamily}`,
    };
    const plot = new uPlot(
      {
        width: Math.max(200, element.clientWidth),
        height: 170,
        scales: { x: { time: false }, y: { distr: logarithmic && positive ? 3 : 1 } },
        axes: [drawn, { ...drawn, size: 58, values: (_, splits) => splits.map((n) => (n === null ? "" : numberText(n))) }],
        series: [
          { label: axis },
          ...lines.map(
            ({ label }, n): uPlot.Series => ({
              label,
              stroke: COLOURS[n % COLOURS.length] ?? ink,
              width: 1.5,
              points: LINE,
              spanGaps: true,
            }),
          ),
        ],
        legend: { show: lines.length > 1 },
        cursor: { y: false },
      },
      data,
      element,
    );
    const observer = new ResizeObserver(() => plot.setSize({ width: Math.max(200, element.clientWidth), height: 170 }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      plot.destroy();
    };
  }, [lines, axis, logarithmic, smoothing, theme]);
  const told = lines
    .map(({ label, curve }) => `${label} ends at ${typeof curve.last === "number" ? numberText(curve.last) : "nan"}`)
    .join(", ");
  return (
    <figure class="plot" data-theme={theme}>
      <figcaption>{name}</figcaption>
      <div class="drawing" ref={place} role="img" aria-label={`${name} over ${axis}: ${told}`} />
    </figure>
  );
}

/** Changes when the colours do: the editor sets a class, a browser follows the system. */
function useTheme(): string {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const now = () => `${document.body.className} ${dark.matches}`;
  const [theme, setTheme] = useState(now);
  useEffect(() => {
    const look = () => setTheme(now());
    const observer = new MutationObserver(look);
    observer.observe(document.body, { attributes: true, attributeFilter: ["class"] });
    dark.addEventListener("change", look);
    return () => {
      observer.disconnect();
      dark.removeEventListener("change", look);
    };
  });
  return theme;
}
