// The rows of the grid that are in sight, as elements that are used again. They are written without a virtual tree, and only where they say something else:
// as one scrolls there is no time for more.

import type { Span } from "./ahead";
import type { TableColumn } from "./columns";
import { type Face, faceOf } from "./face";
import type { Item } from "./grouping";
import { Reel } from "./reel";
import type { Ruler } from "./ruler";
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
  /** Undefined until there was time to make one: then nobody knows what fits. */
  readonly ruler: Ruler | undefined;
}

/** By which the grid names the cell that is meant. */
export const cellId = ({ row, column }: Place): string => `cell-${row}-${column}`;

/** Rows as they are for everybody; or a picture of them, of which only those who see it know. */
export type Kind = "rows" | "picture";

export class RowPool {
  private readonly rows: Reel<RowElement>;
  private drawn: Drawn | undefined;
  private pointed = -1;

  constructor(parent: HTMLElement, kind: Kind = "rows") {
    this.rows = new Reel(parent, () => new RowElement(kind));
  }

  /** Shows some rows and columns; with `again` all cells are looked at, as they may say something else. */
  draw(drawn: Drawn, [first, end]: Span, columns: Span, again: boolean): void {
    const anew = again || drawn !== this.drawn;
    this.drawn = drawn;
    for (const [offset, row] of this.rows.turned(first, end).entries()) {
      row.draw(drawn, first + offset, columns, anew);
      row.point(this.pointed);
    }
  }

  /** Which row the pointer is over, wherever it is in it; -1 is none. */
  point(place: number): void {
    this.pointed = place;
    for (const row of this.rows.all) {
      row.point(place);
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
  readonly element: HTMLElement;
  private readonly box: HTMLElement;
  private readonly input = document.createElement("input");
  private staying: Reel<CellElement>;
  private others: Reel<CellElement>;
  private stay = 0;
  private item: Item | undefined;
  private place = -1;
  private from = -1;
  private to = -1;
  private classes = "";
  private pointed = false;

  constructor(private readonly kind: Kind) {
    this.element = made("div", kind, "row");
    this.box = made("span", kind, "gridcell");
    this.box.className = "cell box";
    this.box.dataset.column = "-1";
    this.input.type = "checkbox";
    this.input.tabIndex = -1;
    this.box.append(this.input);
    this.element.append(this.box);
    [this.staying, this.others] = [this.cells(), this.cells()];
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

  point(place: number): void {
    if ((place === this.place) !== this.pointed) {
      this.pointed = place === this.place;
      this.element.classList.toggle("pointed", this.pointed);
    }
  }

  rest(): void {
    this.others.rest();
  }

  private drawRow({ places, stay, selected, open, whole }: Drawn, item: Item, place: number, meant: number | undefined): void {
    const { element, box, input } = this;
    const chosen = item.kind === "row" ? selected.has(item.row.id) : item.rows.every(({ id }) => selected.has(id));
    const opened = item.kind === "row" && item.row.id === open;
    const kind = item.kind === "head" ? "summary" : "run";
    const classes = `row ${kind}${chosen ? " chosen" : ""}${opened ? " open" : ""}${meant === undefined ? "" : " active"}`;
    if (classes !== this.classes) {
      element.className = classes;
      Object.assign(this, { classes, pointed: false });
    }
    element.dataset.row = String(place);
    element.style.transform = `translateY(${place * ROW}px)`;
    input.checked = chosen;
    if (this.kind === "picture") {
      element.style.width = `${places[stay]}px`;
      return;
    }
    element.style.width = `${whole}px`;
    element.ariaRowIndex = String(place + 2);
    write(element, "aria-selected", String(chosen));
    write(element, "aria-expanded", item.kind === "head" ? String(item.open) : "");
    write(box, "id", meant === -1 ? cellId({ row: place, column: -1 }) : "");
    input.ariaLabel = `Select ${item.kind === "row" ? item.row.short : item.title}`;
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
        const id = number === meant ? cellId({ row: place, column: number }) : "";
        cell.show(faceOf(item, columns[number] as TableColumn, number), id, drawn.ruler);
      }
    }
  }

  private cells(): Reel<CellElement> {
    return new Reel(this.element, () => new CellElement(this.kind));
  }
}

class CellElement {
  readonly element: HTMLElement;
  private readonly text = document.createTextNode("");
  private classes = "";
  private written = "";
  private said = "";
  private cut = false;
  private id = "";
  private waits = false;
  number = -1;
  private left = -1;
  private width = -1;

  constructor(private readonly kind: Kind) {
    this.element = made("span", kind, "gridcell");
    this.element.append(this.text);
  }

  /** Which column it is of, and where that is. */
  stand(number: number, left: number, width: number): void {
    const { element } = this;
    if (number !== this.number) {
      element.dataset.column = String(number);
      if (this.kind === "rows") {
        element.ariaColIndex = String(number + 2);
      }
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
  show({ classes, text, title, parts }: Face, id: string, ruler: Ruler | undefined): void {
    const { element } = this;
    const waits = classes === undefined;
    this.classes = classes ?? this.classes;
    // Most texts fit. What may not is cut, and nothing else: a cell that is cut is drawn apart from all others, which takes as long as to draw all of it.
    const room = this.width - (this.classes.startsWith("state") ? MARK : 0);
    this.cut = waits ? this.cut : parts !== undefined || ruler?.fits(text, room) !== true;
    const written = `cell ${this.classes}${this.cut ? " cut" : ""}${id && " meant"}`;
    if (written !== this.written) {
      element.className = this.written = written;
    }
    if (id !== this.id && this.kind === "rows") {
      write(element, "id", id);
      this.id = id;
    }
    if (waits !== this.waits) {
      write(element, "aria-busy", waits ? "true" : "");
      this.waits = waits;
    }
    write(element, "title", title);
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

/** Pixels of the mark before a state. */
const MARK = 14;

function made(tag: "div" | "span", kind: Kind, role: string): HTMLElement {
  const element = document.createElement(tag);
  if (kind === "rows") {
    element.role = role;
  }
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
