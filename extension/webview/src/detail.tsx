// One run: its values, metrics, figures, code as it ran, and what went wrong.

import { useEffect, useState } from "preact/hooks";
import { bytes, moment, seconds } from "./cells";
import { STATES } from "./columns";
import { MARK, type Marked, type Row, RUN, type Run } from "./contract";
import { usePage } from "./page";
import { Attachment } from "./pictures";
import { Plots } from "./plots";
import { View } from "./view";

export function useRuns(ids: readonly string[], stamp: string): { runs: Run[]; problem: string } {
  const page = usePage();
  const [found, setFound] = useState<{ runs: Run[]; problem: string }>({ runs: [], problem: "" });
  const key = ids.join(" "); // what counts of the list
  useEffect(() => {
    let gone = false;
    Promise.all(ids.map((id) => page.ask<Run>(RUN, { id }))).then(
      (runs) => !gone && setFound({ runs, problem: "" }),
      (error: Error) => !gone && setFound({ runs: [], problem: error.message }),
    );
    return () => {
      gone = true;
    };
  }, [key, stamp]);
  return found.runs.every((run, place) => run.id === ids[place]) ? found : { runs: [], problem: found.problem };
}

export function Detail({ row, stamp, onClose, onChanged }: { row: Row; stamp: string; onClose(): void; onChanged(): void }) {
  const { runs, problem } = useRuns([row.id], row.state === "running" ? stamp : "");
  const run = runs[0];
  return (
    <aside class="detail" aria-label={`Run ${row.short}`}>
      <header>
        <h2>
          <code>{row.short}</code> <span class={`state ${row.state}`}>{STATES[row.state]}</span>
        </h2>
        <button type="button" class="quiet" onClick={onClose} aria-label="Close the run (Escape)">
          ✕
        </button>
      </header>
      <p class="muted">
        {moment(row.created)}, {seconds(row.seconds)}
        {row.size === null ? "" : `, ${bytes(row.size)}`}, {row.user}@{row.host}
        {row.commit === "" ? "" : `, commit ${row.commit}`}
      </p>
      <Marks row={row} onChanged={onChanged} />
      {problem === "" ? null : <p class="problem">{problem}</p>}
      {run === undefined ? null : <Known key={run.id} run={run} />}
    </aside>
  );
}

function Known({ run }: { run: Run }) {
  const inResult = JSON.stringify(run.result?.view ?? null);
  const others = run.attachments.filter(({ name }) => !inResult.includes(JSON.stringify(name)));
  return (
    <>
      {run.reasons.length === 0 ? null : (
        <ul class="reasons">
          {run.reasons.slice(0, 10).map((reason) => (
            <li key={reason}>{reason}</li>
          ))}
        </ul>
      )}
      {run.error === "" ? null : (
        <section>
          <h3>Traceback</h3>
          <pre class="traceback">{run.error}</pre>
        </section>
      )}
      <section>
        <h3>Arguments</h3>
        <table class="parts">
          <tbody>
            {run.arguments.map(({ name, text, view }) => (
              <tr key={name}>
                <th scope="row">
                  <code>{name}</code>
                </th>
                <td>{view === null || view === undefined ? <code>{text}</code> : <View view={view} run={run.id} level={1} />}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {run.result === null ? null : (
        <section>
          <h3>Result</h3>
          {run.result.view === null ? <p class="muted">No picture was kept of it.</p> : <View view={run.result.view} run={run.id} />}
        </section>
      )}
      <Plots runs={RUNS_OF(run)} labels={[run.id.slice(-6)]} />
      {others.length === 0 ? null : (
        <section>
          <h3>Attachments</h3>
          {others.map(({ name, media }) => (
            <Attachment key={name} run={run.id} name={name} media={media} label={name} />
          ))}
        </section>
      )}
      {run.sources.length === 0 ? null : (
        <section>
          <h3>Code as it ran</h3>
          {run.sources.map(({ symbol, path, line, text }, place) => (
            <details key={symbol} open={place === 0}>
              <summary>
                <code>{symbol.split(":")[1] ?? symbol}</code> <span class="muted">{`${path}:${line}`}</span>
              </summary>
              <pre class="source">{text}</pre>
            </details>
          ))}
          <p class="muted">
            Python {run.python}
            {run.libraries.length === 0 ? "" : `; ${run.libraries.join(", ")}`}
          </p>
        </section>
      )}
      {run.snippet === "" ? null : (
        <section>
          <h3>Load the result</h3>
          <pre class="source">{run.snippet}</pre>
        </section>
      )}
    </>
  );
}

/** The same list for the same run, so that its curves are drawn once. */
const lists = new WeakMap<Run, readonly Run[]>();
function RUNS_OF(run: Run): readonly Run[] {
  const known = lists.get(run) ?? [run];
  lists.set(run, known);
  return known;
}

/** Pin, tags and note, as they are set by whoever looks. */
function Marks({ row, onChanged }: { row: Row; onChanged(): void }) {
  const page = usePage();
  const [problem, setProblem] = useState("");
  const mark = (change: object) =>
    page.ask<Marked>(MARK, { id: row.id, ...change }).then(
      (done) => {
        setProblem(done.message);
        onChanged();
      },
      (error: Error) => setProblem(error.message),
    );
  return (
    <div class="marks">
      <label>
        <input type="checkbox" checked={row.pinned} onChange={(event) => mark({ pinned: event.currentTarget.checked })} /> pinned
      </label>
      <label>
        tags{" "}
        <input
          key={row.id}
          type="text"
          defaultValue={row.tags.join(", ")}
          placeholder="a, b"
          onChange={(event) => mark({ tags: event.currentTarget.value.split(",").flatMap((tag) => tag.trim() || []) })}
        />
      </label>
      <label class="note">
        note <input key={row.id} type="text" defaultValue={row.note} onChange={(event) => mark({ note: event.currentTarget.value })} />
      </label>
      {problem === "" ? null : <p class="problem">{problem}</p>}
    </div>
  );
}
