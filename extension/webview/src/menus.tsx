// What opens over a cell or a head, what chooses columns, and what can be done with the runs that are selected.

import { useState } from "preact/hooks";
import { asNumber, asText } from "./cells";
import { arranged, moved, type TableColumn } from "./columns";
import { Drop, Item, Popover } from "./drop";
import type { Row } from "./model";
import { filterName, replaced, termFor } from "./rows";
import type { OfFunction } from "./state";
import type { Meant } from "./table";

interface CellMenuProps {
  readonly meant: Meant;
  readonly columns: readonly TableColumn[];
  readonly of: OfFunction;
  onSet(change: Partial<OfFunction>): void;
  onCopy(text: string): void;
  onClose(): void;
}

export function CellMenu({ meant, columns, of, onSet, onCopy, onClose }: CellMenuProps) {
  const { column, row, at } = meant;
  const name = filterName(column);
  const { filter } = of;
  const onFilter = (now: string) => onSet({ filter: now });
  const act = (label: string, change: () => void) => (
    <Item
      onClick={() => {
        onClose();
        change();
      }}
    >
      {label}
    </Item>
  );
  const add = (term: string) => onFilter(`${filter} ${term}`.trim());
  const pinned = of.pinned.includes(column.id);
  const grouped = of.groupBy.includes(column.id);
  const value = row === undefined ? "" : short(column.show?.(row) ?? asText(column.cell(row)));
  const numeric = row !== undefined && asNumber(column.cell(row)) !== undefined;
  return (
    <Popover name={`${column.title}${row === undefined ? "" : ` ${value}`}`} at={at} onClose={onClose}>
      {row === undefined || column.cell(row) === null ? null : (
        <>
          {act(`Only ${column.title} = ${value}`, () => onFilter(replaced(filter, columns, column, [termFor(column, row)])))}
          {act(`Not ${column.title} = ${value}`, () => add(termFor(column, row, "!=")))}
          {numeric ? act(`${column.title} ≥ ${value}`, () => add(termFor(column, row, ">="))) : null}
          {numeric ? act(`${column.title} ≤ ${value}`, () => add(termFor(column, row, "<="))) : null}
          {act("Copy value", () => onCopy(asText(column.cell(row))))}
          <hr />
        </>
      )}
      {act("Sort ascending", () => onSet({ sorts: [{ id: column.id, descending: false }] }))}
      {act("Sort descending", () => onSet({ sorts: [{ id: column.id, descending: true }] }))}
      {act(grouped ? `Don’t group by ${column.title}` : `Group by ${column.title}`, () =>
        onSet({ groupBy: grouped ? of.groupBy.filter((id) => id !== column.id) : [...of.groupBy, column.id] }),
      )}
      {new RegExp(`(?:^|\\s)-?${escaped(name)}(?:[<>=!:])`).test(filter)
        ? act(`Take ${column.title} out of the filter`, () => onFilter(replaced(filter, columns, column, [])))
        : null}
      <hr />
      {act(pinned ? "Let it scroll" : "Keep in sight", () =>
        onSet({ pinned: pinned ? of.pinned.filter((id) => id !== column.id) : [...of.pinned, column.id] }),
      )}
      {act("Hide column", () => onSet({ hidden: [...of.hidden, column.id] }))}
      {of.widths[column.id] === undefined
        ? null
        : act("As wide as it needs", () =>
            onSet({ widths: Object.fromEntries(Object.entries(of.widths).filter(([id]) => id !== column.id)) }),
          )}
    </Popover>
  );
}

