// The code of a run as it ran, and what else it depended on.

import type { Run, Source } from "./contract";
import { usePage } from "./page";
import { Pre } from "./pre";
import { Section } from "./section";

export function Code({ sources }: { sources: readonly Source[] }) {
  const { host } = usePage();
  const code = sources.filter(({ kind }) => kind !== "value");
  if (code.length === 0) {
    return null;
  }
  return (
    <Section name="Code as it ran">
      {code.map(({ symbol, path, line, text, via }, place) => (
        <details key={symbol} open={place === 0}>
          <summary>
            <code>{symbol.split(":")[1] ?? symbol}</code>{" "}
            <span class="muted">
              {`${path}:${line}`}
              {via === "" || place === 0 ? "" : `, through ${via.split(":")[1] ?? via}`}
            </span>
          </summary>
          {host.open === undefined ? null : (
            <button type="button" class="quiet small" onClick={() => host.open?.({ path, line })}>
              Open {path}
            </button>
          )}
          <Pre class="source">{text}</Pre>
        </details>
      ))}
    </Section>
  );
}

const KINDS = { library: "Libraries", value: "Variables", file: "Files", environment: "Environment" } as const;

/** What else the run depended on, as it was then. */
export function Dependencies({ run }: { run: Run }) {
  const values = run.sources.filter(({ kind }) => kind === "value");
  if (run.dependencies.length === 0 && run.python === "") {
    return null;
  }
  return (
    <Section name="Depended on">
      <p class="muted">Python {run.python}</p>
      {Object.entries(KINDS).map(([kind, title]) => {
        const some = run.dependencies.filter((dependency) => dependency.kind === kind);
        return some.length === 0 ? null : (
          <details key={kind}>
            <summary>
              {title} <span class="muted">{some.length}</span>
            </summary>
            <table class="parts">
              <tbody>
                {some.map(({ name, was }) => (
                  <tr key={name}>
                    <th scope="row">
                      <code>{name.split(":")[1] ?? name}</code>
                    </th>
                    <td>
                      <code>{values.find(({ symbol }) => symbol === name)?.text ?? was}</code>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </details>
        );
      })}
    </Section>
  );
}
