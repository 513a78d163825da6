// One cell of the grid: a value of a run, or what a head of grouped runs says of them.

import { asNumber, asText } from "./cells";
import type { TableColumn } from "./columns";
import { type Item, summary } from "./grouping";

interface CellProps {
  readonly item: Item;
  readonly column: TableColumn;
  readonly id: string;
  readonly place: number;
  readonly number: number;
  readonly style: Record<string, string>;
  readonly stays: boolean;
  readonly meant: boolean;
}

export function CellOf({ item, column, id, place, number, style, stays, meant }: CellProps) {
  const common = { role: "gridcell" as const, id, "data-row": place, "data-column": number, "aria-colindex": number + 2, style };
  const more = `${stays ? " stays" : ""}${meant ? " meant" : ""}`;
  if (item.kind === "head") {
    const first = item.rows[0];
    const title = number === 0 ? item.title : summary(column, item.rows);
    const right = number > 0 && first !== undefined && asNumber(column.cell(first)) !== undefined;
    return (
      <span {...common} class={`cell${number === 0 ? " title" : right ? " number" : ""}${more}`} title={title}>
        {number === 0 ? (
          <span class="over">
            <span class={`fold${item.open ? " opened" : ""}`} style={{ marginLeft: `${item.level * 12}px` }} aria-hidden="true" />
            {title} <span class="muted">{item.rows.length}</span>
          </span>
        ) : (
          title
        )}
      </span>
    );
  }
  const { row } = item;
  if (column.id === "state") {
    return (
      <span {...common} class={`cell state ${row.state}${more}`} title={row.reason || undefined}>
        <span class="dot" aria-hidden="true" />
        {asText(column.cell(row))}
        {row.pinned ? <span class="star"> ★</span> : null}
      </span>
    );
  }
  if (column.has?.(row) === false) {
    return <span {...common} class={`cell waits${more}`} aria-busy="true" />;
  }
  const cell = column.cell(row);
  const text = column.show?.(row) ?? asText(cell);
  const kind = asNumber(cell) !== undefined ? "number" : typeof cell === "object" ? "shown" : column.id === "tags" ? "tags" : "";
  return (
    <span {...common} class={`cell ${kind}${more}`} title={text.length > 12 ? text : undefined}>
      {kind === "tags"
        ? row.tags.map((tag) => (
            <span key={tag} class="tag">
              {tag}
            </span>
          ))
        : text}
    </span>
  );
}