const short = (text: string) => (text.length > 24 ? `${text.slice(0, 23)}…` : text);
const escaped = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** Which columns there are, in which order, and which of them stay in sight. */
export function Columns({
  columns,
  of,
  onSet,
}: {
  columns: readonly TableColumn[];
  of: OfFunction;
  onSet(change: Partial<OfFunction>): void;
}) {
  const [sought, setSought] = useState("");
  const ordered = arranged(columns, of.order);
  const listed = ordered.filter(({ title, kind }) => `${title} ${kind}`.toLowerCase().includes(sought.toLowerCase()));
  const flip = (ids: readonly string[], id: string) => (ids.includes(id) ? ids.filter((one) => one !== id) : [...ids, id]);
  const step = (id: string, by: number) => {
    const at = ordered.findIndex((column) => column.id === id);
    onSet({ order: moved(ordered, id, ordered[by < 0 ? at - 1 : at + 2]?.id) });
  };
  return (
    <fieldset class="chooser">
      <legend class="unseen">Columns</legend>
      <input
        type="search"
        placeholder="Find a column"
        aria-label="Find a column"
        value={sought}
        onInput={(event) => setSought(event.currentTarget.value)}
      />
      <ul>
        {listed.slice(0, MOST_LISTED).map(({ id, title, kind }) => (
          <li key={id}>
            <label>
              <input type="checkbox" checked={!of.hidden.includes(id)} onChange={() => onSet({ hidden: flip(of.hidden, id) })} /> {title}{" "}
              <span class="muted">{kind === "fact" ? "" : kind}</span>
            </label>
            <span class="steps">
              <button type="button" class="quiet small" aria-label={`Move ${title} left`} onClick={() => step(id, -1)}>
                ↑
              </button>
              <button type="button" class="quiet small" aria-label={`Move ${title} right`} onClick={() => step(id, 1)}>
                ↓
              </button>
              <button
                type="button"
                class="quiet small"
                aria-pressed={of.pinned.includes(id)}
                aria-label={`Keep ${title} in sight`}
                onClick={() => onSet({ pinned: flip(of.pinned, id) })}
              >
                ⇤
              </button>
            </span>
          </li>
        ))}
      </ul>
      {listed.length > MOST_LISTED ? <p class="muted">{listed.length - MOST_LISTED} more</p> : null}
      <div class="bar">
        <button type="button" onClick={() => onSet({ hidden: flipAll(of.hidden, listed, false) })}>
          Show all
        </button>
        <button type="button" onClick={() => onSet({ hidden: flipAll(of.hidden, listed, true) })}>
          Hide all
        </button>
        <button type="button" onClick={() => onSet({ hidden: [], order: [], pinned: [], widths: {} })}>
          Reset
        </button>
      </div>
    </fieldset>
  );
}

const MOST_LISTED = 100;

function flipAll(hidden: readonly string[], listed: readonly TableColumn[], hide: boolean): string[] {
  const ids = new Set(listed.map(({ id }) => id));
  return [...hidden.filter((id) => !ids.has(id)), ...(hide ? ids : [])];
}

export function GroupMenu({
  columns,
  of,
  onSet,
}: {
  columns: readonly TableColumn[];
  of: OfFunction;
  onSet(change: Partial<OfFunction>): void;
}) {
  const titles = of.groupBy.flatMap((id) => columns.find((column) => column.id === id)?.title ?? []);
  return (
    <Drop label={titles.length === 0 ? "Group" : `Group: ${titles.join(", ")}`} title="Group runs by columns" name="Group by">
      {() => (
        <div class="choices">
          {columns.map(({ id, title, kind }) => (
            <label key={id}>
              <input
                type="checkbox"
                checked={of.groupBy.includes(id)}
                onChange={() => onSet({ groupBy: of.groupBy.includes(id) ? of.groupBy.filter((one) => one !== id) : [...of.groupBy, id] })}
              />{" "}
              {title} <span class="muted">{kind === "fact" ? "" : kind}</span>
            </label>
          ))}
        </div>
      )}
    </Drop>
  );
}

interface SelectionProps {
  readonly selected: readonly Row[];
  onCompare(): void;
  onClear(): void;
  onMark(change: object): void;
  onRemove(): void;
}

export function Selection({ selected, onCompare, onClear, onMark, onRemove }: SelectionProps) {
  const everyPinned = selected.every(({ pinned }) => pinned);
  const [tag, setTag] = useState("");
  return (
    <div class="selection" role="toolbar" aria-label="Selected runs">
      <strong>{selected.length} selected</strong>
      <button type="button" disabled={selected.length < 2} onClick={onCompare}>
        Compare
      </button>
      <button type="button" class="quiet" onClick={() => onMark({ pinned: !everyPinned })}>
        {everyPinned ? "Unpin" : "Pin"}
      </button>
      <Drop label="Tag" title="Tag the selected runs">
        {(close) => (
          <form
            class="bar"
            onSubmit={(event) => {
              event.preventDefault();
              close();
              onMark({ tag: tag.split(",").flatMap((one) => one.trim() || []) });
              setTag("");
            }}
          >
            <input type="text" aria-label="Tag of the selected runs" value={tag} onInput={(event) => setTag(event.currentTarget.value)} />
            <button type="submit">Tag</button>
          </form>
        )}
      </Drop>
      <button type="button" class="quiet" onClick={onRemove}>
        Delete
      </button>
      <button type="button" class="quiet" onClick={onClear}>
        Clear selection
      </button>
    </div>
  );
}
