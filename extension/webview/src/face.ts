// How a cell of the grid looks: a value of a run, or what a head of grouped runs says of them.

import { asNumber, asText } from "./cells";
import type { TableColumn } from "./columns";
import { type Item, summary } from "./grouping";

export interface Face {
  /** Beside `cell`. Undefined of one that is still to come: it looks like what was there before, as another style for each of hundreds takes time. */
  readonly classes: string | undefined;
  /** As it reads. What has the same classes and text is made of the same parts. */
  readonly text: string;
  /** What is said of it beside that, if anything. */
  readonly title: string;
  /** What it is made of, where that is more than text. */
  parts?(): Node[];
}

const WAITS: Face = { classes: undefined, text: "…", title: "" };

/** The face of an item in a column; `number` is which one of those that are shown. */
export function faceOf(item: Item, column: TableColumn, number: number): Face {
  if (item.kind === "head") {
    return faceOfHead(item, column, number);
  }
  const { row } = item;
  if (column.id === "state") {
    const state = asText(column.cell(row));
    const face = { classes: `state ${row.state}`, text: state, title: row.reason };
    return row.pinned ? { ...face, text: `${state} ★`, parts: () => [document.createTextNode(state), span("star", " ★")] } : face;
  }
  if (column.has?.(row) === false) {
    return WAITS;
  }
  const cell = column.cell(row);
  const text = column.show?.(row) ?? asText(cell);
  if (column.id === "tags") {
    return { classes: "tags", text, title: "", parts: () => row.tags.map((tag) => span("tag", tag)) };
  }
  return { classes: asNumber(cell) !== undefined ? "number" : typeof cell === "object" ? "shown" : "", text, title: "" };
}

function faceOfHead(item: Item & { kind: "head" }, column: TableColumn, number: number): Face {
  if (number > 0) {
    const [first] = item.rows;
    const text = summary(column, item.rows);
    return { classes: first !== undefined && asNumber(column.cell(first)) !== undefined ? "number" : "", text, title: "" };
  }
  const { title, level, open, rows } = item;
  const parts = () => {
    const over = span("over", "");
    const fold = span(open ? "fold opened" : "fold", "", true);
    fold.style.marginLeft = `${level * 12}px`;
    over.append(fold, `${title} `, span("muted", String(rows.length)));
    return [over];
  };
  return { classes: `title level${level}${open ? " unfolded" : ""}`, text: `${title} ${rows.length}`, title: "", parts };
}

function span(classes: string, text: string, hidden = false): HTMLSpanElement {
  const made = document.createElement("span");
  made.className = classes;
  made.textContent = text;
  if (hidden) {
    made.ariaHidden = "true";
  }
  return made;
}
