// Views of arrays, frames and series: a corner, statistics, a histogram.

import { useEffect, useRef, useState } from "preact/hooks";
import { bytes } from "./cells";
import { type Json, list, Muted, record, text } from "./json";
import { Parts, View } from "./view";

export function ArrayView({ of, run, level }: { of: Json; run: string; level: number }) {
  const shape = list(of.shape).map(text).join(" × ");
  const statistics = record(of.statistics);
  const size = typeof of.bytes === "number" ? `· ${bytes(of.bytes)}` : "";
  return (
    <div class="array">
      <p>
        <code>{text(of.type)}</code> <code>{text(of.dtype)}</code> {shape} <Muted>{size}</Muted>
      </p>
      {"items" in of ? (
        <Parts of={of} level={level} parts={list(of.items).map((item, place) => [<Muted key="n">{place}</Muted>, item])} run={run} />
      ) : null}
      <Statistics of={statistics} />
      {"preview" in of ? <Preview of={record(of.preview)} label={`${text(of.dtype)} ${shape}`} /> : null}
      {"corner" in of ? <Corner corner={of.corner} shape={list(of.shape)} /> : null}
    </div>
  );
}

function Corner({ corner, shape }: { corner: unknown; shape: readonly unknown[] }) {
  const rows = shape.length >= 2 ? list(corner).map(list) : [Array.isArray(corner) ? corner : [corner]];
  const whole = shape.length <= 2 && rows.length === (shape.length === 2 ? shape[0] : 1) && (rows[0]?.length ?? 0) === (shape.at(-1) ?? 1);
  return (
    <div class="wide">
      <Cells rows={rows} />
      {whole ? null : <Muted>the first of it</Muted>}
    </div>
  );
}

/** Rows of a table that are shown at once. */
const PAGE = 12;

interface CellsProps {
  readonly rows: readonly (readonly unknown[])[];
  readonly heads?: readonly string[];
  /** How many rows there were, where those that are here may be the first ones only. */
  readonly of?: unknown;
}

