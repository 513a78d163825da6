// What is shown where there is nothing yet, and what the keys do.

import { useEffect, useRef } from "preact/hooks";
import { usePage } from "./page";
import { Pre } from "./pre";

export const FIRST = `import hitsave

@hitsave.experiment
def train(rate: float, steps: int = 20):
    error = 1.0
    for step in range(steps):
        error *= 1 - rate
        hitsave.log(step=step, error=error)
    return {"error": error}

for rate in (0.1, 0.2, 0.4):
    train(rate)`;

export function Empty() {
  const { host, say } = usePage();
  return (
    <div class="empty">
      <h2>No experiments yet</h2>
      <p>
        Every call of a function under <code>@experiment</code> becomes a row here, with its arguments, result, metrics and figures. Put
        this into a file, and run it; the rows appear by themselves.
      </p>
      <Pre class="source">{FIRST}</Pre>
      <button
        type="button"
        onClick={() => {
          host.copy(FIRST);
          say("Copied");
        }}
      >
        Copy
      </button>
    </div>
  );
}

const KEYS: readonly (readonly [string, string])[] = [
  ["/", "to the filter"],
  ["← ↑ → ↓, Page Up, Page Down", "move in the table; above the first row is the head"],
  ["Home, End; with Ctrl", "first and last column; first and last row"],
  ["Enter", "open the run; on a head, sort (with Shift: beside the others)"],
  ["Space; Shift+Space; Ctrl+A", "select; select from the last one to here; select all"],
  ["Shift+F10", "what can be done with this cell: filter, group, copy, hide"],
  ["Alt+← →, Shift+← → on a head", "move the column, resize it"],
  ["Escape", "close what is open"],
];

export function Keys({ onClose }: { onClose(): void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog class="keys" ref={dialog} aria-label="Keys" onClose={onClose}>
      <h2>Keys</h2>
      <dl>
        {KEYS.map(([keys, what]) => (
          <div key={keys}>
            <dt>{keys}</dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <p class="muted">Alt+click on a cell filters by it; a right click has more.</p>
      <button type="button" onClick={() => dialog.current?.close()}>
        Close
      </button>
    </dialog>
  );
}
