// The heads of the grid's columns: a click sorts, dragging moves, the edge resizes.

import { useRef, useState } from "preact/hooks";
import type { TableColumn } from "./columns";
import type { Sort } from "./rows";

const LEAST = 44;

interface HeadProps {
  readonly columns: readonly TableColumn[];
  readonly numeric: ReadonlySet<string>;
  readonly widths: readonly number[];
  readonly places: readonly number[];
  readonly shown: readonly number[];
  readonly stay: number;
  readonly gap: number;
  readonly whole: number;
  readonly sorts: readonly Sort[];
  readonly active: number | undefined;
  readonly all: boolean;
  onAll(): void;
  onSort(id: string, add: boolean): void;
  onMove(id: string, before: string | undefined): void;
  onWidth(id: string, width: number): void;
}

export function Head(props: HeadProps) {
  const { columns, numeric, widths, places, shown, stay, gap, whole, sorts, active } = props;
  const [over, setOver] = useState("");
  const dragged = useRef("");
  return (
    <div class="head" role="rowgroup">
      <div class="row" role="row" aria-rowindex={1} style={{ width: `${whole}px` }}>
        <span role="columnheader" id="cell--1--1" class={`cell box stays${active === -1 ? " meant" : ""}`}>
          <input type="checkbox" tabIndex={-1} checked={props.all} aria-label="Select all" onClick={props.onAll} />
        </span>
        {shown.map((n, slot) => {
          const column = columns[n] as TableColumn;
          const place = sorts.findIndex(({ id }) => id === column.id);
          const sort = sorts[place];
          const width = widths[n] ?? LEAST;
          const style =
            n < stay
              ? { width: `${width}px`, left: `${places[n]}px` }
              : { width: `${width}px`, marginLeft: slot === stay ? `${gap}px` : "0" };
          return (
            <span
              key={column.id}
              role="columnheader"
              id={`cell--1-${n}`}
              data-row={-1}
              data-column={n}
              aria-colindex={n + 2}
              aria-sort={sort === undefined ? "none" : sort.descending ? "descending" : "ascending"}
              class={`cell ${column.kind}${numeric.has(column.id) ? " number" : ""}${n < stay ? " stays" : ""}${active === n ? " meant" : ""}${over === column.id ? " over" : ""}`}
              style={style}
              draggable
              title={`${column.kind === "fact" ? "" : `${column.kind} `}${column.title}`}
              onClick={(event) => props.onSort(column.id, event.shiftKey)}
              onDragStart={(event) => {
                dragged.current = column.id;
                event.dataTransfer?.setData("text/plain", column.title);
              }}
              onDragOver={(event) => {
                if (dragged.current !== "") {
                  event.preventDefault();
                  setOver(column.id);
                }
              }}
              onDragLeave={() => setOver("")}
              onDragEnd={() => {
                dragged.current = "";
                setOver("");
              }}
              onDrop={(event) => {
                event.preventDefault();
                if (dragged.current !== "" && dragged.current !== column.id) {
                  props.onMove(dragged.current, column.id);
                }
                setOver("");
              }}
            >
              <span class="title">{column.title}</span>
              {sort === undefined ? null : (
                <span class="sort" aria-hidden="true">
                  {sort.descending ? "↓" : "↑"}
                  {sorts.length > 1 ? place + 1 : ""}
                </span>
              )}
              <Edge width={width} onWidth={(wanted) => props.onWidth(column.id, Math.max(LEAST, wanted))} />
            </span>
          );
        })}
      </div>
    </div>
  );
}

function Edge({ width, onWidth }: { width: number; onWidth(width: number): void }) {
  const from = useRef<{ x: number; width: number }>();
  return (
    <span
      class="edge"
      aria-hidden="true"
      onMouseDown={(event) => event.preventDefault()} // or the head would be dragged
      onClick={(event) => event.stopPropagation()}
      onPointerDown={(event) => {
        event.stopPropagation();
        event.currentTarget.setPointerCapture(event.pointerId);
        from.current = { x: event.clientX, width };
      }}
      onPointerMove={(event) => {
        if (from.current !== undefined) {
          onWidth(from.current.width + event.clientX - from.current.x);
        }
      }}
      onLostPointerCapture={() => {
        from.current = undefined;
      }}
    />
  );
}
