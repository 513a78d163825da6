// One run: its values, metrics, figures, what it printed, the code as it ran and what else it depended on, and what went wrong.

import { useEffect, useMemo, useState } from "preact/hooks";
import { bytes, moment, seconds } from "./cells";
import { Code, Dependencies } from "./code";
import { lasted, STATES } from "./columns";
import { type Relative, RUN, type Run } from "./contract";
import { Drop, Item } from "./drop";
import { Marks, mark } from "./marks";
import type { Row } from "./model";
import { usePage } from "./page";
import { Attachment, load } from "./pictures";
import { Metrics } from "./plots";
import { Pre } from "./pre";
import { Section } from "./section";
import { Traceback } from "./traceback";
import { View } from "./view";

export function useRuns(ids: readonly string[], stamp: unknown): { runs: Run[]; problem: string } {
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

export interface DetailProps {
  readonly row: Row;
  onClose(): void;
  onChanged(): void;
  onRemove(row: Row): void;
}

export function Detail({ row, onClose, onChanged, onRemove }: DetailProps) {
  const page = usePage();
  const { host, kept } = page;
  // A row is another object when anything of it changed.
  const { runs, problem } = useRuns([row.id], row.state === "running" ? row : row.state);
  const run = runs[0];
  const own = run?.sources[0];
  const copy = (text: string, what: string) => {
    host.copy(text);
    page.say(`Copied: ${what}`);
  };
  return (
    <aside class="detail" style={{ "--beside": `${kept.beside}px` }} aria-label={`Run ${row.short}`}>
      <header>
        <h2>
          <code>{row.short}</code>
          <span class={`state ${row.state}`}>
            <span class="dot" aria-hidden="true" />
            {STATES[row.state]}
          </span>
        </h2>
        <div class="tools">
          <button
            type="button"
            class={`quiet star${row.pinned ? " on" : ""}`}
            aria-pressed={row.pinned}
            aria-label="Pinned"
            title={row.pinned ? "Unpin" : "Pin: never evicted"}
            onClick={() => void mark(page, [row.id], { pinned: !row.pinned }).then(onChanged)}
          >
            {row.pinned ? "★" : "☆"}
          </button>
          {own !== undefined && host.open !== undefined ? (
            <button type="button" class="quiet" onClick={() => host.open?.({ path: own.path, line: own.line })}>
              Source
            </button>
          ) : null}
          <Drop label="More" title="What can be done with this run">
            {(close) => {
              const item = (label: string, act: () => void, able = true) => (
                <Item
                  disabled={!able}
                  onClick={() => {
                    close();
                    act();
                  }}
                >
                  {label}
                </Item>
              );
              const rerun = run?.rerun ?? null;
              return (
                <>
                  {item("Copy link to this run", () => copy(host.link(row.id), "the link"))}
                  {item("Copy ID", () => copy(row.id, "the ID"))}
                  {item(
                    "Copy Python that loads the result",
                    () => copy(`import hitsave\n\nresult = ${run?.snippet}`, "the snippet"),
                    run !== undefined && run.snippet !== "",
                  )}
                  {host.rerun !== undefined
                    ? item("Run again in a terminal", () => host.rerun?.(row.id), rerun !== null)
                    : item("Copy the command that runs it again", () => copy(rerun?.command ?? "", "the command"), rerun !== null)}
                  {rerun === null && run !== undefined ? <p class="muted hint">Its arguments can’t be written as literals.</p> : null}
                  {item("Delete", () => onRemove(row), row.state !== "running")}
                </>
              );
            }}
          </Drop>
          <button type="button" class="quiet" onClick={onClose} aria-label="Close the run (Escape)">
            ✕
          </button>
        </div>
      </header>
      <p class="muted facts">
        {[
          moment(row.created),
          seconds(lasted(row)),
          row.size === null ? "" : bytes(row.size),
          `${row.user}@${row.host}`,
          row.commit === "" ? "" : `commit ${row.commit}`,
          row.code === "" ? "" : `code ${row.code}`,
        ]
          .filter((fact) => fact !== "")
          .join(" · ")}
      </p>
      <Marks row={row} onChanged={onChanged} />
      {problem === "" ? null : <p class="problem">{problem}</p>}
      {run === undefined ? <p class="muted blank">{problem === "" ? "Reading…" : ""}</p> : <Known key={run.id} run={run} />}
    </aside>
  );
}

function Known({ run }: { run: Run }) {
  const inResult = JSON.stringify(run.result?.view ?? null);
  const others = run.attachments.filter(({ name }) => !inResult.includes(JSON.stringify(name)));
  const drawn = useMemo(() => [{ id: run.id, label: run.id.slice(-6), curves: run.curves }], [run]);
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
        <Section name="Traceback">
          <Traceback text={run.error} />
        </Section>
      )}
      {run.arguments.length === 0 ? null : (
        <Section name="Arguments">
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
        </Section>
      )}
      {run.result === null ? null : (
        <Section name="Result">
          {run.result.view === null ? <p class="muted">No picture was kept of it.</p> : <View view={run.result.view} run={run.id} />}
        </Section>
      )}
      <Metrics runs={drawn} />
      {others.length === 0 ? null : (
        <Section name="Attachments">
          {others.map(({ name, media }) => (
            <Attachment key={name} run={run.id} name={name} media={media} label={name} />
          ))}
        </Section>
      )}
      {run.attachments.length === 0 ? null : <Files run={run} />}
      {run.output === "" ? null : (
        <Section name="Output">
          {run.output_cut ? <p class="muted">The end of what it printed:</p> : null}
          <Pre class="source output">{run.output}</Pre>
        </Section>
      )}
      <Around run={run} />
      <Code sources={run.sources} />
      <Dependencies run={run} />
      {run.snippet === "" ? null : (
        <Section name="Load the result">
          <Copied text={run.snippet} />
        </Section>
      )}
    </>
  );
}

