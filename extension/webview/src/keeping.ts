// What a person has set is kept a moment after it was set, and at once when the page goes.

import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { type Kept as Answer, KEEP, KEPT } from "./contract";
import type { Host } from "./host";
import { BEGINNING, type Kept, restored } from "./state";

const AFTER_MS = 300;

/** The state, undefined until what was kept is here; and what changes it. */
export function useKept(host: Host): readonly [Kept | undefined, (change: Partial<Kept>) => void] {
  const [kept, setKept] = useState<Kept>();
  const waiting = useRef<Kept>();
  // Before anything is painted, as all of it waits for the answer.
  useLayoutEffect(() => {
    host.ask<Answer>(KEPT, {}).then(
      ({ state }) => setKept(restored(state)),
      () => setKept(BEGINNING),
    );
  }, [host]);
  const write = useCallback(() => {
    const state = waiting.current;
    waiting.current = undefined;
    if (state !== undefined) {
      host.ask(KEEP, { state }).catch(() => {}); // what is not kept is set again
    }
  }, [host]);
  const first = useRef(true);
  useEffect(() => {
    if (kept === undefined || first.current) {
      first.current = kept === undefined;
      return;
    }
    waiting.current = kept;
    const timer = setTimeout(write, AFTER_MS);
    return () => clearTimeout(timer);
  }, [kept, write]);
  useEffect(() => {
    addEventListener("pagehide", write);
    return () => removeEventListener("pagehide", write);
  }, [write]);
  const set = useCallback((change: Partial<Kept>) => setKept((now) => ({ ...(now ?? BEGINNING), ...change })), []);
  return [kept, set];
}
