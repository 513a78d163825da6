// Answers as a host gives them.

import type { Cell, Group, Row } from "../src/contract";

export function row(id: string, cells: Cell[], more: Partial<Row> = {}): Row {
  const facts = { kind: "experiment", state: "fresh", reason: "", created: 1_700_000_000_000, seconds: 1, cpu: 1, size: 10 } as const;
  const who = { host: "here", user: "me", commit: "", code: "abcdef", pinned: false, note: "", tags: [], attachments: 0 };
  return { id, short: id, ...facts, ...who, cells, ...more };
}

export const group: Group = {
  symbol: "sweep:fit",
  name: "fit",
  columns: [
    { id: "arg.model.lr", title: "model.lr", kind: "argument" },
    { id: "arg.name", title: "name", kind: "argument" },
    { id: "result.error", title: "error", kind: "result" },
    { id: "metric.error", title: "error", kind: "metric" },
  ],
  rows: [
    row("a", [0.1, "x", 0.5, { number: "nan" }], { tags: ["old", "best"] }),
    row("b", [0.2, "<b>x</b>", 0.25, 3]),
    row("c", [0.1, "x10", null, { number: "-inf" }], { state: "failed", size: null }),
    row("d", [{ number: "1152921504606846976" }, "x9", { shown: "list of 3" }, 3]),
  ],
  more: false,
};
