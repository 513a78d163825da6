// Time as it passes for what runs.

import { useEffect, useState } from "preact/hooks";
import { lasted } from "./columns";
import type { Row } from "./model";

/** Draws again every second while anything runs, so that it is seen to. */
export function useRunning(rows: readonly Row[]): number {
  const [now, setNow] = useState(Date.now);
  const running = rows.some((row) => row.state === "running" && lasted(row) >= 0);
  useEffect(() => {
    const timer = running ? setInterval(() => document.visibilityState === "visible" && setNow(Date.now()), 1000) : undefined;
    return () => clearInterval(timer);
  }, [running]);
  return now;
}
