// One column against another, a point a run.

import { useEffect, useMemo, useState } from "preact/hooks";
import { Canvas } from "./canvas";
import { asText } from "./cells";
import { lackingOf, type TableColumn } from "./columns";
import { isDark, rampColour, rampLabels, type Scale, scaleOf, suggested } from "./figures";
import type { Row } from "./model";
import { usePage } from "./page";
import { COLOURS } from "./plots";

const MOST_POINTS = 20_000;
const NEAR = 10;
const EDGE = { left: 62, right: 16, top: 10, bottom: 34 };

export interface ScatterProps {
  readonly columns: readonly TableColumn[];
  /** What can be chosen for an axis. */
  readonly able: readonly TableColumn[];
  readonly rows: readonly Row[];
  readonly selected: ReadonlySet<string>;
  readonly open: string;
  readonly x: string;
  readonly y: string;
  readonly colour: string;
  onSet(change: { x?: string; y?: string; colour?: string }): void;
  need(ids: readonly string[]): void;
}

/** As a colour: that of each run's state. */
const STATE = "state";

export function Scatter({ columns, able, rows, selected, open, x, y, colour, onSet, need }: ScatterProps) {
  const page = usePage();
  const [near, setNear] = useState<Row>();
  const found = useMemo(() => suggested(columns, rows), [columns, rows]);
  const column = (id: string, otherwise?: TableColumn) => columns.find((one) => one.id === id) ?? otherwise;
  const chosen = { x: column(x, found.x), y: column(y, found.y), colour: colour === STATE ? undefined : column(colour, found.colour) };
  const missing = useMemo(
    () =>
      lackingOf(
        [chosen.x, chosen.y, chosen.colour].flatMap((one) => one ?? []),
        rows,
      ),
    [chosen.x, chosen.y, chosen.colour, rows],
  );
  useEffect(() => need(missing), [missing.join(" ")]);
  const drawn = useMemo(() => rows.slice(0, MOST_POINTS), [rows]);
  const scales = useMemo(
    () => [chosen.x, chosen.y, chosen.colour].map((one) => (one === undefined ? undefined : scaleOf(one, drawn))),
    [chosen.x, chosen.y, chosen.colour, drawn],
  );
  const [across, up, ramp] = scales;
  const points = useMemo(() => {
    const made: { row: Row; x: number; y: number }[] = [];
    for (const row of drawn) {
      const [atX, atY] = [across?.at(row), up?.at(row)];
      if (atX !== undefined && atY !== undefined) {
        made.push({ row, x: atX, y: atY });
      }
    }
    return made;
  }, [drawn, across, up]);
  const [box, setBox] = useState({ width: 1, height: 1 });
  const placed = ({ x: atX, y: atY }: { x: number; y: number }): readonly [number, number] => [
    EDGE.left + 8 + atX * (box.width - EDGE.left - EDGE.right - 16),
    box.height - EDGE.bottom - 8 - atY * (box.height - EDGE.top - EDGE.bottom - 16),
  ];
  const nearest = (px: number, py: number) => {
    let [best, distance]: [Row | undefined, number] = [undefined, NEAR * NEAR];
    for (const point of points) {
      const [qx, qy] = placed(point);
      const to = (qx - px) ** 2 + (qy - py) ** 2;
      if (to < distance) {
        [best, distance] = [point.row, to];
      }
    }
    return best;
  };
  const choice = (label: string, key: "x" | "y" | "colour", now?: TableColumn) => (
    <label>
      {label}{" "}
      <select value={now?.id ?? STATE} onChange={(event) => onSet({ [key]: event.currentTarget.value })}>
        {key === "colour" ? <option value={STATE}>state</option> : null}
        {able.map((one) => (
          <option key={one.id} value={one.id}>
            {one.title}
            {one.kind === "fact" ? "" : ` (${one.kind})`}
          </option>
        ))}
      </select>
    </label>
  );
  const told = near === undefined ? undefined : points.find(({ row }) => row === near);
  const [tipX, tipY] = told === undefined ? [0, 0] : placed(told);
  const tip = (one: TableColumn | undefined) =>
    one === undefined || near === undefined ? null : (
      <div key={one.id}>
        <span class="muted">{one.title}</span> {one.show?.(near) ?? asText(one.cell(near))}
      </div>
    );
  return (
    <div class="figure">
      <div class="bar">
        {choice("across", "x", chosen.x)}
        {choice("up", "y", chosen.y)}
        {choice("colour", "colour", chosen.colour)}
        {rows.length > drawn.length ? <span class="muted">the first {MOST_POINTS.toLocaleString("en")} runs</span> : null}
        {ramp?.numeric ? <Ramp scale={ramp} /> : null}
      </div>
      {points.length === 0 ? (
        <p class="muted blank">No run has a value in both columns.</p>
      ) : (
        <div class="place">
          <Canvas
            label={`${chosen.y?.title} against ${chosen.x?.title}, ${points.length} runs`}
            of={[points, near, selected, open, ramp]}
            draw={(ink) => {
              const { context, width, height } = ink;
              if (width !== box.width || height !== box.height) {
                setBox({ width, height });
              }
              const at = (point: { x: number; y: number }) =>
                [
                  EDGE.left + 8 + point.x * (width - EDGE.left - EDGE.right - 16),
                  height - EDGE.bottom - 8 - point.y * (height - EDGE.top - EDGE.bottom - 16),
                ] as const;
              context.font = `11px ${getComputedStyle(context.canvas).fontFamily}`;
              context.fillStyle = ink.faint;
              context.strokeStyle = ink.line;
              context.textAlign = "center";
              for (const tick of across?.ticks ?? []) {
                const [px] = at({ x: tick.at, y: 0 });
                line(context, px, EDGE.top, px, height - EDGE.bottom);
                context.fillText(shortened(tick.label), px, height - EDGE.bottom + 14);
              }
              context.textAlign = "right";
              for (const tick of up?.ticks ?? []) {
                const [, py] = at({ x: 0, y: tick.at });
                line(context, EDGE.left, py, width - EDGE.right, py);
                context.fillText(shortened(tick.label), EDGE.left - 6, py + 4);
              }
              context.fillText(`${chosen.x?.title ?? ""} →`, width - EDGE.right, height - 5);
              for (const { row, ...point } of points) {
                const [px, py] = at(point);
                const shade = ramp?.at(row);
                context.globalAlpha = selected.size > 0 && !selected.has(row.id) ? 0.25 : 0.85;
                context.fillStyle =
                  ramp === undefined
                    ? row.state === "failed"
                      ? "#d55e00"
                      : row.state === "running"
                        ? "#e69f00"
                        : ink.mark
                    : shade === undefined
                      ? ink.faint
                      : ramp.numeric
                        ? rampColour(shade, ink.dark)
                        : (COLOURS[Math.round(shade * (ramp.names.length - 1)) % COLOURS.length] ?? ink.mark);
                context.beginPath();
                context.arc(px, py, row === near || row.id === open ? 6 : points.length > 2000 ? 2 : 4, 0, 7);
                context.fill();
                if (row === near || row.id === open) {
                  context.globalAlpha = 1;
                  context.strokeStyle = ink.ink;
                  context.lineWidth = 1.5;
                  context.stroke();
                  context.lineWidth = 1;
                }
              }
              context.globalAlpha = 1;
            }}
            onPointerMove={(px, py) => setNear(nearest(px, py))}
            onPointerLeave={() => setNear(undefined)}
            onPointerUp={(px, py) => {
              const row = nearest(px, py);
              if (row !== undefined) {
                page.openRun(row.id);
              }
            }}
          />
          {near === undefined ? null : (
            <div class="tip" style={{ left: `${Math.min(tipX + 12, box.width - 180)}px`, top: `${Math.max(0, tipY - 20)}px` }}>
              <code>{near.short}</code>
              {tip(chosen.x)}
              {tip(chosen.y)}
              {tip(chosen.colour)}
            </div>
          )}
        </div>
      )}
    </div>
  );
}

export function line(context: CanvasRenderingContext2D, x: number, y: number, toX: number, toY: number): void {
  context.beginPath();
  context.moveTo(Math.round(x) + 0.5, Math.round(y) + 0.5);
  context.lineTo(Math.round(toX) + 0.5, Math.round(toY) + 0.5);
  context.stroke();
}

export const shortened = (text: string, most = 10): string => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

/** What the colours from low to high stand for. */
export function Ramp({ scale }: { scale: Scale }) {
  const dark = isDark(document.body.className, matchMedia("(prefers-color-scheme: dark)").matches);
  const [low = "", high] = rampLabels(scale);
  const count = high === undefined ? 1 : 16;
  return (
    <span class="ramp">
      <span class="muted">{high === undefined ? `all ${low}` : low}</span>
      <svg
        width={count * 5}
        height="8"
        role="img"
        aria-label={high === undefined ? `the colour of ${low}` : `colours from ${low} to ${high}`}
      >
        {Array.from({ length: count }, (_, n) => (
          <rect key={n} x={n * 5} width="5" height="8" fill={rampColour(high === undefined ? 0.5 : n / 15, dark)} />
        ))}
      </svg>
      {high === undefined ? null : <span class="muted">{high}</span>}
    </span>
  );
}
