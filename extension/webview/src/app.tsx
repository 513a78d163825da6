// The page: what it holds, and where on it things are.

import { useCallback, useEffect, useMemo, useRef, useState } from "preact/hooks";
import { columnsOf, lackingOf, shownColumns, type TableColumn } from "./columns";
import { type Chosen, Compare } from "./compare";
import { type Done, REMOVE, RESTORE } from "./contract";
import { Detail } from "./detail";
import { Divider } from "./divider";
import { focusIfLost } from "./drop";
import { Empty, Keys } from "./empty";
import { exported, type Format, MEDIA } from "./exporting";
import { grouped } from "./grouping";
import type { Host } from "./host";
import { useKept } from "./keeping";
import { useRunsOf } from "./loading";
import { mark } from "./marks";
import { CellMenu, Selection } from "./menus";
import type { Row, Runs } from "./model";
import { PageContext } from "./page";
import { PlotArea } from "./plotarea";
import { filtered, looksAt, parseFilter, sorted, termFor, toggled, unknownNames } from "./rows";
import { useRunning } from "./running";
import { BEGINNING, type OfFunction, ofFunction } from "./state";
import { type Meant, Table } from "./table";
import { Foot, Tabs, Top } from "./top";

const NO_COLUMNS: readonly TableColumn[] = [];
const NONE: Runs = { symbol: "", name: "", columns: [], rows: [], cells: new Map(), waiting: 0, more: false };

