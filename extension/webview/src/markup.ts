// Markup that a value shows of itself: made harmless here, and shown in a frame without scripts and without an origin besides.

const ELEMENTS = new Set(
  "table thead tbody tfoot tr td th caption colgroup col div span p br hr h1 h2 h3 h4 h5 h6 ul ol li dl dt dd b i u s em strong small sub sup code pre blockquote details summary abbr kbd samp var q figure figcaption".split(
    " ",
  ),
);
const DROPPED = new Set([
  "script",
  "style",
  "template",
  "noscript",
  "iframe",
  "object",
  "embed",
  "svg",
  "math",
  "title",
  "head",
  "select",
  "textarea",
]);
const ATTRIBUTES = new Set(["colspan", "rowspan", "title", "dir", "lang", "open", "start", "align", "scope"]);
const MOST = 20_000;

/** What of `markup` can be shown without a script, a style or a connection. It is read as a text: no document is made of it here. */
export function harmless(markup: string): string {
  const made: string[] = [];
  const open: string[] = [];
  let dropped = "";
  let count = 0;
  for (const [token, close, name, attributes] of markup.matchAll(
    /<!--[\s\S]*?(?:-->|$)|<(\/?)([a-zA-Z][^\s/>]*)((?:"[^"]*"|'[^']*'|[^'">])*)>|[^<]+|</g,
  )) {
    if (++count > MOST) {
      break;
    }
    const tag = name?.toLowerCase();
    if (dropped !== "") {
      dropped = close === "/" && tag === dropped ? "" : dropped;
    } else if (tag === undefined) {
      if (!token.startsWith("<!--")) {
        made.push(escaped(token));
      }
    } else if (DROPPED.has(tag)) {
      dropped = close === "/" || attributes?.endsWith("/") ? "" : tag;
    } else if (ELEMENTS.has(tag)) {
      if (close !== "/") {
        made.push(`<${tag}${kept(attributes ?? "")}>`);
        open.push(tag);
      } else if (open.includes(tag)) {
        made.push(`</${tag}>`);
        open.splice(open.lastIndexOf(tag), 1);
      }
    }
  }
  return made.join("");
}

/** Character references stay what they are: they can stand for any character, and for no element. */
function escaped(text: string): string {
  return text.replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function kept(attributes: string): string {
  const made: string[] = [];
  for (const [, name, double, single, plain] of attributes.matchAll(/([a-zA-Z][\w-]*)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?/g)) {
    if (name !== undefined && ATTRIBUTES.has(name.toLowerCase())) {
      made.push(` ${name.toLowerCase()}="${escaped(double ?? single ?? plain ?? "").replaceAll('"', "&quot;")}"`);
    }
  }
  return made.join("");
}

/** The document of the frame. Its own policy allows nothing but what is in it. */
export function frameDocument(markup: string): string {
  return `<!doctype html><meta charset="utf-8"><meta name="color-scheme" content="light dark"><title>value</title>${harmless(markup)}`;
}
