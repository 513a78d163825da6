// Parallel coordinates: an axis a column, a line a run. What is brushed on an axis becomes a term of the filter, so that the table and everything else follows it.

import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { Canvas, type Ink } from "./canvas";
import { asText } from "./cells";
import { lackingOf, type TableColumn } from "./columns";
import { Drop } from "./drop";
import { brushTerms, rampColour, type Scale, scaleOf, suggested } from "./figures";
import type { Row } from "./model";
import { usePage } from "./page";
import { rangeOf, replaced, type Term } from "./rows";
import { line, Ramp, shortened } from "./scatter";
import type { OfFunction } from "./state";

const MOST_LINES = 2_000;
const EDGE = { side: 70, top: 30, bottom: 16 };
const NEAR = 7;

export interface ParallelProps {
  readonly columns: readonly TableColumn[];
  readonly able: readonly TableColumn[];
  /** Those that pass the filter, in front, and all others behind them. */
  readonly rows: readonly Row[];
  readonly all: readonly Row[];
  readonly terms: readonly (readonly Term[])[];
  readonly selected: ReadonlySet<string>;
  readonly open: string;
  readonly of: OfFunction;
  onOf(change: Partial<OfFunction>): void;
  need(ids: readonly string[]): void;
}

interface Brush {
  readonly axis: number;
  readonly from: number;
  readonly to: number;
}

