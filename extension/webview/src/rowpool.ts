// The rows of the grid that are in sight, as elements that are used again. They are written without a virtual tree, and only where they say something else:
// as one scrolls there is no time for more.

import type { TableColumn } from "./columns";
import { type Face, faceOf } from "./face";
import type { Item } from "./grouping";
import { Reel } from "./reel";
import { ROW } from "./window";

/** A cell of the grid. */
export interface Place {
  /** -1 is the head. */
  readonly row: number;
  /** -1 is the box. */
  readonly column: number;
}

/** What the rows are drawn from. */
export interface Drawn {
  readonly items: readonly Item[];
  readonly columns: readonly TableColumn[];
  readonly widths: readonly number[];
  readonly places: readonly number[];
  /** How many columns stay in sight. */
  readonly stay: number;
  readonly whole: number;
  readonly selected: ReadonlySet<string>;
  readonly open: string;
  /** The cell that the keys are about. */
  readonly here: Place;
}

/** From which place to before which one. */
export type Span = readonly [number, number];

/** By which the grid names the cell that is meant. */
export const cellId = ({ row, column }: Place): string => `cell-${row}-${column}`;

export class RowPool {
  private readonly rows: Reel<RowElement>;
  private drawn: Drawn | undefined;

  constructor(parent: HTMLElement) {
    this.rows = new Reel(parent, () => new RowElement());
  }

  /** Shows some rows and columns; with `again` all cells are looked at, as they may say something else. */
  draw(drawn: Drawn, [first, end]: Span, columns: Span, again: boolean): void {
    const anew = again || drawn !== this.drawn;
    this.drawn = drawn;
    for (const [offset, row] of this.rows.turned(first, end).entries()) {
      row.draw(drawn, first + offset, columns, anew);
    }
  }

  /** The scrolling rests. */
  rest(): void {
    for (const row of this.rows.rest()) {
      row.rest();
    }
  }
}

class RowElement {
  readonly element = made("div", "row");
  private readonly box = made("span", "gridcell");
  private readonly input = document.createElement("input");
  private staying = this.cells();
  private others = this.cells();
  private stay = 0;
  private item: Item | undefined;
  private place = -1;
  private from = -1;
  private to = -1;

  constructor() {
    this.box.className = "cell box stays";
    this.box.dataset.column = "-1";
    this.input.type = "checkbox";
    this.input.tabIndex = -1;
    this.box.append(this.input);
    this.element.append(this.box);
  }

  draw(drawn: Drawn, place: number, [from, to]: Span, anew: boolean): void {
    const item = drawn.items[place] as Item;
    const same = !anew && item === this.item && place === this.place;
    if (same && from === this.from && to === this.to) {
      return;
    }
    Object.assign(this, { item, place, from, to });
    const meant = place === drawn.here.row ? drawn.here.column : undefined;
    if (!same) {
      this.drawRow(drawn, item, place, meant);
    }
    this.drawCells(drawn, item, place, from, to, meant, same);
  }

  rest(): void {
    this.others.rest();
  }

  private drawRow({ selected, open, whole }: Drawn, item: Item, place: number, meant: number | undefined): void {
    const { element, box, input } = this;
    const chosen = item.kind === "row" ? selected.has(item.row.id) : item.rows.every(({ id }) => selected.has(id));
    const opened = item.kind === "row" && item.row.id === open;
    const kind = item.kind === "head" ? "summary" : "run";
    write(element, "class", `row ${kind}${chosen ? " chosen" : ""}${opened ? " open" : ""}${meant === undefined ? "" : " active"}`);
    write(element, "data-row", String(place));
    write(element, "aria-rowindex", String(place + 2));
    write(element, "aria-selected", String(chosen));
    write(element, "aria-expanded", item.kind === "head" ? String(item.open) : "");
    element.style.transform = `translateY(${place * ROW}px)`;
    element.style.width = `${whole}px`;
    write(box, "id", meant === -1 ? cellId({ row: place, column: -1 }) : "");
    write(input, "aria-label", `Select ${item.kind === "row" ? item.row.short : item.title}`);
    input.checked = chosen;
  }

  private drawCells(drawn: Drawn, item: Item, place: number, from: number, to: number, meant: number | undefined, same: boolean): void {
    const { columns, widths, places, stay } = drawn;
    if (stay !== this.stay) {
      this.stay = stay;
      this.element.replaceChildren(this.box);
      [this.staying, this.others] = [this.cells(), this.cells()];
    }
    const cells = [...this.staying.turned(0, stay), ...this.others.turned(from, to)];
    for (const [slot, cell] of cells.entries()) {
      const number = slot < stay ? slot : from + slot - stay;
      if (!same || cell.number !== number) {
        cell.stand(number, places[number] ?? 0, widths[number] ?? 0);
        cell.show(
          faceOf(item, columns[number] as TableColumn, number),
          slot < stay,
          number === meant ? cellId({ row: place, column: number }) : "",
        );
      }
    }
  }

  private cells(): Reel<CellElement> {
    return new Reel(this.element, () => new CellElement());
  }
}

class CellElement {
  readonly element = made("span", "gridcell");
  private readonly text = document.createTextNode("");
  private classes = "";
  private said = "";
  number = -1;
  private left = -1;
  private width = -1;

  constructor() {
    this.element.append(this.text);
  }

  /** Which column it is of, and where that is. */
  stand(number: number, left: number, width: number): void {
    const { element } = this;
    if (number !== this.number) {
      write(element, "data-column", String(number));
      write(element, "aria-colindex", String(number + 2));
    }
    if (left !== this.left) {
      element.style.left = `${left}px`;
    }
    if (width !== this.width) {
      element.style.width = `${width}px`;
    }
    Object.assign(this, { number, left, width });
  }

  /** `id` is that of the cell that is meant, else "". */
  show({ classes, text, title, parts }: Face, stays: boolean, id: string): void {
    const { element } = this;
    this.classes = classes ?? this.classes;
    write(element, "class", `cell ${this.classes}${stays ? " stays" : ""}${id && " meant"}`);
    write(element, "id", id);
    write(element, "title", title);
    write(element, "aria-busy", classes === undefined ? "true" : "");
    const plain = this.text.parentNode === element;
    const said = parts === undefined ? text : `${classes} ${text}`;
    if (said === this.said && plain === (parts === undefined)) {
      return;
    }
    this.said = said;
    if (parts !== undefined) {
      element.replaceChildren(...parts());
    } else {
      this.text.data = text;
      if (!plain) {
        element.replaceChildren(this.text);
      }
    }
  }
}

function made(tag: "div" | "span", role: string): HTMLElement {
  const element = document.createElement(tag);
  element.setAttribute("role", role);
  return element;
}

/** What has no value is not there. */
function write(element: HTMLElement, name: string, value: string): void {
  if (element.getAttribute(name) !== (value || null)) {
    if (value === "") {
      element.removeAttribute(name);
    } else {
      element.setAttribute(name, value);
    }
  }
}
