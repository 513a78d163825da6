// Markdown that a value holds: read into elements of the page's own. There is no HTML in it, no image is loaded, and no address can be followed.

import type { ComponentChildren } from "preact";
import { Pre } from "./pre";

const MOST_LINES = 2_000;
const MOST_LEVELS = 6;

export function Markdown({ text }: { text: string }) {
  return <div class="markdown">{blocks(text.split(/\r?\n/).slice(0, MOST_LINES))}</div>;
}

type Block = { readonly match: RegExp; readonly make: (lines: string[], found: RegExpExecArray, level: number) => ComponentChildren };

const HEADS = ["h4", "h4", "h5", "h5", "h6", "h6"] as const;

function blocks(lines: readonly string[], level = 0): ComponentChildren[] {
  const made: ComponentChildren[] = [];
  const rest = [...lines];
  while (rest.length > 0) {
    const [line = ""] = rest;
    const kind = line.trim() === "" || level > MOST_LEVELS ? undefined : BLOCKS.find(({ match }) => match.test(line));
    const found = kind?.match.exec(line);
    if (line.trim() === "") {
      rest.shift();
    } else if (kind !== undefined && found) {
      made.push(kind.make(rest, found, level + 1));
    } else {
      made.push(
        <p key={made.length}>
          {inline(taken(rest, (next) => next.trim() !== "" && !BLOCKS.some(({ match }) => match.test(next))).join("\n"))}
        </p>,
      );
    }
  }
  return made;

  function taken(from: string[], more: (line: string) => boolean): string[] {
    const some = [from.shift() ?? ""];
    while (from.length > 0 && more(from[0] ?? "")) {
      some.push(from.shift() ?? "");
    }
    return some;
  }
}

const BLOCKS: readonly Block[] = [
  {
    match: /^ {0,3}(`{3,}|~{3,})/,
    make: (lines, found) => {
      lines.shift();
      const end = lines.findIndex((line) => line.trim().startsWith(found[1] ?? "```"));
      const inside = lines.splice(0, end < 0 ? lines.length : end);
      lines.shift();
      return <Pre class="source">{inside.join("\n")}</Pre>;
    },
  },
  {
    match: /^ {0,3}(#{1,6})\s+(.*)$/,
    make: (lines, found) => {
      lines.shift();
      const Name = HEADS[(found[1]?.length ?? 1) - 1] ?? "h6";
      return <Name>{inline((found[2] ?? "").replace(/\s+#+$/, ""))}</Name>;
    },
  },
  {
    match: /^ {0,3}([-*_])(?:\s*\1){2,}\s*$/,
    make: (lines) => {
      lines.shift();
      return <hr />;
    },
  },
  {
    match: /^ {0,3}>/,
    make: (lines, _, level) => {
      const inside: string[] = [];
      while (/^ {0,3}>/.test(lines[0] ?? "")) {
        inside.push((lines.shift() ?? "").replace(/^ {0,3}> ?/, ""));
      }
      return <blockquote>{blocks(inside, level)}</blockquote>;
    },
  },
  {
    match: /^ {0,3}([-*+]|\d{1,9}[.)])\s+/,
    make: (lines, found, level) => {
      const ordered = /\d/.test(found[1] ?? "");
      const items: string[][] = [];
      while (lines.length > 0) {
        const [line = ""] = lines;
        const next = /^ {0,3}([-*+]|\d{1,9}[.)])\s+(.*)$/.exec(line);
        if (next !== null && /\d/.test(next[1] ?? "") === ordered) {
          items.push([next[2] ?? ""]);
        } else if (/^\s{2,}\S/.test(line)) {
          items.at(-1)?.push(line.replace(/^\s{2,4}/, ""));
        } else {
          break;
        }
        lines.shift();
      }
      const List = ordered ? "ol" : "ul";
      return (
        <List>
          {items.map((item, n) => (
            <li key={n}>{item.length === 1 ? inline(item[0] ?? "") : [inline(item[0] ?? ""), blocks(item.slice(1), level)]}</li>
          ))}
        </List>
      );
    },
  },
  {
    match: /^\s*\|.*\|\s*$/,
    make: (lines) => {
      const rows: string[][] = [];
      while (/^\s*\|.*\|\s*$/.test(lines[0] ?? "")) {
        rows.push(
          (lines.shift() ?? "")
            .trim()
            .slice(1, -1)
            .split(/(?<!\\)\|/)
            .map((cell) => cell.trim().replaceAll("\\|", "|")),
        );
      }
      const headed = rows[1]?.every((cell) => /^:?-+:?$/.test(cell)) === true;
      const body = headed ? rows.slice(2) : rows;
      return (
        <div class="wide">
          <table class="cells">
            {headed ? (
              <thead>
                <tr>
                  {rows[0]?.map((cell, n) => (
                    <th scope="col" key={n}>
                      {inline(cell)}
                    </th>
                  ))}
                </tr>
              </thead>
            ) : null}
            <tbody>
              {body.map((row, n) => (
                <tr key={n}>
                  {row.map((cell, m) => (
                    <td key={m}>{inline(cell)}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      );
    },
  },
];

const INLINE =
  /(`+)([^`]+?)\1|!?\[([^\]\n]{0,500})\]\(([^)\s]{0,2000})[^)\n]{0,200}\)|\*\*([^*\n]+)\*\*|__([^_\n]+)__|\*([^*\s][^*\n]*)\*|\b_([^_\s][^_\n]*)_\b|\\([\\`*_{}[\]()#+.!|-])/g;

/** What stands in a line. */
function inline(text: string): ComponentChildren[] {
  const made: ComponentChildren[] = [];
  let last = 0;
  for (const found of text.matchAll(INLINE)) {
    const [whole, , code, label, address, strong, alsoStrong, emphasised, alsoEmphasised, escaped] = found;
    made.push(text.slice(last, found.index));
    last = found.index + whole.length;
    if (code !== undefined) {
      made.push(<code>{code}</code>);
    } else if (label !== undefined) {
      made.push(
        <span class="link" title={address}>
          {label || address}
        </span>,
      );
    } else if (strong !== undefined || alsoStrong !== undefined) {
      made.push(<strong>{strong ?? alsoStrong}</strong>);
    } else if (emphasised !== undefined || alsoEmphasised !== undefined) {
      made.push(<em>{emphasised ?? alsoEmphasised}</em>);
    } else {
      made.push(escaped);
    }
  }
  made.push(text.slice(last));
  return made;
}
