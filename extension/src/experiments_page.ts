// What the experiments page posts to the extension, and the document that it is shown in. Nothing here needs VS Code.

/** What a page may ask for. Anything else that it posts is nothing. */
export type Posted =
  | { readonly kind: "ask"; readonly id: number; readonly method: string; readonly params: object }
  | { readonly kind: "save"; readonly name: string; readonly content: Uint8Array }
  | { readonly kind: "copy"; readonly text: string }
  | { readonly kind: "open"; readonly path: string; readonly line: number }
  | { readonly kind: "rerun"; readonly run: string };

const METHODS = /^hitsave\/panel\/[a-z]+$/;

/** A message of the page, which is not believed: it shows values that come from anywhere. */
export function read(message: unknown): Posted | undefined {
  const { id, method, params, save, base64, copy, open, line, rerun } = (
    typeof message === "object" && message !== null ? message : {}
  ) as Record<string, unknown>;
  if (typeof id === "number" && typeof method === "string" && METHODS.test(method)) {
    return { kind: "ask", id, method, params: typeof params === "object" && params !== null ? params : {} };
  }
  if (typeof save === "string" && typeof base64 === "string") {
    // A name, not a path.
    const name = save.replaceAll(/[^\p{L}\p{N} ._-]/gu, "_").replace(/^\.+/, "_");
    return { kind: "save", name, content: Buffer.from(base64, "base64") };
  }
  if (typeof copy === "string") {
    return { kind: "copy", text: copy };
  }
  if (typeof open === "string" && typeof line === "number" && Number.isInteger(line) && line > 0) {
    return { kind: "open", path: open, line };
  }
  return typeof rerun === "string" && /^\w+$/.test(rerun) ? { kind: "rerun", run: rerun } : undefined;
}

export interface PageParts {
  /** Where the page's own files come from, as a policy names it. */
  readonly source: string;
  readonly script: string;
  readonly style: string;
  /** Another one each time: with it the frames in which plotly draws may run what the page hands them. */
  readonly nonce: string;
  /** What a link to a run begins with. */
  readonly link: string;
  /** The run to be shown first, or "". */
  readonly run: string;
}

/** Only its own script and style, images that it made itself, and no address at all. */
export function pageHtml({ source, script, style, nonce, link, run }: PageParts): string {
  const policy = `default-src 'none'; script-src ${source} 'nonce-${nonce}'; style-src ${source}; img-src blob: data:; base-uri 'none'; form-action 'none'`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>Experiments</title>
<link rel="stylesheet" href="${style}">
</head>
<body data-link="${escaped(link)}" data-run="${escaped(run)}">
<div id="panel"></div>
<script src="${script}" nonce="${nonce}"></script>
</body>
</html>`;
}

const escaped = (text: string): string => text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
