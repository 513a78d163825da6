// Views: the pictures of values, as they were made when these were recorded. Nothing in one is believed: what has not the form that is expected is shown as nothing.

import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { ArrayView, Frame, Labelled, Series } from "./arrays";
import { type Json, list, Muted, record, text } from "./json";
import { Markdown } from "./markdown";
import { Picture } from "./pictures";
import { Pre } from "./pre";

const LEVELS = 40;

export function View({ view, run, level = 0 }: { view: unknown; run: string; level?: number }) {
  const of = record(view);
  const kind = text(of.kind);
  if (level > LEVELS) {
    return <span class="muted">…</span>;
  }
  switch (kind) {
    case "none":
      return <code>None</code>;
    case "bool":
    case "float":
      return <code class="scalar">{text(of.value)}</code>;
    case "int":
      return (
        <code class="scalar">{"bits" in of ? `${of.negative === true ? "negative, " : ""}${text(of.bits)} bits` : text(of.value)}</code>
      );
    case "text":
      return <Text of={of} />;
    case "bytes":
      return (
        <code class="bytes">
          {text(of.hex) || "empty"} <Muted>{text(of.length)} bytes</Muted>
        </code>
      );
    case "path":
    case "time":
    case "value":
      return <code class="scalar">{text(of.text)}</code>;
    case "enum":
      return (
        <span>
          <code>
            {text(of.type)}.{text(of.name)}
          </code>{" "}
          <View view={of.value} run={run} level={level + 1} />
        </span>
      );
    case "custom":
      return <View view={of.view} run={run} level={level + 1} />;
    case "object":
      return (
        <Parts
          of={of}
          level={level}
          parts={list(of.fields).map((pair) => [<code key="n">{text(list(pair)[0])}</code>, list(pair)[1]])}
          run={run}
        />
      );
    case "mapping":
      return (
        <Parts
          of={of}
          level={level}
          parts={list(of.items).map((pair) => [<Key key="k" view={list(pair)[0]} run={run} />, list(pair)[1]])}
          run={run}
        />
      );
    case "sequence":
    case "set":
      return <Parts of={of} level={level} parts={list(of.items).map((item, place) => [<Muted key="n">{place}</Muted>, item])} run={run} />;
    case "exception":
      return (
        <Parts of={of} level={level} parts={list(of.arguments).map((item, place) => [<Muted key="n">{place}</Muted>, item])} run={run} />
      );
    case "array":
      return <ArrayView of={of} run={run} level={level} />;
    case "frame":
      return <Frame of={of} />;
    case "series":
      return <Series of={of} />;
    case "labelled":
      return <Labelled of={of} run={run} level={level} />;
    case "figure":
    case "markup":
      return <Picture of={of} run={run} />;
    case "secret":
      return <Muted>secret, not recorded</Muted>;
    case "code":
      return <code>{text(of.name)}</code>;
    case "cycle":
      return <Muted>{text(of.type)} that is further up</Muted>;
    case "lazy":
      return <Muted>{text(of.type)}, not computed</Muted>;
    case "failed":
      return (
        <Muted>
          {text(of.type)} has no picture: {text(of.why)}
        </Muted>
      );
    default:
      return <Muted>{text(of.type) || "nothing was recorded of it"}</Muted>;
  }
}

function Key({ view, run }: { view: unknown; run: string }) {
  const of = record(view);
  return of.kind === "text" ? <code>{text(of.text)}</code> : <View view={view} run={run} level={1} />;
}

/** Signs by which a text is likely to be Markdown: a head, a list, a table, a fence. */
const MARKDOWN = /^(?:#{1,6} |[-*] \S.*\n[-*] |```|\|.*\|\n\|[-: |]+\|)/m;

function Text({ of }: { of: Json }) {
  const shown = text(of.text);
  const length = typeof of.length === "number" ? of.length : shown.length;
  const [read, setRead] = useState(false);
  return (
    <span>
      {read ? <Markdown text={shown} /> : <Pre class="text">{shown === "" ? '""' : shown}</Pre>}
      {length > [...shown].length + 1 ? <Muted>the beginning of {length} characters</Muted> : null}
      {MARKDOWN.test(shown) ? (
        <button type="button" class="quiet small" aria-pressed={read} onClick={() => setRead(!read)}>
          {read ? "as it is" : "as Markdown"}
        </button>
      ) : null}
    </span>
  );
}

/** A container: its parts are made when it is opened. */
export function Parts({ of, parts, run, level }: { of: Json; parts: [ComponentChildren, unknown][]; run: string; level: number }) {
  const [open, setOpen] = useState(level < 2 && parts.length <= 60);
  const length = typeof of.length === "number" ? of.length : parts.length;
  if (parts.length === 0) {
    return <Muted>{length > 0 ? `${text(of.type)} of ${length}` : `empty ${text(of.type)}`}</Muted>;
  }
  return (
    <details open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <Muted>{of.kind === "object" ? text(of.type).split(".").at(-1) : `${text(of.type)} of ${length}`}</Muted>
      </summary>
      {open ? (
        <table class="parts">
          <tbody>
            {parts.map(([name, view], place) => (
              <tr key={place}>
                <th scope="row">{name}</th>
                <td>
                  <View view={view} run={run} level={level + 1} />
                </td>
              </tr>
            ))}
            {length > parts.length ? (
              <tr>
                <th />
                <td>
                  <Muted>{length - parts.length} more</Muted>
                </td>
              </tr>
            ) : null}
          </tbody>
        </table>
      ) : null}
    </details>
  );
}
