// The runs of one function as a grid, which has the focus, takes the keys, and names the cell that is meant (see biome.json).
// Only what is in sight is made, in elements that are used again as one scrolls.

import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { CellOf } from "./cell";
import { asNumber } from "./cells";
import { type Arrangement, lackingOf, lasted, naturalWidth, type TableColumn } from "./columns";
import type { Item } from "./grouping";
import { Head } from "./head";
import type { Row } from "./model";
import type { Sort } from "./rows";
import { BOX, begins, columnsInSight, ROW, rowsInSight, scrolledTo } from "./window";

/** A cell, by what a menu over it needs. */
export interface Meant {
  readonly column: TableColumn;
  readonly row: Row | undefined;
  readonly at: readonly [number, number];
}

export interface TableProps {
  readonly name: string;
  readonly columns: readonly TableColumn[];
  readonly items: readonly Item[];
  /** All rows that are listed, whether or not the heads above them are open. */
  readonly rows: readonly Row[];
  readonly arrangement: Arrangement;
  readonly sorts: readonly Sort[];
  readonly selected: ReadonlySet<string>;
  readonly open: string;
  onSort(id: string, add: boolean): void;
  onSelect(rows: readonly Row[], on: boolean): void;
  onOpen(row: Row): void;
  onFold(key: string): void;
  onFilter(column: TableColumn, row: Row): void;
  onMenu(meant: Meant): void;
  onMove(id: string, before: string | undefined): void;
  onWidth(id: string, width: number): void;
  /** Columns of which heads sum up what is not here whole. */
  need(ids: readonly string[]): void;
  /** Cells that come into sight and are not here. */
  see(ids: readonly string[], rows: readonly Row[]): void;
}

interface Active {
  /** -1 is the head. */
  readonly row: number;
  /** -1 is the box. */
  readonly column: number;
}