function Copied({ text }: { text: string }) {
  const { host, say } = usePage();
  return (
    <div class="copied">
      <Pre class="source">{text}</Pre>
      <button
        type="button"
        class="quiet small"
        onClick={() => {
          host.copy(text);
          say("Copied");
        }}
      >
        Copy
      </button>
    </div>
  );
}

/** The files beside the result, to be saved. */
function Files({ run }: { run: Run }) {
  const page = usePage();
  return (
    <p class="files muted">
      {run.attachments.map(({ name, size }) => (
        <button
          key={name}
          type="button"
          class="quiet small"
          onClick={() =>
            load(page, run.id, name).then(
              (content) => page.host.save(`${run.id.slice(-6)}-${name}`, content),
              (error: Error) => page.say(error.message),
            )
          }
        >
          Save {name} <span class="muted">{bytes(size)}</span>
        </button>
      ))}
    </p>
  );
}

/** The runs that this one was called in, and those that it called. */
function Around({ run }: { run: Run }) {
  if (run.parents.length === 0 && run.children.length === 0) {
    return null;
  }
  return (
    <Section name="Calls">
      {run.parents.length === 0 ? null : (
        <p>
          <span class="muted">called in </span>
          {run.parents.map((relative) => (
            <Relation key={relative.id} relative={relative} />
          ))}
        </p>
      )}
      {run.children.length === 0 ? null : (
        <ul class="children">
          {run.children.map((relative) => (
            <li key={relative.id}>
              <Relation relative={relative} />
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

function Relation({ relative }: { relative: Relative }) {
  const page = usePage();
  const name = relative.symbol.split(":")[1] ?? relative.symbol;
  return (
    <span class="relation">
      {relative.kind === "experiment" || page.kept.memo ? (
        <button type="button" class="link" onClick={() => page.openRun(relative.id)}>
          {name}
        </button>
      ) : (
        <code>{name}</code>
      )}{" "}
      <span class="muted">
        {relative.id.slice(-6)} · {relative.state} · {seconds(relative.seconds)}
      </span>
    </span>
  );
}