function Cells({ rows: all, heads = [], of = all.length }: CellsProps) {
  const [page, setPage] = useState(0);
  const pages = Math.max(1, Math.ceil(all.length / PAGE));
  const rows = all.slice(page * PAGE, (page + 1) * PAGE);
  return (
    <>
      <table class="cells">
        {heads.length > 0 ? (
          <thead>
            <tr>
              {heads.map((head, place) => (
                <th scope="col" key={place}>
                  {head}
                </th>
              ))}
            </tr>
          </thead>
        ) : null}
        <tbody>
          {rows.map((row, y) => (
            <tr key={y}>
              {row.map((cell, x) => (
                <td key={x} class={typeof cell === "number" ? "number" : ""}>
                  {cell === null ? <Muted>None</Muted> : text(cell)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {pages > 1 ? (
        <div class="pages">
          <button type="button" class="quiet small" aria-label="Rows before" disabled={page === 0} onClick={() => setPage(page - 1)}>
            ‹
          </button>
          <Muted>
            rows {page * PAGE} to {Math.min(all.length, (page + 1) * PAGE) - 1} of {text(of)}
            {of === all.length ? "" : `, of which the first ${all.length} were kept`}
          </Muted>
          <button type="button" class="quiet small" aria-label="Rows after" disabled={page === pages - 1} onClick={() => setPage(page + 1)}>
            ›
          </button>
        </div>
      ) : null}
    </>
  );
}

/** An array of two dimensions, or of three with colours, as a small image: `pixels` are its grey or red, green and blue in bytes, from top to bottom. */
function Preview({ of, label }: { of: Json; label: string }) {
  const place = useRef<HTMLCanvasElement>(null);
  const [width, height] = [Number(of.width), Number(of.height)];
  const pixels = text(of.pixels);
  useEffect(() => {
    const context = place.current?.getContext("2d");
    if (!context || !(width * height > 0 && width * height <= MOST_PIXELS)) {
      return;
    }
    const bytes = bytesOf(pixels);
    const colours = bytes.length >= 3 * width * height ? 3 : 1;
    const image = context.createImageData(width, height);
    for (let n = 0; n < width * height; n++) {
      const grey = bytes[n * colours] ?? 0;
      image.data.set([grey, bytes[n * colours + (colours > 1 ? 1 : 0)] ?? 0, bytes[n * colours + (colours > 1 ? 2 : 0)] ?? 0, 255], 4 * n);
    }
    context.putImageData(image, 0, 0);
  }, [pixels, width, height]);
  return width * height > 0 && width * height <= MOST_PIXELS ? (
    <canvas
      class="preview"
      ref={place}
      width={width}
      height={height}
      role="img"
      aria-label={`${label} as an image`}
      style={{ width: `${Math.round((Math.max(1, Math.min(width / height, 4)) * 128) / Math.max(1, width / height / 4))}px` }}
    />
  ) : null;
}

const MOST_PIXELS = 1 << 16;

function bytesOf(base64: string): Uint8Array {
  try {
    return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  } catch {
    return new Uint8Array();
  }
}

const NUMBERS = ["min", "max", "mean", "std", "nan", "infinite", "true", "missing"];

function Statistics({ of }: { of: Json }) {
  const told = NUMBERS.filter((name) => name in of);
  if (told.length === 0) {
    return null;
  }
  const histogram = record(of.histogram);
  return (
    <div class="statistics">
      <Histogram counts={list(histogram.counts)} edges={list(histogram.edges)} />
      <dl>
        {told.map((name) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{text(of[name])}</dd>
          </div>
        ))}
      </dl>
      {of.exact === false ? <Muted>of a sample of {text(of.of)}</Muted> : null}
    </div>
  );
}

function Histogram({ counts, edges }: { counts: readonly unknown[]; edges: readonly unknown[] }) {
  const numbers = counts.map((n) => (typeof n === "number" && Number.isFinite(n) ? Math.max(0, n) : 0));
  const most = Math.max(...numbers, 0);
  if (most === 0) {
    return null;
  }
  const label = `histogram from ${text(edges[0])} to ${text(edges[1])}`;
  return (
    <svg class="histogram" viewBox={`0 0 ${numbers.length * 6} 40`} width={numbers.length * 6} height="40" role="img" aria-label={label}>
      <title>{label}</title>
      {numbers.map((n, place) => (
        <rect key={place} x={place * 6} y={40 - (38 * n) / most} width="5" height={(38 * n) / most} />
      ))}
    </svg>
  );
}

export function Frame({ of }: { of: Json }) {
  const columns = list(of.columns).map(record);
  const head = list(of.head).map(list);
  return (
    <div class="array wide">
      <p>
        <code>{text(of.type)}</code> {text(of.rows)} rows × {text(of.width)} columns
      </p>
      {head.length > 0 ? (
        <Cells heads={columns.slice(0, head[0]?.length).map((column) => text(column.name))} rows={head} of={of.rows} />
      ) : null}
      <details>
        <summary>
          <Muted>Columns</Muted>
        </summary>
        {columns.map((column, place) => (
          <div key={place} class="column">
            <code>{text(column.name)}</code> <Muted>{text(column.dtype)}</Muted>
            <Statistics of={"statistics" in column ? record(column.statistics) : column} />
          </div>
        ))}
      </details>
    </div>
  );
}

export function Series({ of }: { of: Json }) {
  return (
    <div class="array wide">
      <p>
        <code>{text(of.type)}</code> <code>{text(of.name)}</code> {text(of.rows)} × {text(of.dtype)}
      </p>
      <Statistics of={"statistics" in of ? record(of.statistics) : of} />
      <Cells rows={list(of.head).map((cell) => [cell])} of={of.rows} />
    </div>
  );
}

export function Labelled({ of, run, level }: { of: Json; run: string; level: number }) {
  return (
    <div class="array">
      <p>
        <code>{text(of.type)}</code>{" "}
        {Object.entries(record(of.dimensions))
          .map(([name, size]) => `${name} ${text(size)}`)
          .join(", ")}
      </p>
      {list(of.variables).map((variable, place) => (
        <div key={place} class="column">
          <code>{text(record(variable).name)}</code> <Muted>{list(record(variable).dimensions).map(text).join(", ")}</Muted>
          <View view={record(variable).view} run={run} level={level + 1} />
        </div>
      ))}
      <View view={of.attributes} run={run} level={level + 1} />
    </div>
  );
}