export function Table(props: TableProps) {
  const { name, columns, items, rows, arrangement, sorts, selected, open } = props;
  const frame = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: 0, left: 0, width: 1000, height: 600 });
  const [active, setActive] = useState<Active>({ row: 0, column: 0 });
  const [last, setLast] = useState(0);
  const widths = useMemo(
    () => columns.map((column) => arrangement.widths[column.id] ?? naturalWidth(column, rows)),
    [columns, arrangement, rows],
  );
  const places = useMemo(() => begins(widths), [widths]);
  const whole = places.at(-1) ?? BOX;
  const pinned = columns.findIndex(({ id }) => !arrangement.pinned.includes(id));
  const stay = pinned < 0 ? columns.length : pinned;
  const here: Active = {
    row: Math.max(-1, Math.min(active.row, items.length - 1)),
    column: Math.max(-1, Math.min(active.column, columns.length - 1)),
  };

  useLayoutEffect(() => {
    const element = frame.current;
    if (element === null) {
      return;
    }
    const look = () =>
      setView({ top: element.scrollTop, left: element.scrollLeft, width: element.clientWidth, height: element.clientHeight });
    look();
    const observer = new ResizeObserver(look);
    observer.observe(element);
    element.addEventListener("scroll", look, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener("scroll", look);
    };
  }, []);
  useEffect(() => {
    frame.current?.scrollTo(0, 0);
    setActive({ row: 0, column: 0 });
  }, [name]);

  const go = (to: Active) => {
    const next = { row: Math.max(-1, Math.min(to.row, items.length - 1)), column: Math.max(-1, Math.min(to.column, columns.length - 1)) };
    setActive(next);
    const element = frame.current;
    if (element !== null) {
      if (next.row >= 0) {
        element.scrollTop = scrolledTo(element.scrollTop, element.clientHeight - ROW, next.row * ROW, (next.row + 1) * ROW);
      }
      if (next.column >= stay) {
        const [begin, end] = [places[next.column] ?? 0, places[next.column + 1] ?? 0];
        element.scrollLeft = scrolledTo(element.scrollLeft, element.clientWidth, begin, end, places[stay] ?? 0);
      }
    }
  };
  const idOf = ({ row, column }: Active) => `cell-${row}-${column}`;
  const boxOf = (meant: Active): readonly [number, number] => {
    const box = document.getElementById(idOf(meant))?.getBoundingClientRect();
    return [box?.left ?? 0, box?.bottom ?? 0];
  };
  const rowAt = (place: number): Row | undefined => {
    const item = items[place];
    return item?.kind === "row" ? item.row : undefined;
  };
  const select = (place: number, range: boolean) => {
    const item = items[place];
    if (item === undefined) {
      return;
    }
    const chosen = item.kind === "head" ? item.rows : [item.row];
    const on = !chosen.every(({ id }) => selected.has(id));
    const [from, to] = [Math.min(last, place), Math.max(last, place)];
    props.onSelect(range ? items.slice(from, to + 1).flatMap((one) => (one.kind === "row" ? [one.row] : [])) : chosen, on);
    setLast(place);
  };
  const act = (place: number) => {
    const item = items[place];
    if (item?.kind === "head") {
      props.onFold(item.key);
    } else if (item !== undefined) {
      props.onOpen(item.row);
    }
  };

  const onKey = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget) {
      return;
    }
    const column = columns[here.column];
    const page = Math.max(1, Math.floor(view.height / ROW) - 2);
    const far = event.ctrlKey || event.metaKey;
    const arrow = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    const row = rowAt(here.row);
    if (arrow !== 0 && here.row === -1 && column !== undefined && event.altKey) {
      const to = here.column + arrow;
      props.onMove(column.id, columns[arrow > 0 ? to + 1 : to]?.id);
      setActive({ row: -1, column: Math.max(0, Math.min(to, columns.length - 1)) });
    } else if (arrow !== 0 && here.row === -1 && column !== undefined && event.shiftKey) {
      props.onWidth(column.id, (widths[here.column] ?? 100) + 16 * arrow);
    } else if (arrow !== 0) {
      go({ ...here, column: here.column + arrow });
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      go({ ...here, row: here.row + (event.key === "ArrowDown" ? 1 : -1) });
    } else if (event.key === "PageDown" || event.key === "PageUp") {
      go({ ...here, row: Math.max(0, here.row + (event.key === "PageDown" ? page : -page)) });
    } else if (event.key === "Home" || event.key === "End") {
      const end = event.key === "End";
      go(far ? { row: end ? items.length - 1 : 0, column: here.column } : { ...here, column: end ? columns.length - 1 : 0 });
    } else if (event.key === " " && here.row >= 0) {
      select(here.row, event.shiftKey);
    } else if (event.key === "Enter" && here.row >= 0) {
      act(here.row);
    } else if (event.key === "Enter" && column !== undefined) {
      props.onSort(column.id, event.shiftKey);
    } else if ((event.key === "ContextMenu" || (event.key === "F10" && event.shiftKey)) && column !== undefined) {
      props.onMenu({ column, row, at: boxOf(here) });
    } else if (event.key.toLowerCase() === "a" && far) {
      props.onSelect(rows, true);
    } else {
      return;
    }
    event.preventDefault();
  };

  /** What an event on a cell is about: the elements are used again, so they know by their data. */
  const meant = (event: MouseEvent): Active | undefined => {
    const cell = (event.target as HTMLElement).closest<HTMLElement>("[data-row]");
    return cell === null ? undefined : { row: Number(cell.dataset.row), column: Number(cell.dataset.column) };
  };
  const onClick = (event: MouseEvent) => {
    const cell = meant(event);
    const column = columns[cell?.column ?? -1];
    if (cell === undefined || cell.row < 0) {
      return;
    }
    setActive(cell);
    const row = rowAt(cell.row);
    if (cell.column < 0) {
      select(cell.row, event.shiftKey);
    } else if (event.altKey && row !== undefined && column !== undefined) {
      props.onFilter(column, row);
    } else if (event.ctrlKey || event.metaKey || event.shiftKey) {
      select(cell.row, event.shiftKey);
    } else {
      act(cell.row);
    }
  };
  const onContextMenu = (event: MouseEvent) => {
    const cell = meant(event);
    const column = columns[cell?.column ?? -1];
    if (cell !== undefined && column !== undefined) {
      event.preventDefault();
      setActive(cell);
      props.onMenu({ column, row: rowAt(cell.row), at: [event.clientX, event.clientY] });
    }
  };

  const [first, end] = rowsInSight(view, items.length);
  const [from, to] = columnsInSight(view, places, stay);
  const shown = [...columns.slice(0, stay).map((_, n) => n), ...Array.from({ length: to - from }, (_, n) => from + n)];
  const inSight = items.slice(first, end);
  const seen = shown.map((n) => columns[n] as TableColumn);
  const lacking = lackingOf(seen, rowsOf(inSight));
  const summed = lackingOf(
    seen,
    inSight.flatMap((item) => (item.kind === "head" ? item.rows : [])),
  );
  useEffect(() => {
    if (lacking.length > 0) {
      // What is scrolled to next comes with it.
      props.see(lacking, rowsOf(items.slice(Math.max(0, first - BEYOND), end + BEYOND)));
    }
  }, [lacking.join(" "), first, end]);
  useEffect(() => {
    if (summed.length > 0) {
      props.need(summed);
    }
  }, [summed.join(" ")]);
  const slots = Math.max(1, Math.ceil(view.height / ROW) + 13);
  const gap = Math.max(0, (places[from] ?? 0) - (places[stay] ?? 0));
  const numeric = useMemo(() => new Set(columns.filter((column) => isNumeric(column, rows)).map(({ id }) => id)), [columns, rows]);
  const geometry = { columns, numeric, widths, places, shown, stay, gap, whole };
  const everySelected = rows.length > 0 && rows.every(({ id }) => selected.has(id));
  return (
    <div
      class="grid"
      ref={frame}
      role="grid"
      tabIndex={0}
      aria-label={`Runs of ${name}`}
      aria-rowcount={items.length + 1}
      aria-colcount={columns.length + 1}
      aria-multiselectable="true"
      aria-activedescendant={idOf(here)}
      onKeyDown={onKey}
      onClick={onClick}
      onContextMenu={onContextMenu}
    >
      <Head
        {...geometry}
        sorts={sorts}
        active={here.row === -1 ? here.column : undefined}
        all={everySelected}
        onAll={() => props.onSelect(rows, !everySelected)}
        onSort={props.onSort}
        onMove={props.onMove}
        onWidth={props.onWidth}
      />
      <div class="rows" role="rowgroup" style={{ height: `${items.length * ROW}px`, width: `${whole}px` }}>
        {inSight.map((item, offset) => {
          const place = first + offset;
          const chosen = item.kind === "row" ? selected.has(item.row.id) : item.rows.every(({ id }) => selected.has(id));
          const opened = item.kind === "row" && item.row.id === open;
          const label = item.kind === "row" ? `Select ${item.row.short}` : `Select ${item.title}`;
          return (
            <div
              key={place % slots}
              class={`row ${item.kind === "head" ? "summary" : "run"}${chosen ? " chosen" : ""}${opened ? " open" : ""}${place === here.row ? " active" : ""}`}
              role="row"
              aria-rowindex={place + 2}
              aria-selected={chosen}
              aria-expanded={item.kind === "head" ? item.open : undefined}
              style={{ transform: `translateY(${place * ROW}px)`, width: `${whole}px` }}
            >
              <span role="gridcell" id={idOf({ row: place, column: -1 })} data-row={place} data-column={-1} class="cell box stays">
                <input type="checkbox" tabIndex={-1} checked={chosen} aria-label={label} />
              </span>
              {shown.map((n, slot) => {
                const column = columns[n] as TableColumn;
                const style =
                  n < stay
                    ? { width: `${widths[n]}px`, left: `${places[n]}px` }
                    : { width: `${widths[n]}px`, marginLeft: slot === stay ? `${gap}px` : "0" };
                return (
                  <CellOf
                    key={column.id}
                    item={item}
                    column={column}
                    id={idOf({ row: place, column: n })}
                    place={place}
                    number={n}
                    style={style}
                    stays={n < stay}
                    meant={place === here.row && n === here.column}
                  />
                );
              })}
            </div>
          );
        })}
      </div>
    </div>
  );
}

/** Rows that are fetched on either side of those in sight. */
const BEYOND = 60;

const rowsOf = (items: readonly Item[]): Row[] => items.flatMap((item) => (item.kind === "row" ? [item.row] : []));

/** Whether the first of a column's cells that is there is a number, as its head then stands to the right, too. */
function isNumeric(column: TableColumn, rows: readonly Row[]): boolean {
  for (let n = 0; n < rows.length && n < 200; n++) {
    const cell = column.cell(rows[n] as Row);
    if (cell !== null) {
      return asNumber(cell) !== undefined;
    }
  }
  return false;
}

/** Draws again every second while anything runs, so that it is seen to. */
export function useRunning(rows: readonly Row[]): number {
  const [now, setNow] = useState(Date.now);
  const running = rows.some((row) => row.state === "running" && lasted(row) >= 0);
  useEffect(() => {
    const timer = running ? setInterval(() => document.visibilityState === "visible" && setNow(Date.now()), 1000) : undefined;
    return () => clearInterval(timer);
  }, [running]);
  return now;
}