export function App({ host }: { host: Host }) {
  const [stored, set] = useKept(host);
  const kept = stored ?? BEGINNING;
  const { groups, project, problem, look, need, see } = useRunsOf(host, kept.memo);
  const [said, setSaid] = useState("");
  const [removed, setRemoved] = useState<readonly (readonly string[])[]>([]);
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const [meant, setMeant] = useState<Meant>();
  const [helping, setHelping] = useState(false);
  const filterField = useRef<HTMLInputElement>(null);

  const find = (id: string): Chosen | undefined => (id === "" ? undefined : findRun(groups ?? [], id));
  const group = groups?.find(({ symbol }) => symbol === kept.symbol) ?? groups?.[0] ?? NONE;
  const of = ofFunction(kept, group.symbol);
  const setOf = (change: Partial<OfFunction>) => set({ functions: { ...kept.functions, [group.symbol]: { ...of, ...change } } });

  const columns = useMemo(() => columnsOf(group), [group]);
  const terms = useMemo(() => parseFilter(of.filter), [of.filter]);
  const unknown = useMemo(() => unknownNames(terms, columns), [terms, columns]);
  const matching = useMemo(() => filtered(group.rows, columns, terms), [group, columns, terms]);
  const rows = useMemo(() => sorted(matching, columns, of.sorts), [matching, columns, of.sorts]);
  const shown = useMemo(() => shownColumns(columns, rows, of, kept.onlyDiffering), [columns, rows, of, kept.onlyDiffering]);
  const by = useMemo(
    () => (of.groupBy.length === 0 ? NO_COLUMNS : of.groupBy.flatMap((id) => columns.find((column) => column.id === id) ?? [])),
    [of.groupBy, columns],
  );
  const items = useMemo(() => grouped(rows, by, closed), [rows, by, closed]);
  const selection = useMemo(() => new Set(kept.selected), [kept.selected]);
  const selected = kept.selected.flatMap((id) => find(id) ?? []);
  useRunning(rows);

  const lacking = useCallback((ids: readonly string[]) => void need(group.symbol, ids), [need, group.symbol]);
  const absent = useMemo(() => {
    const sorting = of.sorts.flatMap(({ id }) => columns.find((column) => column.id === id) ?? []);
    return lackingOf([...new Set([...looksAt(terms, columns), ...by, ...sorting])], group.rows);
  }, [terms, columns, by, of.sorts, group]);
  useEffect(() => {
    if (absent.length > 0) {
      lacking(absent);
    }
  }, [absent.join(" "), lacking]);

  const comparing = kept.comparing && selected.length >= 2;
  useEffect(() => {
    // What is compared is shown with all its values.
    for (const one of comparing ? new Set(selected.map((chosen) => chosen.group)) : []) {
      const rowsOf = selected.filter((chosen) => chosen.group === one).map(({ row }) => row);
      void need(one.symbol, lackingOf(columnsOf(one), rowsOf));
    }
  }, [comparing, kept.selected, groups]);

  const timer = useRef<ReturnType<typeof setTimeout>>();
  const say = useCallback((text: string) => {
    clearTimeout(timer.current);
    setSaid(text);
    timer.current = setTimeout(() => setSaid(""), 5000);
  }, []);
  const openRun = useCallback(
    (id: string) => {
      const symbol = findRun(groups ?? [], id)?.group.symbol;
      set({ open: id, comparing: false, ...(symbol === undefined ? {} : { symbol }) });
    },
    [groups, set],
  );
  const linked = useRef(openRun);
  linked.current = openRun;
  useEffect(() => host.onLink((id) => linked.current(id)), [host]);
  const opened = find(kept.open);
  useEffect(() => host.show(opened?.row.id ?? ""), [host, opened?.row.id]);
  const page = useMemo(() => ({ kept, host, ask: host.ask.bind(host), set, say, openRun }), [kept, host, set, say, openRun]);

  const beside = comparing ? "compare" : opened !== undefined ? "detail" : "";
  /** What is open beside the table goes with the function that it is of. */
  const choose = (symbol: string) =>
    set({ symbol, comparing: false, ...(opened !== undefined && opened.group.symbol !== symbol ? { open: "" } : {}) });
  const close = () => {
    set(beside === "compare" ? { comparing: false } : { open: "" });
    document.querySelector<HTMLElement>(".grid")?.focus();
  };
  const select = (some: readonly Row[], on: boolean) => {
    const ids = new Set(some.map(({ id }) => id));
    const others = kept.selected.filter((id) => !ids.has(id));
    set({ selected: on ? [...others, ...ids] : others });
  };
  const change = async (method: string, ids: readonly string[]): Promise<number> => {
    try {
      const done = await host.ask<Done>(method, { ids });
      if (done.message !== "") {
        say(done.message);
      }
      await look();
      return done.count;
    } catch (error) {
      say((error as Error).message);
      return 0;
    }
  };
  const remove = async (some: readonly Row[]) => {
    const ids = some.map(({ id }) => id);
    if ((await change(REMOVE, ids)) > 0) {
      setRemoved((before) => [...before, ids]);
      set({ selected: kept.selected.filter((id) => !ids.includes(id)), ...(ids.includes(kept.open) ? { open: "" } : {}) });
    }
  };
  const undo = async () => {
    const ids = removed.at(-1);
    if (ids !== undefined && (await change(RESTORE, ids)) > 0) {
      setRemoved((before) => before.slice(0, -1));
    }
  };
  const save = async (format: Format, copied = false) => {
    await need(
      group.symbol,
      shown.map(({ id }) => id),
    );
    saving.current = { format, copied };
    setSaves((count) => count + 1);
  };
  // What was waited for is there with the next drawing.
  const saving = useRef<{ format: Format; copied: boolean }>();
  const [saves, setSaves] = useState(0);
  useEffect(() => {
    const { format, copied } = saving.current ?? {};
    saving.current = undefined;
    if (format !== undefined) {
      const text = exported(format, shown, rows);
      if (copied) {
        host.copy(text);
        say("Copied");
      } else {
        host.save(`${group.name.replaceAll(/[^\w.-]/g, "_")}.${format}`, new Blob([text], { type: MEDIA[format] }));
      }
    }
  }, [saves]);
  const move = (id: string, before: string | undefined) => {
    const order = orderAfter(columns, of, shown, id, before);
    // What is put among those that stay in sight stays, and what is taken from there doesn't.
    const among = before !== undefined && of.pinned.includes(before);
    const pinned = of.pinned.filter((one) => one !== id);
    setOf({ order, pinned: among ? [...pinned, id] : pinned });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const typing =
      event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement || event.target instanceof HTMLSelectElement;
    if (event.key === "Escape" && beside !== "" && document.querySelector(":popover-open, dialog[open]") === null) {
      close();
    } else if (event.key === "/" && !typing) {
      event.preventDefault();
      filterField.current?.focus();
    } else if (event.key === "?" && !typing) {
      setHelping(true);
    }
  };

  const keyed = useRef(onKeyDown);
  keyed.current = onKeyDown;
  useEffect(() => {
    // Wherever the focus is, and where it is nowhere, as on a page that was just opened.
    const hear = (event: KeyboardEvent) => keyed.current(event);
    document.addEventListener("keydown", hear);
    return () => document.removeEventListener("keydown", hear);
  }, []);

  if (groups === undefined || stored === undefined) {
    return (
      <main class="empty" aria-busy={problem === ""}>
        <h1 class="unseen">Experiments</h1>
        <p class={problem === "" ? "muted" : "problem"}>{problem || "Looking for runs…"}</p>
      </main>
    );
  }
  return (
    <PageContext.Provider value={page}>
      <div class="page">
        <Tabs project={project} groups={groups} now={group.symbol} onChoose={choose} />
        <Top
          field={filterField}
          columns={columns}
          of={of}
          onOf={setOf}
          onSave={(format, copied) => void save(format, copied)}
          onRefresh={() => void look(true)}
          onKeys={() => setHelping(true)}
          unknown={unknown}
          empty={group.rows.length === 0}
        />
        {selected.length === 0 ? null : (
          <Selection
            selected={selected.map(({ row }) => row)}
            onCompare={() => set({ comparing: true })}
            onClear={() => set({ selected: [], comparing: false })}
            onMark={(given) => void mark(page, kept.selected, given).then(() => look())}
            onRemove={() => void remove(selected.map(({ row }) => row))}
          />
        )}
        <div class="body">
          <main>
            {groups.length === 0 ? <Empty /> : null}
            {kept.plot === "" || group.rows.length === 0 ? null : (
              <>
                <PlotArea
                  group={group}
                  columns={columns}
                  rows={rows}
                  terms={terms}
                  selected={selection}
                  open={beside === "detail" ? kept.open : ""}
                  of={of}
                  onOf={setOf}
                  need={lacking}
                />
                <Divider label="Height of the plots" along="y" size={kept.above} sign={1} least={120} onSize={(above) => set({ above })} />
              </>
            )}
            {groups.length === 0 ? null : rows.length === 0 ? (
              <p class="empty muted">No run matches the filter.</p>
            ) : (
              <Table
                name={group.name}
                columns={shown}
                items={items}
                rows={rows}
                arrangement={of}
                sorts={of.sorts}
                selected={selection}
                open={beside === "detail" ? kept.open : ""}
                onSort={(id, add) => setOf({ sorts: toggled(of.sorts, id, add) })}
                onSelect={select}
                onOpen={(row) => openRun(row.id)}
                onFold={(key) =>
                  setClosed((now) => (now.has(key) ? new Set([...now].filter((one) => one !== key)) : new Set([...now, key])))
                }
                onFilter={(column, row) => setOf({ filter: `${of.filter} ${termFor(column, row)}`.trim() })}
                onMenu={setMeant}
                onMove={move}
                onWidth={(id, width) => setOf({ widths: { ...of.widths, [id]: Math.max(44, Math.round(width)) } })}
                need={lacking}
                see={(ids, some, here) => see(group.symbol, ids, some, here)}
              />
            )}
          </main>
          {beside === "" ? null : (
            <Divider label="Width of the run" along="x" size={kept.beside} sign={-1} least={280} onSize={(size) => set({ beside: size })} />
          )}
          {beside === "compare" ? <Compare chosen={selected} onClose={close} /> : null}
          {beside === "detail" && opened !== undefined ? (
            <Detail row={opened.row} onClose={close} onChanged={() => void look()} onRemove={(row) => void remove([row])} />
          ) : null}
        </div>
        <Foot
          rows={rows}
          all={group.rows}
          waiting={group.waiting}
          more={group.more}
          problem={problem}
          said={said}
          removed={removed.at(-1)?.length ?? 0}
          onUndo={() => void undo()}
        />
        {meant === undefined ? null : (
          <CellMenu
            meant={meant}
            columns={columns}
            of={of}
            onSet={setOf}
            onCopy={(text) => host.copy(text)}
            onClose={() => {
              setMeant(undefined);
              focusIfLost(document.querySelector<HTMLElement>(".grid"));
            }}
          />
        )}
        {helping ? <Keys onClose={() => setHelping(false)} /> : null}
      </div>
    </PageContext.Provider>
  );
}

/** The order of all columns after one that is shown was put before another one that is. */
function orderAfter(
  columns: readonly TableColumn[],
  of: OfFunction,
  shown: readonly TableColumn[],
  id: string,
  before: string | undefined,
): string[] {
  const order = shown.map((column) => column.id).filter((one) => one !== id);
  const place = before === undefined ? order.length : order.indexOf(before);
  order.splice(place < 0 ? order.length : place, 0, id);
  const hidden = [...of.order, ...columns.map((column) => column.id)].filter((one) => !order.includes(one));
  return [...order, ...new Set(hidden)];
}

const byId = new WeakMap<readonly Row[], ReadonlyMap<string, Row>>();

/** A run by its ID, whichever function it is of. */
function findRun(groups: readonly Runs[], id: string): Chosen | undefined {
  for (const group of groups) {
    const known = byId.get(group.rows) ?? new Map(group.rows.map((row) => [row.id, row]));
    byId.set(group.rows, known);
    const row = known.get(id);
    if (row !== undefined) {
      return { group, row };
    }
  }
  return undefined;
}
