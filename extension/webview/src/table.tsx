// The runs of one function as a grid, which has the focus, takes the keys, and names the row that is meant (see biome.json). All rows have one height, so which of them are in sight is arithmetic, and only those are made.

import { useEffect, useRef, useState } from "preact/hooks";
import { asNumber, asText } from "./cells";
import type { TableColumn } from "./columns";
import type { Row } from "./contract";
import { type Sort, total } from "./rows";

export const ROW = 26;
const BEYOND = 12;

export interface TableProps {
  readonly name: string;
  readonly symbol: string;
  readonly columns: readonly TableColumn[];
  readonly rows: readonly Row[];
  readonly all: number;
  readonly more: boolean;
  readonly sorts: readonly Sort[];
  readonly selected: ReadonlySet<string>;
  readonly open: string;
  onSort(id: string, add: boolean): void;
  onSelect(row: Row): void;
  onOpen(row: Row): void;
  onFilter(column: TableColumn, row: Row): void;
  onColumns(): void;
}

export function Table(props: TableProps) {
  const { name, columns, rows, all, sorts, selected, open } = props;
  const frame = useRef<HTMLDivElement>(null);
  const [at, setAt] = useState({ top: 0, height: 600 });
  const [active, setActive] = useState(0);
  const here = Math.max(0, Math.min(active, rows.length - 1));
  const grid = `grid-${props.symbol.replaceAll(/\W/g, "-")}`;

  useEffect(() => {
    const element = frame.current;
    if (element === null) {
      return;
    }
    const look = () => setAt({ top: element.scrollTop, height: element.clientHeight });
    look();
    const observer = new ResizeObserver(look);
    observer.observe(element);
    element.addEventListener("scroll", look, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener("scroll", look);
    };
  }, []);

  const go = (place: number) => {
    const next = Math.max(0, Math.min(place, rows.length - 1));
    setActive(next);
    const element = frame.current;
    if (element !== null) {
      if (next * ROW < element.scrollTop) {
        element.scrollTop = next * ROW;
      } else if ((next + 2) * ROW > element.scrollTop + element.clientHeight) {
        element.scrollTop = (next + 2) * ROW - element.clientHeight;
      }
    }
  };
  const page = Math.max(1, Math.floor(at.height / ROW) - 2);
  const onKey = (event: KeyboardEvent) => {
    const row = rows[here];
    const moves: Record<string, number> = { ArrowDown: here + 1, ArrowUp: here - 1, PageDown: here + page, PageUp: here - page };
    const move = event.key === "Home" ? 0 : event.key === "End" ? rows.length - 1 : moves[event.key];
    if (event.target !== event.currentTarget) {
      return;
    }
    if (move !== undefined) {
      go(move);
    } else if (event.key === "ArrowRight" || event.key === "ArrowLeft") {
      frame.current?.scrollBy({ left: event.key === "ArrowRight" ? 120 : -120 });
    } else if (event.key === " " && row !== undefined) {
      props.onSelect(row);
    } else if (event.key === "Enter" && row !== undefined) {
      props.onOpen(row);
    } else {
      return;
    }
    event.preventDefault();
  };

  const first = Math.max(0, Math.floor(at.top / ROW) - BEYOND);
  const last = Math.min(rows.length, Math.ceil((at.top + at.height) / ROW) + BEYOND);
  const template = `30px ${columns.map((column) => `${width(column, rows)}px`).join(" ")}`;
  const count = rows.length === all ? `${all}` : `${rows.length} of ${all}`;
  return (
    <section class="group" aria-label={name}>
      <h2>
        <span class="function">{name}</span>
        <span class="muted">
          {count} {all === 1 ? "run" : "runs"}
          {props.more ? ", older ones are not listed" : ""}, {total(rows)}
        </span>
        <button type="button" class="quiet" onClick={props.onColumns}>
          Columns…
        </button>
      </h2>
      {/* The grid has the focus, and says which row is meant: a row out of sight is not there to have it. */}
      <div
        class="grid"
        ref={frame}
        role="grid"
        tabIndex={0}
        aria-label={`Runs of ${name}`}
        aria-rowcount={rows.length + 1}
        aria-colcount={columns.length + 1}
        aria-multiselectable="true"
        aria-activedescendant={rows.length > 0 ? `${grid}-${here}` : undefined}
        onKeyDown={onKey}
        style={{ maxHeight: `${Math.min(rows.length + 1, 400) * ROW + 14}px` }}
      >
        <div class="head" role="row" aria-rowindex={1} style={{ gridTemplateColumns: template }}>
          <span role="columnheader" class="cell">
            <span class="unseen">selected</span>
          </span>
          {columns.map((column) => {
            const place = sorts.findIndex((sort) => sort.id === column.id);
            const sort = sorts[place];
            return (
              <span
                key={column.id}
                role="columnheader"
                class={`cell ${column.kind}`}
                aria-sort={sort === undefined ? "none" : sort.descending ? "descending" : "ascending"}
              >
                <button
                  type="button"
                  title={`${column.kind === "fact" ? "" : `${column.kind} `}${column.title}. Click to sort, Shift+click to sort by it as well.`}
                  onClick={(event) => props.onSort(column.id, event.shiftKey)}
                >
                  {column.title}
                  {sort === undefined ? "" : ` ${sort.descending ? "↓" : "↑"}${sorts.length > 1 ? place + 1 : ""}`}
                </button>
              </span>
            );
          })}
        </div>
        <div class="rows" role="presentation" style={{ height: `${rows.length * ROW}px` }}>
          {rows.slice(first, last).map((row, offset) => {
            const place = first + offset;
            return (
              <div
                key={row.id}
                id={`${grid}-${place}`}
                class={`row${place === here ? " active" : ""}${row.id === open ? " open" : ""}`}
                role="row"
                aria-rowindex={place + 2}
                aria-selected={selected.has(row.id)}
                style={{ gridTemplateColumns: template, transform: `translateY(${place * ROW}px)` }}
                onClick={(event) => {
                  setActive(place);
                  if (event.ctrlKey || event.metaKey) {
                    props.onSelect(row);
                  } else {
                    props.onOpen(row);
                  }
                }}
              >
                <span role="gridcell" class="cell">
                  <input
                    type="checkbox"
                    tabIndex={-1}
                    checked={selected.has(row.id)}
                    aria-label={`Select ${row.short}`}
                    onClick={(event) => {
                      event.stopPropagation();
                      props.onSelect(row);
                    }}
                  />
                </span>
                {columns.map((column) => (
                  <CellOf key={column.id} column={column} row={row} onFilter={props.onFilter} />
                ))}
              </div>
            );
          })}
        </div>
      </div>
    </section>
  );
}

function CellOf({ column, row, onFilter }: { column: TableColumn; row: Row; onFilter: TableProps["onFilter"] }) {
  const cell = column.cell(row);
  const text = column.show?.(row) ?? asText(cell);
  const kind =
    column.id === "state" ? `state ${row.state}` : asNumber(cell) !== undefined ? "number" : typeof cell === "object" ? "shown" : "";
  const told = column.id === "state" && row.reason !== "" ? row.reason : text;
  return (
    <span
      role="gridcell"
      class={`cell ${kind}`}
      title={`${told}\nAlt+click to filter by it`}
      onClick={(event) => {
        if (event.altKey) {
          event.stopPropagation();
          onFilter(column, row);
        }
      }}
    >
      {column.id === "state" && row.pinned ? `${text} ★` : text}
    </span>
  );
}

/** Of a column, in pixels: as its head and its first rows need it. */
function width(column: TableColumn, rows: readonly Row[]): number {
  const longest = rows.slice(0, 50).reduce((most, row) => Math.max(most, (column.show?.(row) ?? asText(column.cell(row))).length), 0);
  return Math.min(260, Math.max(column.title.length + 3, longest + 2, 7) * 7.2 + 8);
}
