// Runs side by side: the values that differ, curves over one another, figures, and the code by function.

import { useMemo } from "preact/hooks";
import { asText, same } from "./cells";
import { columnsOf, STATES, type TableColumn } from "./columns";
import type { Run } from "./contract";
import { useRuns } from "./detail";
import { diff } from "./diff";
import type { Row, Runs } from "./model";
import { usePage } from "./page";
import { Attachment } from "./pictures";
import { COLOURS, Metrics, Swatch } from "./plots";
import { Pre } from "./pre";

export interface Chosen {
  readonly group: Runs;
  readonly row: Row;
}

const MOST_COMPARED = 12;

export function Compare({ chosen: all, onClose }: { chosen: readonly Chosen[]; onClose(): void }) {
  const { kept } = usePage();
  const chosen = all.slice(0, MOST_COMPARED);
  const { runs, problem } = useRuns(
    chosen.map(({ row }) => row.id),
    chosen.map(({ row }) => (row.state === "running" ? row.seconds : row.state)).join(" "),
  );
  const labels = chosen.map(({ row }) => row.short);
  const [one, other] = runs;
  const drawn = useMemo(() => runs.map((run, place) => ({ id: run.id, label: labels[place] ?? "", curves: run.curves })), [runs]);
  return (
    <aside class="detail compare" style={{ "--beside": `${kept.beside}px` }} aria-label="Comparison">
      <header>
        <h2>
          {chosen.length} runs compared{all.length > chosen.length ? `, the first of ${all.length} that are selected` : ""}
        </h2>
        <button type="button" class="quiet" onClick={onClose} aria-label="Close the comparison (Escape)">
          ✕
        </button>
      </header>
      {problem === "" ? null : <p class="problem">{problem}</p>}
      <Values chosen={chosen} />
      <Metrics runs={drawn} />
      <Figures runs={runs} labels={labels} />
      {one !== undefined && other !== undefined ? <Code before={one} after={other} labels={labels} more={runs.length > 2} /> : null}
    </aside>
  );
}

/** Values of these runs that are not the same, by kind. Those that are the same are counted. */
export function differences(chosen: readonly Chosen[]): { rows: { column: TableColumn; cells: string[] }[]; alike: number } {
  const rows: { column: TableColumn; cells: string[] }[] = [];
  let alike = 0;
  const columns = chosen.map(({ group }) => columnsOf(group));
  const known = new Map(columns.flatMap((of) => of.map((column) => [column.id, column])));
  for (const column of known.values()) {
    if (column.kind === "fact" && column.id !== "code" && column.id !== "duration") {
      continue;
    }
    const cells = chosen.map(({ row }, place) => columns[place]?.find((c) => c.id === column.id)?.cell(row) ?? null);
    if (cells.every((cell) => same(cell, cells[0] ?? null))) {
      alike += cells[0] === null ? 0 : 1;
    } else {
      rows.push({ column, cells: cells.map((cell, place) => (chosen[place] && column.show?.(chosen[place].row)) ?? asText(cell)) });
    }
  }
  return { rows, alike };
}

function Values({ chosen }: { chosen: readonly Chosen[] }) {
  const { rows, alike } = differences(chosen);
  return (
    <section>
      <h3>What differs</h3>
      <div class="wide">
        <table class="cells differences">
          <thead>
            <tr>
              <th />
              {chosen.map(({ row }, place) => (
                <th scope="col" key={row.id}>
                  <Swatch colour={COLOURS[place % COLOURS.length] ?? ""} /> {row.short}{" "}
                  <span class={`state ${row.state}`}>{STATES[row.state]}</span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ column, cells }) => (
              <tr key={column.id}>
                <th scope="row">
                  {column.title} {column.kind === "fact" ? null : <span class="muted">{column.kind}</span>}
                </th>
                {cells.map((cell, place) => (
                  <td key={chosen[place]?.row.id}>{cell}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p class="muted">{alike === 1 ? "One value is" : `${alike} values are`} the same.</p>
    </section>
  );
}

function Figures({ runs, labels }: { runs: readonly Run[]; labels: readonly string[] }) {
  if (!runs.some((run) => run.attachments.some(({ media }) => media.startsWith("image/")))) {
    return null;
  }
  return (
    <section>
      <h3>Figures</h3>
      <div class="side-by-side">
        {runs.map((run, place) => (
          <figure key={run.id}>
            <figcaption>{labels[place]}</figcaption>
            {run.attachments
              .filter(({ media }) => media.startsWith("image/"))
              .map(({ name, media }) => (
                <Attachment key={name} run={run.id} name={name} media={media} label={name} />
              ))}
          </figure>
        ))}
      </div>
    </section>
  );
}

function Code({ before, after, labels, more }: { before: Run; after: Run; labels: readonly string[]; more: boolean }) {
  const [then, now] = [before, after].map((run) => new Map(run.sources.map((source) => [source.symbol, source])));
  const symbols = [...new Set([...(then?.keys() ?? []), ...(now?.keys() ?? [])])];
  const changed = symbols.filter((symbol) => then?.get(symbol)?.text !== now?.get(symbol)?.text);
  return (
    <section>
      <h3>Code</h3>
      {changed.length === 0 ? (
        <p class="muted">Both ran the same code.</p>
      ) : (
        <p class="muted">
          From {labels[0]} to {labels[1]}
          {more ? ", the first two" : ""}:
        </p>
      )}
      {changed.map((symbol) => {
        const [old, recent] = [then?.get(symbol), now?.get(symbol)];
        return (
          <details key={symbol} open={changed.length <= 8}>
            <summary>
              <code>{symbol.split(":")[1] ?? symbol}</code>{" "}
              <span class="muted">
                {`${(recent ?? old)?.path}:${(recent ?? old)?.line}`}
                {old === undefined ? ", only in the second" : recent === undefined ? ", only in the first" : ""}
              </span>
            </summary>
            <Pre class="source diff">
              {diff(old?.text ?? "", recent?.text ?? "").map((line, place) => (
                <div key={place} class={line.kind === "+" ? "came" : line.kind === "-" ? "went" : ""}>
                  {`${line.kind} ${line.text}`}
                </div>
              ))}
            </Pre>
          </details>
        );
      })}
    </section>
  );
}