export function Parallel({ columns, able, rows, all, terms, selected, open, of, onOf, need }: ParallelProps) {
  const page = usePage();
  const { axes, filter } = of;
  const [near, setNear] = useState<Row>();
  const [brush, setBrush] = useState<Brush>();
  const pressed = useRef<Brush>();
  const box = useRef({ width: 1, height: 1 });
  const chosen = useMemo(() => {
    const named = axes.flatMap((id) => columns.find((column) => column.id === id) ?? []);
    return named.length >= 2 ? named : suggested(columns, all).axes;
  }, [axes, columns, all]);
  const missing = useMemo(() => lackingOf(chosen, all), [chosen, all]);
  useEffect(() => need(missing), [missing.join(" ")]);
  const behind = useMemo(() => all.slice(0, MOST_LINES), [all]);
  const scales = useMemo(() => chosen.flatMap((column) => scaleOf(column, behind) ?? []), [chosen, behind]);
  const inFront = useMemo(() => rows.slice(0, MOST_LINES), [rows]);
  const ramp = scales.findLast(({ numeric }) => numeric);

  const xOf = (axis: number, width: number) => EDGE.side + (axis * (width - 2 * EDGE.side)) / Math.max(1, scales.length - 1);
  const yOf = (at: number, height: number) => height - EDGE.bottom - at * (height - EDGE.top - EDGE.bottom);
  const atOf = (y: number) =>
    Math.max(0, Math.min(1, (box.current.height - EDGE.bottom - y) / (box.current.height - EDGE.top - EDGE.bottom)));
  const axisNear = (x: number) => scales.findIndex((_, axis) => Math.abs(xOf(axis, box.current.width) - x) < 14);

  const asked = (scale: Scale): readonly [number, number] | undefined => {
    const range = terms.length === 1 && scale.numeric ? rangeOf(terms[0] ?? [], columns, scale.column) : undefined;
    if (range === undefined) {
      return undefined;
    }
    const place = (value: number, otherwise: number) => {
      const of = scale.logarithmic ? Math.log : (x: number) => x;
      return Number.isFinite(value) ? (of(value) - of(scale.number(0))) / (of(scale.number(1)) - of(scale.number(0))) : otherwise;
    };
    return [Math.max(0, place(range[0], 0)), Math.min(1, place(range[1], 1))];
  };
  const apply = ({ axis, from, to }: Brush) => {
    const scale = scales[axis];
    if (scale === undefined) {
      return;
    }
    const [low, high] = [Math.min(from, to), Math.max(from, to)];
    const { column } = scale;
    onOf({ filter: replaced(filter, columns, column, high - low < 0.01 ? [] : brushTerms(scale, low, high)) });
  };

  /** The points of one run; where it has nothing on an axis, its line is broken. */
  const path = (context: CanvasRenderingContext2D, row: Row, width: number, height: number) => {
    let drawing = false;
    context.beginPath();
    scales.forEach((scale, axis) => {
      const at = scale.at(row);
      if (at === undefined) {
        drawing = false;
        return;
      }
      const [x, y] = [xOf(axis, width), yOf(at, height)];
      if (drawing) {
        const before = xOf(axis - 1, width);
        const middle = (before + x) / 2;
        const from = yOf(scales[axis - 1]?.at(row) ?? at, height);
        context.bezierCurveTo(middle, from, middle, y, x, y);
      } else {
        context.moveTo(x, y);
      }
      drawing = true;
    });
    context.stroke();
  };
  const draw = ({ context, width, height, ...ink }: Ink) => {
    box.current = { width, height };
    context.font = `11px ${getComputedStyle(context.canvas).fontFamily}`;
    context.strokeStyle = ink.line;
    context.globalAlpha = 0.5;
    const front = new Set(inFront.map(({ id }) => id));
    for (const row of behind) {
      if (!front.has(row.id)) {
        path(context, row, width, height);
      }
    }
    const emphasised = selected.size > 0 ? selected : undefined;
    for (const row of inFront) {
      const shade = ramp?.at(row);
      context.strokeStyle = shade === undefined ? ink.faint : rampColour(shade, ink.dark);
      context.globalAlpha = emphasised !== undefined && !emphasised.has(row.id) ? 0.15 : inFront.length > 300 ? 0.4 : 0.8;
      context.lineWidth = 1.4;
      path(context, row, width, height);
    }
    context.globalAlpha = 1;
    for (const row of [near, inFront.find(({ id }) => id === open)]) {
      if (row !== undefined) {
        context.strokeStyle = ink.ink;
        context.lineWidth = 2.5;
        path(context, row, width, height);
      }
    }
    context.lineWidth = 1;
    scales.forEach((scale, axis) => {
      const x = xOf(axis, width);
      context.strokeStyle = ink.faint;
      line(context, x, EDGE.top, x, height - EDGE.bottom);
      context.fillStyle = ink.ink;
      context.textAlign = "center";
      context.fillText(
        shortened(scale.column.title, Math.max(8, Math.floor((width - 2 * EDGE.side) / Math.max(1, scales.length - 1) / 7))),
        x,
        14,
      );
      context.fillStyle = ink.faint;
      context.textAlign = axis === scales.length - 1 ? "left" : "right";
      for (const tick of scale.ticks) {
        const y = yOf(tick.at, height);
        line(context, x - 3, y, x + 3, y);
        haloed(context, shortened(tick.label), x + (axis === scales.length - 1 ? 7 : -7), y + 4, ink.paper);
      }
      const range = brush?.axis === axis ? ([Math.min(brush.from, brush.to), Math.max(brush.from, brush.to)] as const) : asked(scale);
      if (range !== undefined) {
        const [top, bottom] = [yOf(range[1], height), yOf(range[0], height)];
        context.fillStyle = ink.mark;
        context.globalAlpha = 0.3;
        context.fillRect(x - 6, top, 12, bottom - top);
        context.globalAlpha = 1;
        context.strokeStyle = ink.mark;
        context.strokeRect(x - 6, top, 12, bottom - top);
      }
    });
  };
  const nearest = (px: number, py: number): Row | undefined => {
    const { width, height } = box.current;
    let [best, distance]: [Row | undefined, number] = [undefined, NEAR];
    for (const row of inFront) {
      for (let axis = 1; axis < scales.length; axis++) {
        const [x0, x1] = [xOf(axis - 1, width), xOf(axis, width)];
        const [from, to] = [scales[axis - 1]?.at(row), scales[axis]?.at(row)];
        if (px >= x0 && px <= x1 && from !== undefined && to !== undefined) {
          const t = (px - x0) / (x1 - x0);
          const eased = t * t * (3 - 2 * t);
          const away = Math.abs(yOf(from + (to - from) * eased, height) - py);
          if (away < distance) {
            [best, distance] = [row, away];
          }
        }
      }
    }
    return best;
  };
  const toggle = (column: TableColumn) => {
    const ids = chosen.map(({ id }) => id);
    onOf({ axes: ids.includes(column.id) ? ids.filter((id) => id !== column.id) : [...ids, column.id] });
  };
  return (
    <div class="figure">
      <div class="bar">
        <Drop label="Axes" title="Axes of the parallel coordinates">
          {() => (
            <div class="choices">
              {able.map((column) => (
                <label key={column.id}>
                  <input type="checkbox" checked={chosen.includes(column)} onChange={() => toggle(column)} /> {column.title}{" "}
                  <span class="muted">{column.kind === "fact" ? "" : column.kind}</span>
                </label>
              ))}
            </div>
          )}
        </Drop>
        <span class="muted">Drag along an axis to filter by it; click it to take that back.</span>
        {ramp === undefined ? null : (
          <>
            <span class="muted">{ramp.column.title}</span>
            <Ramp scale={ramp} />
          </>
        )}
        {near === undefined ? null : (
          <span class="told-run">
            <code>{near.short}</code>{" "}
            {scales.map(({ column }) => `${column.title} ${column.show?.(near) ?? asText(column.cell(near))}`).join(", ")}
          </span>
        )}
      </div>
      {scales.length < 2 ? (
        <p class="muted blank">Fewer than two columns differ between these runs.</p>
      ) : (
        <div class="place">
          <Canvas
            label={`Parallel coordinates of ${scales.map(({ column }) => column.title).join(", ")}: ${inFront.length} of ${all.length} runs`}
            of={[scales, inFront, behind, near, selected, open, brush, filter]}
            draw={draw}
            onPointerDown={(x, y, event) => {
              const axis = axisNear(x);
              if (axis >= 0) {
                (event.target as HTMLElement).setPointerCapture(event.pointerId);
                pressed.current = { axis, from: atOf(y), to: atOf(y) };
                setBrush(pressed.current);
              }
            }}
            onPointerMove={(x, y) => {
              if (pressed.current !== undefined) {
                pressed.current = { ...pressed.current, to: atOf(y) };
                setBrush(pressed.current);
              } else {
                setNear(axisNear(x) >= 0 ? undefined : nearest(x, y));
              }
            }}
            onPointerUp={(x, y) => {
              const done = pressed.current;
              pressed.current = undefined;
              setBrush(undefined);
              if (done !== undefined) {
                apply(done);
              } else {
                const row = nearest(x, y);
                if (row !== undefined) {
                  page.openRun(row.id);
                }
              }
            }}
            onPointerLeave={() => setNear(undefined)}
          />
        </div>
      )}
    </div>
  );
}

/** A text that can be read over lines. */
function haloed(context: CanvasRenderingContext2D, text: string, x: number, y: number, paper: string): void {
  const { strokeStyle, lineWidth } = context;
  context.strokeStyle = paper;
  context.lineWidth = 3;
  context.strokeText(text, x, y);
  context.strokeStyle = strokeStyle;
  context.lineWidth = lineWidth;
  context.fillText(text, x, y);
}
