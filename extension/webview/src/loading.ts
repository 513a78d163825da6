// The table, looked at once a second while the page is seen; and the columns that are wanted and not here yet.

import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { type Runs as Answer, CELLS, type Cells, RUNS } from "./contract";
import type { Host } from "./host";
import { isWhole, merged, type Row, type Runs, withCells, withColumns } from "./model";

const EVERY_MS = 1000;
/** While older runs are still being read; at first, once those that are here could be drawn. */
const SOON_MS = 30;
const DRAWN_MS = 150;
/** Cells that are asked for at once. */
const MOST_CELLS = 1_000_000;

export interface Loaded {
  /** Undefined until the first answer. */
  readonly groups: readonly Runs[] | undefined;
  readonly project: string;
  readonly problem: string;
  /** Looks now; with `again`, at what is stale, too. */
  look(again?: boolean): Promise<void>;
  /** Fetches columns of a function; what is here or on its way is not asked for again. Resolves when all of them are here. */
  need(symbol: string, columns: readonly string[]): Promise<void>;
  /** Fetches what some rows have in some columns, because it is in sight, and calls back. One request at a time: while one is on its way, only what is wanted last counts. */
  see(symbol: string, columns: readonly string[], rows: () => readonly Row[], here: () => void): void;
}

export function useRunsOf(host: Host, memo: boolean): Loaded {
  const [state, setState] = useState<{ groups?: readonly Runs[]; project: string; problem: string }>({ project: "", problem: "" });
  const known = useRef<readonly Runs[]>([]);
  const stamp = useRef("");
  const coming = useRef(new Map<string, Promise<void>>());

  const look = useCallback(
    async (again = false): Promise<void> => {
      try {
        const below = oldest(known.current);
        const found = await host.ask<Answer>(RUNS, {
          since: stamp.current,
          memo,
          ...(again ? { look: true } : {}),
          ...(below === undefined ? {} : { below }),
        });
        if (!found.unchanged) {
          stamp.current = found.stamp;
          known.current = found.groups.map((group) =>
            merged(
              known.current.find(({ symbol }) => symbol === group.symbol),
              group,
            ),
          );
        }
        setState((now) =>
          found.unchanged && now.problem === found.problem && now.groups !== undefined
            ? now
            : { groups: known.current, project: found.project, problem: found.problem },
        );
      } catch (error) {
        setState((now) => ({ ...now, problem: (error as Error).message }));
      }
    },
    [host, memo],
  );

  const need = useCallback(
    async (symbol: string, columns: readonly string[]): Promise<void> => {
      const group = known.current.find((one) => one.symbol === symbol);
      if (group === undefined) {
        return;
      }
      const missing = columns.filter((id) => !isWhole(group.rows, group.cells.get(id)) && group.columns.some((column) => column.id === id));
      const fresh = missing.filter((id) => !coming.current.has(`${symbol} ${id}`));
      const at = Math.max(1, Math.floor(MOST_CELLS / Math.max(1, group.rows.length)));
      for (let first = 0; first < fresh.length; first += at) {
        const some = fresh.slice(first, first + at);
        const answer = host
          .ask<Cells>(CELLS, { symbol, columns: some, memo })
          .then((found) => {
            known.current = known.current.map((one) => (one.symbol === symbol ? withColumns(one, found) : one));
            setState((now) => ({ ...now, groups: known.current }));
          })
          .catch((error: Error) => setState((now) => ({ ...now, problem: error.message })))
          .finally(() => {
            for (const id of some) {
              coming.current.delete(`${symbol} ${id}`);
            }
          });
        for (const id of some) {
          coming.current.set(`${symbol} ${id}`, answer);
        }
      }
      await Promise.all(missing.map((id) => coming.current.get(`${symbol} ${id}`)));
    },
    [host, memo],
  );

  const wanted = useRef<() => Promise<void>>();
  const seeing = useRef(false);
  const see = useCallback(
    (symbol: string, columns: readonly string[], rows: () => readonly Row[], here: () => void): void => {
      wanted.current = async () => {
        const places = rows().map(({ at }) => at);
        const found = await host.ask<Cells>(CELLS, { symbol, columns, places, memo });
        const before = known.current;
        const after = before.map((one) => (one.symbol === symbol ? withCells(one, found, places) : one));
        if (after.some((group, n) => group !== before[n])) {
          known.current = after;
          setState((now) => ({ ...now, groups: after }));
        }
        here();
      };
      const next = async () => {
        while (wanted.current !== undefined) {
          const ask = wanted.current;
          wanted.current = undefined;
          await ask();
        }
      };
      if (!seeing.current) {
        seeing.current = true;
        next()
          .catch((error: Error) => setState((now) => ({ ...now, problem: error.message })))
          .finally(() => {
            seeing.current = false;
          });
      }
    },
    [host, memo],
  );

  // Before anything is painted, as all of it waits for the answer.
  useLayoutEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    let over = false;
    const turn = async () => {
      const first = known.current.length === 0;
      if (document.visibilityState === "visible") {
        await look();
      }
      if (!over) {
        const waiting = known.current.some((group) => group.waiting > 0);
        timer = setTimeout(() => void turn(), !waiting ? EVERY_MS : first ? DRAWN_MS : SOON_MS);
      }
    };
    stamp.current = "";
    void turn();
    const seen = () => document.visibilityState === "visible" && void look();
    document.addEventListener("visibilitychange", seen);
    return () => {
      over = true;
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", seen);
    };
  }, [look]);
  useEffect(() => host.onChange(() => void look(true)), [look, host]);
  return { groups: state.groups, project: state.project, problem: state.problem, look, need, see };
}

/** By symbol, the oldest run that is here of each function of which older ones are still to come. */
function oldest(groups: readonly Runs[]): Record<string, string> | undefined {
  const waiting = groups.flatMap(({ symbol, rows, waiting }) => (waiting > 0 && rows.length > 0 ? [[symbol, rows.at(-1)?.id ?? ""]] : []));
  return waiting.length === 0 ? undefined : Object.fromEntries(waiting);
}
