// The page: a bar, the tables of runs, and beside them one run or a comparison.

import { useCallback, useEffect, useMemo, useRef, useState } from "preact/hooks";
import { columnsOf, shownColumns } from "./columns";
import { type Chosen, Compare } from "./compare";
import { type Group, type Row, RUNS, type Runs } from "./contract";
import { Detail } from "./detail";
import type { Host } from "./host";
import { PageContext } from "./page";
import { csv, filtered, parseFilter, sorted, termFor, toggled, unknownNames } from "./rows";
import { type Kept, restored } from "./state";
import { Table } from "./table";

const EVERY_MS = 1000;
const FIRST = `import hitsave

@hitsave.experiment
def train(rate: float, steps: int = 20):
    error = 1.0
    for step in range(steps):
        error *= 1 - rate
        hitsave.log(step=step, error=error)
    return {"error": error}

for rate in (0.1, 0.2, 0.4):
    train(rate)`;

export function App({ host }: { host: Host }) {
  const [kept, setKept] = useState<Kept>(() => restored(host.kept()));
  const [runs, setRuns] = useState<Runs>();
  const [problem, setProblem] = useState("");
  const [choosing, setChoosing] = useState("");
  const stamp = useRef("");
  const set = useCallback((change: Partial<Kept>) => setKept((now) => ({ ...now, ...change })), []);
  useEffect(() => host.keep(kept), [host, kept]);

  const look = useCallback(
    async (again = false) => {
      try {
        const found = await host.ask<Runs>(RUNS, { since: again ? "" : stamp.current, memo: kept.memo });
        setProblem(found.problem);
        if (!found.unchanged) {
          stamp.current = found.stamp;
          setRuns(found);
        }
      } catch (error) {
        setProblem(error instanceof Error ? error.message : String(error));
      }
    },
    [host, kept.memo],
  );
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    let over = false;
    const turn = async (again: boolean) => {
      if (document.visibilityState === "visible") {
        await look(again);
      }
      if (!over) {
        timer = setTimeout(() => void turn(false), EVERY_MS);
      }
    };
    void turn(true);
    host.onChange(() => void look(true));
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }, [look, host]);

  const page = useMemo(() => ({ kept, set, ask: host.ask.bind(host) }), [kept, set, host]);
  const all = useMemo(() => (runs?.groups ?? []).flatMap((group) => group.rows.map((row): Chosen => ({ group, row }))), [runs]);
  const byId = useMemo(() => new Map(all.map((chosen) => [chosen.row.id, chosen])), [all]);
  const selected = kept.selected.flatMap((id) => byId.get(id) ?? []);
  const open = byId.get(kept.open);
  const terms = useMemo(() => parseFilter(kept.filter), [kept.filter]);
  const unknown = useMemo(() => unknownNames(terms, (runs?.groups ?? []).flatMap(columnsOf)), [terms, runs]);
  const select = (row: Row) =>
    set({ selected: kept.selected.includes(row.id) ? kept.selected.filter((id) => id !== row.id) : [...kept.selected, row.id] });
  const beside = kept.comparing && selected.length >= 2 ? "compare" : open !== undefined ? "detail" : "";
  const close = () => set(beside === "compare" ? { comparing: false } : { open: "" });

  const shownOf = (group: Group) => {
    const columns = columnsOf(group);
    const rows = sorted(filtered(group.rows, columns, terms), columns, kept.sorts[group.symbol] ?? []);
    return { columns, rows, shown: shownColumns(columns, rows, new Set(kept.hidden[group.symbol] ?? []), kept.onlyDiffering) };
  };
  const groups = useMemo(
    () => (runs?.groups ?? []).map((group) => ({ group, ...shownOf(group) })),
    [runs, terms, kept.sorts, kept.hidden, kept.onlyDiffering],
  );
  const matching = terms.length === 0 ? groups : groups.filter(({ rows }) => rows.length > 0);
  const save = () => {
    const tables = groups
      .filter(({ rows }) => rows.length > 0)
      .map(({ group, shown, rows }) => ({ name: group.name, text: csv(shown, rows) }));
    for (const { name, text } of tables) {
      host.save(`${name.replaceAll(/[^\w.-]/g, "_")}.csv`, text, "text/csv");
    }
  };

  if (runs === undefined) {
    return (
      <main class="empty" aria-busy={problem === ""}>
        <p class={problem === "" ? "muted" : "problem"}>{problem || "Looking for runs…"}</p>
      </main>
    );
  }
  const running = all.filter(({ row }) => row.state === "running").length;
  return (
    <PageContext.Provider value={page}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: Escape closes what is open, wherever the focus is */}
      <div class="page" onKeyDown={(event) => event.key === "Escape" && beside !== "" && close()}>
        <header class="top">
          <h1>{runs.project}</h1>
          <input
            type="search"
            class="filter"
            aria-label="Filter runs"
            placeholder="Filter: rate<0.5 model.degree=3 state:failed -tags:old"
            value={kept.filter}
            onInput={(event) => set({ filter: event.currentTarget.value })}
          />
          <label>
            <input type="checkbox" checked={kept.onlyDiffering} onChange={(event) => set({ onlyDiffering: event.currentTarget.checked })} />{" "}
            only what differs
          </label>
          <label title="Results of @memo functions, too">
            <input type="checkbox" checked={kept.memo} onChange={(event) => set({ memo: event.currentTarget.checked })} /> @memo
          </label>
          <button type="button" disabled={selected.length < 2} onClick={() => set({ comparing: true })}>
            Compare{selected.length > 0 ? ` (${selected.length})` : ""}
          </button>
          {selected.length > 0 ? (
            <button type="button" class="quiet" onClick={() => set({ selected: [], comparing: false })}>
              Clear selection
            </button>
          ) : null}
          <button type="button" class="quiet" disabled={all.length === 0} onClick={save}>
            Save as CSV
          </button>
          <button type="button" class="quiet" onClick={() => void look(true)}>
            Refresh
          </button>
        </header>
        <p class="told" role="status">
          {problem !== "" ? <span class="problem">{problem}</span> : null}
          {unknown.length > 0 ? <span class="problem">No column is called {unknown.join(", ")}.</span> : null}
          {running > 0 ? <span>{running} running</span> : null}
        </p>
        <div class="body">
          <main>
            {all.length === 0 ? <Empty /> : null}
            {all.length > 0 && matching.length === 0 ? <p class="empty muted">No run matches the filter.</p> : null}
            {matching.map(({ group, columns, rows, shown }) => (
              <div key={group.symbol}>
                <Table
                  name={group.name}
                  symbol={group.symbol}
                  columns={shown}
                  rows={rows}
                  all={group.rows.length}
                  more={group.more}
                  sorts={kept.sorts[group.symbol] ?? []}
                  selected={new Set(kept.selected)}
                  open={beside === "detail" ? kept.open : ""}
                  onSort={(id, add) => set({ sorts: { ...kept.sorts, [group.symbol]: toggled(kept.sorts[group.symbol] ?? [], id, add) } })}
                  onSelect={select}
                  onOpen={(row) => set({ open: row.id, comparing: false })}
                  onFilter={(column, row) => set({ filter: `${kept.filter} ${termFor(column, row)}`.trim() })}
                  onColumns={() => setChoosing(choosing === group.symbol ? "" : group.symbol)}
                />
                {choosing === group.symbol ? (
                  <fieldset class="columns">
                    <legend>Columns of {group.name}</legend>
                    {columns.map((column) => {
                      const hidden = kept.hidden[group.symbol] ?? [];
                      return (
                        <label key={column.id}>
                          <input
                            type="checkbox"
                            checked={!hidden.includes(column.id)}
                            onChange={() =>
                              set({
                                hidden: {
                                  ...kept.hidden,
                                  [group.symbol]: hidden.includes(column.id)
                                    ? hidden.filter((id) => id !== column.id)
                                    : [...hidden, column.id],
                                },
                              })
                            }
                          />{" "}
                          {column.title} <span class="muted">{column.kind === "fact" ? "" : column.kind}</span>
                        </label>
                      );
                    })}
                    <button type="button" onClick={() => setChoosing("")}>
                      Done
                    </button>
                  </fieldset>
                ) : null}
              </div>
            ))}
          </main>
          {beside === "compare" ? <Compare chosen={selected} stamp={runs.stamp} onClose={close} /> : null}
          {beside === "detail" && open !== undefined ? (
            <Detail row={open.row} stamp={runs.stamp} onClose={close} onChanged={() => void look()} />
          ) : null}
        </div>
      </div>
    </PageContext.Provider>
  );
}

function Empty() {
  return (
    <div class="empty">
      <h2>No experiments yet</h2>
      <p>
        Every call of a function under @experiment becomes a row here, with its arguments, result, metrics and figures. Put this into a
        file, and run it:
      </p>
      <pre class="source">{FIRST}</pre>
    </div>
  );
}
