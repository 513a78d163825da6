// Time as it passes for what runs.

import { useEffect, useMemo, useState } from "preact/hooks";
import type { Row } from "./model";

/** Draws again every second while anything runs, so that it is seen to. */
export function useRunning(rows: readonly Row[]): number {
  const [now, setNow] = useState(Date.now);
  const running = useMemo(() => rows.some(({ state }) => state === "running"), [rows]);
  useEffect(() => {
    const timer = running ? setInterval(() => document.visibilityState === "visible" && setNow(Date.now()), 1000) : undefined;
    return () => clearInterval(timer);
  }, [running]);
  return now;
}
