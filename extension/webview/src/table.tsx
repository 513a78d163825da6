// The runs of one function as a grid, which has the focus, takes the keys, and names the cell that is meant (see biome.json).
// Only what is in sight is made, in elements that are used again as one scrolls.

import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { comingIntoSight, type Sight, sameSight, within } from "./ahead";
import { Body } from "./body";
import { type Arrangement, isNumeric, lackingOf, naturalWidth, type TableColumn } from "./columns";
import type { Item } from "./grouping";
import { Head } from "./head";
import type { Row } from "./model";
import { cellId, type Drawn, type Place } from "./rowpool";
import type { Sort } from "./rows";
import { measureIn, Ruler } from "./ruler";
import { BOX, begins, columnsInSight, ROW, rowsInSight, scrolledTo, type View } from "./window";

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
  /** Cells that come into sight and are not here; calls back when those that were asked for last are. */
  see(ids: readonly string[], rows: () => readonly Row[], here: () => void): void;
}

export function Table(props: TableProps) {
  const { name, columns, items, rows, arrangement, sorts, selected, open } = props;
  const frame = useRef<HTMLDivElement>(null);
  const below = useRef<HTMLDivElement>(null);
  const pane = useRef<HTMLDivElement>(null);
  const view = useRef<View>({ top: 0, left: 0, width: window.innerWidth, height: window.innerHeight });
  const [, turn] = useState(0);
  const [active, setActive] = useState<Place>({ row: 0, column: 0 });
  const [last, setLast] = useState(0);
  const widths = useMemo(
    () => columns.map((column) => arrangement.widths[column.id] ?? naturalWidth(column, rows)),
    [columns, arrangement, rows],
  );
  const places = useMemo(() => begins(widths), [widths]);
  const whole = places.at(-1) ?? BOX;
  const pinned = columns.findIndex(({ id }) => !arrangement.pinned.includes(id));
  const stay = pinned < 0 ? columns.length : pinned;
  const here: Place = {
    row: Math.max(-1, Math.min(active.row, items.length - 1)),
    column: Math.max(-1, Math.min(active.column, columns.length - 1)),
  };
  // As many at each place, or hundreds of cells would come and go.
  const most = useMemo(() => ({ columns: 0 }), [places, stay]);
  const span = () => {
    const [first, end] = columnsInSight(view.current, places, stay);
    most.columns = Math.max(most.columns, end - first);
    return [first, Math.min(columns.length, first + most.columns)] as const;
  };
  const [from, to] = span();
  const shown = useMemo(
    () => [...Array.from({ length: stay }, (_, n) => n), ...Array.from({ length: to - from }, (_, n) => from + n)],
    [stay, from, to],
  );

  const running = useMemo(() => rows.some(({ state }) => state === "running"), [rows]);
  const second = running ? Math.floor(Date.now() / 1000) : 0;
  const [ruler, setRuler] = useState<Ruler>();
  const drawn = useMemo(
    (): Drawn => ({ items, columns, widths, places, stay, whole, selected, open, here, ruler }),
    [items, columns, widths, places, stay, whole, selected, open, here.row, here.column, ruler, second],
  );
  const body = useRef<Body>();
  const asked = useRef<{ sight: Sight; rows?: readonly Row[] }>({ sight: { rows: [0, 0], columns: [0, 0] } });
  const fetched = useRef(0);
  const jumping = useRef(true);
  const draw = (again: boolean) => {
    // Of a screen that is left at once no more is drawn than is seen of it.
    const [first, end] = rowsInSight(view.current, items.length, jumping.current ? 0 : undefined);
    body.current?.draw(drawn, [first, end], [from, to], view.current.left, again);
    const inSight = items.slice(first, end);
    const summed = lackingOf(
      shown.map((n) => columns[n] as TableColumn),
      inSight.flatMap((item) => (item.kind === "head" ? item.rows : [])),
    );
    if (summed.length > 0) {
      props.need(summed);
    }
    // While one jumps from screen to screen, not every one of them is fetched.
    const now = performance.now();
    if (jumping.current && now - fetched.current < SETTLED_MS) {
      return;
    }
    const sight: Sight = { rows: [first, end], columns: [from, to] };
    const { soon, more } = comingIntoSight(sight, asked.current.sight, jumping.current);
    const lackingIn = (some: Sight) =>
      lackingOf([...columns.slice(0, stay), ...within(columns, some.columns, stay)], rowsOf(within(items, some.rows)));
    if (lackingIn(soon).length > 0 && !(rows === asked.current.rows && sameSight(sight, asked.current.sight))) {
      [asked.current, fetched.current] = [{ sight, rows }, now];
      props.see(
        lackingIn(more),
        () => rowsOf(within(items, more.rows)),
        () => drawing.current(true),
      );
    }
  };
  const drawing = useRef(draw);
  drawing.current = draw;
  const settle = () => {
    clearTimeout(settling.current);
    settling.current = setTimeout(() => {
      jumping.current = false;
      drawing.current(false);
      body.current?.rest();
      setRuler((known) => known ?? (below.current === null ? undefined : new Ruler(measureIn(below.current))));
    }, SETTLED_MS);
  };
  const look = () => {
    const element = frame.current;
    if (element === null) {
      return;
    }
    const before = view.current;
    view.current = { ...before, top: element.scrollTop, left: element.scrollLeft };
    jumping.current = Math.abs(view.current.top - before.top) > before.height;
    settle();
    const now = span();
    if (now[0] !== from || now[1] !== to) {
      turn((count) => count + 1); // the heads change, too
    } else {
      draw(false);
    }
  };
  const settling = useRef<ReturnType<typeof setTimeout>>();
  const looking = useRef(look);
  looking.current = look;

  useLayoutEffect(() => {
    const element = frame.current;
    if (element === null || below.current === null || pane.current === null) {
      return;
    }
    body.current = new Body(below.current, pane.current);
    const measure = () => {
      const { clientWidth: width, clientHeight: height } = element;
      const before = view.current;
      view.current = { ...before, width, height };
      if (width > before.width || height > before.height) {
        turn((count) => count + 1);
      }
    };
    // Once what is there was painted, or that would wait for it.
    requestAnimationFrame(() => requestAnimationFrame(() => frame.current !== null && settle()));
    // Not measured now: that would lay out the page once more. It was drawn for the whole window, which is never too little.
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    const scroll = () => looking.current();
    element.addEventListener("scroll", scroll, { passive: true });
    return () => {
      observer.disconnect();
      clearTimeout(settling.current);
      element.removeEventListener("scroll", scroll);
    };
  }, []);
  useLayoutEffect(() => draw(false));
  useEffect(() => {
    if (view.current.top !== 0 || view.current.left !== 0) {
      frame.current?.scrollTo(0, 0);
    }
    setActive((now) => (now.row === 0 && now.column === 0 ? now : { row: 0, column: 0 }));
  }, [name]);

  const go = (to: Place) => {
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
  const boxOf = (meant: Place): readonly [number, number] => {
    const box = document.getElementById(cellId(meant))?.getBoundingClientRect();
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
    const page = Math.max(1, Math.floor(view.current.height / ROW) - 2);
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

  /** What an event on a cell is about: the elements are used again, so they know by their data. Of a cell that went while it was clicked only the row is left. */
  const meant = (event: MouseEvent): Place | undefined => {
    const target = event.target as HTMLElement;
    const row = target.closest<HTMLElement>("[data-row]");
    const cell = target.closest<HTMLElement>("[data-column]");
    return row === null ? undefined : { row: Number(row.dataset.row), column: Number(cell?.dataset.column ?? 0) };
  };
  const onClick = (event: MouseEvent) => {
    const cell = meant(event);
    const column = columns[cell?.column ?? -1];
    if (cell === undefined || cell.row < 0) {
      return;
    }
    setActive(cell);
    frame.current?.focus({ preventScroll: true }); // and not the box in it: the keys go on from there
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
      aria-activedescendant={cellId(here)}
      onKeyDown={onKey}
      onClick={onClick}
      onPointerOver={(event) => body.current?.point(event.target as Element)}
      onPointerLeave={() => body.current?.point(null)}
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
      <div class="rows pane" aria-hidden="true" ref={pane} />
      <div class="rows" role="rowgroup" ref={below} style={{ height: `${items.length * ROW}px`, width: `${whole}px` }} />
    </div>
  );
}

/** After which time without scrolling it rests. */
const SETTLED_MS = 80;
const rowsOf = (items: readonly Item[]): Row[] => items.flatMap((item) => (item.kind === "row" ? [item.row] : []));
