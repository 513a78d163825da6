// The body of the grid: its rows, and over them a picture of the columns that stay in sight.
// Those are scrolled away with their row. If each of their cells stood still by itself, the browser would draw each of them apart, and every frame would take half as long again.

import type { Span } from "./ahead";
import { type Drawn, RowPool } from "./rowpool";

/** Characters that are not cut, whatever they are. */
const SURE = 12;

export class Body {
  private readonly rows: RowPool;
  private readonly picture: RowPool;

  constructor(rows: HTMLElement, pane: HTMLElement) {
    this.rows = new RowPool(rows);
    this.picture = new RowPool(pane, "picture");
  }

  /** Shows some rows and columns of what is scrolled so far to the right; with `again` all cells are looked at, as they may say something else. */
  draw(drawn: Drawn, rows: Span, columns: Span, left: number, again: boolean): void {
    this.rows.draw(drawn, rows, columns, again);
    this.picture.draw(drawn, left > 0 ? rows : [0, 0], [drawn.stay, drawn.stay], again);
  }

  /** The pointer is over an element, or over nothing of the grid. What may be cut is said by a title, too: one that is made now, as hundreds of cells are drawn in each frame. */
  point(target: Element | null): void {
    const place = Number(target?.closest<HTMLElement>("[data-row]")?.dataset.row ?? -1);
    this.rows.point(place);
    this.picture.point(place);
    const cell = target?.closest<HTMLElement>(".rows .cell") ?? null;
    if (cell !== null && cell.title === "" && (cell.textContent ?? "").length > SURE) {
      cell.title = cell.textContent ?? "";
    }
  }

  /** The scrolling rests. */
  rest(): void {
    this.rows.rest();
    this.picture.rest();
  }
}
