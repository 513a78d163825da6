// Links to lines of files, as VS Code's Markdown preview follows them.

import * as path from "node:path";

/**
 * The same Markdown, with links to `file:` addresses written as paths from `folder`, the workspace's first.
 * The preview shows `file:` links as bare text; a path that begins with a slash it takes as one from that folder, wherever it leads.
 */
export function withPreviewLinks(markdown: string, folder: string): string {
  return markdown.replace(/\]\(file:\/\/(\/[^)#\s]*)(#[^)\s]*)?\)/g, (whole, encoded: string, fragment: string | undefined) => {
    try {
      const file = decodeURIComponent(encoded);
      const relative = path.relative(folder, file).split(path.sep).map(encodeURIComponent).join("/");
      return `](/${relative.replace(/[()]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`)}${fragment ?? ""})`;
    } catch {
      return whole; // not an address after all
    }
  });
}
