// The head of the page, by which one finds runs, and its foot, which says how many there are.

import type { RefObject } from "preact";
import { useMemo } from "preact/hooks";
import { STATES, type TableColumn } from "./columns";
import type { State } from "./contract";
import { Drop, Item } from "./drop";
import type { Format } from "./exporting";
import { Columns, GroupMenu } from "./menus";
import type { Row, Runs } from "./model";
import { usePage } from "./page";
import { total } from "./rows";
import type { OfFunction, PlotKind } from "./state";

export function Tabs({
  project,
  groups,
  now,
  onChoose,
}: {
  project: string;
  groups: readonly Runs[];
  now: string;
  onChoose(symbol: string): void;
}) {
  return (
    <header class="tabs">
      <h1>{project}</h1>
      <nav aria-label="Functions">
        {groups.map(({ symbol, name, rows }) => {
          const running = rows.filter(({ state }) => state === "running").length;
          return (
            <button
              key={symbol}
              type="button"
              class="tab"
              aria-current={symbol === now ? "true" : undefined}
              title={symbol}
              onClick={() => onChoose(symbol)}
            >
              {name} <span class="count">{rows.length}</span>
              {running > 0 ? (
                <span class="state running">
                  <span class="dot" aria-hidden="true" />
                  <span class="unseen">{running} running</span>
                </span>
              ) : null}
            </button>
          );
        })}
      </nav>
    </header>
  );
}

interface TopProps {
  readonly field: RefObject<HTMLInputElement>;
  readonly columns: readonly TableColumn[];
  readonly of: OfFunction;
  readonly unknown: readonly string[];
  readonly empty: boolean;
  onOf(change: Partial<OfFunction>): void;
  onSave(format: Format, copied?: boolean): void;
  onRefresh(): void;
  onKeys(): void;
}

const PLOTS: readonly (readonly [PlotKind, string, string])[] = [
  ["curves", "Curves", "Metrics of these runs over one another"],
  ["scatter", "Scatter", "One column against another"],
  ["parallel", "Parallel", "Parallel coordinates: parameters and what came of them"],
];

export function Top({ field, columns, of, unknown, empty, onOf, onSave, onRefresh, onKeys }: TopProps) {
  const { kept, set } = usePage();
  const wrong = unknown.length > 0;
  return (
    <div class="top">
      <div class="search">
        <input
          type="search"
          class="filter"
          ref={field}
          aria-label="Filter runs"
          aria-invalid={wrong}
          aria-describedby={wrong ? "filter-problem" : undefined}
          spellcheck={false}
          placeholder="Filter: rate<0.5 model.degree=3|5 state:failed -tags:old"
          value={of.filter}
          onInput={(event) => onOf({ filter: event.currentTarget.value })}
        />
        {wrong ? (
          <p class="problem" id="filter-problem" role="status">
            No column is called {unknown.join(", ")}.
          </p>
        ) : null}
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: three buttons of which one may be pressed are no form */}
      <div class="segments" role="group" aria-label="Plots">
        {PLOTS.map(([kind, label, title]) => (
          <button
            key={kind}
            type="button"
            aria-pressed={kept.plot === kind}
            title={title}
            disabled={empty}
            onClick={() => set({ plot: kept.plot === kind ? "" : kind })}
          >
            {label}
          </button>
        ))}
      </div>
      <Drop label="Columns" title="Choose columns, and their order">
        {() => <Columns columns={columns} of={of} onSet={onOf} />}
      </Drop>
      <GroupMenu columns={columns} of={of} onSet={onOf} />
      <Drop label="Export" title="Save what is shown">
        {(close) => {
          const item = (label: string, format: Format, copied = false) => (
            <Item
              disabled={empty}
              onClick={() => {
                close();
                onSave(format, copied);
              }}
            >
              {label}
            </Item>
          );
          return (
            <>
              {item("Save as CSV", "csv")}
              {item("Save as JSON", "json")}
              {item("Save as Markdown", "md")}
              {item("Copy as Markdown", "md", true)}
            </>
          );
        }}
      </Drop>
      <Drop label="View" title="What is listed">
        {(close) => (
          <div class="choices">
            <label>
              <input
                type="checkbox"
                checked={kept.onlyDiffering}
                onChange={(event) => set({ onlyDiffering: event.currentTarget.checked })}
              />{" "}
              only columns that differ
            </label>
            <label>
              <input type="checkbox" checked={kept.memo} onChange={(event) => set({ memo: event.currentTarget.checked })} /> results of
              @memo, too
            </label>
            <hr />
            <Item
              onClick={() => {
                close();
                onRefresh();
              }}
            >
              Look again at what is stale
            </Item>
            <Item
              onClick={() => {
                close();
                onKeys();
              }}
            >
              Keys
            </Item>
          </div>
        )}
      </Drop>
    </div>
  );
}

interface FootProps {
  readonly rows: readonly Row[];
  readonly all: readonly Row[];
  readonly waiting: number;
  readonly more: boolean;
  readonly problem: string;
  readonly said: string;
  readonly removed: number;
  onUndo(): void;
}

const ORDER: readonly State[] = ["running", "fresh", "stale", "cannot_tell", "failed"];

export function Foot({ rows, all, waiting, more, problem, said, removed, onUndo }: FootProps) {
  const counts = useMemo(
    () =>
      ORDER.flatMap((state) => {
        const count = rows.reduce((sum, row) => sum + (row.state === state ? 1 : 0), 0);
        return count > 0 ? [{ state, count }] : [];
      }),
    [rows],
  );
  const running = counts.find(({ state }) => state === "running")?.count ?? 0;
  const ended = rows.length - running;
  const lasting = useMemo(() => total(rows), [rows, running > 0 ? Math.floor(Date.now() / 1000) : 0]);
  return (
    <footer class="foot">
      <span>
        {rows.length === all.length ? `${all.length} ${all.length === 1 ? "run" : "runs"}` : `${rows.length} of ${all.length} runs`}
      </span>
      {counts.length > 1 || running > 0
        ? counts.map(({ state, count }) => (
            <span key={state} class={`state ${state}`}>
              <span class="dot" aria-hidden="true" />
              {count} {STATES[state]}
            </span>
          ))
        : null}
      {running > 0 ? <progress max={rows.length} value={ended} aria-label={`${ended} of ${rows.length} have ended`} /> : null}
      {rows.length === 0 ? null : <span class="muted">{lasting}</span>}
      {waiting > 0 ? <span class="muted">reading {waiting} older…</span> : null}
      {more ? <span class="muted">older ones are not listed</span> : null}
      <span class="messages" role="status">
        {problem === "" ? null : <span class="problem">{problem}</span>}
        {said === "" ? null : <span>{said}</span>}
      </span>
      {removed === 0 ? null : (
        <span>
          {removed} deleted{" "}
          <button type="button" onClick={onUndo}>
            Undo
          </button>
        </span>
      )}
    </footer>
  );
}
