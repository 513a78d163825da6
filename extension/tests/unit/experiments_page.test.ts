import * as fs from "node:fs";
import { expect, test } from "vitest";
import { pageHtml, read } from "../../src/experiments_page";

const messages: { message: unknown; is: string | null }[] = JSON.parse(
  fs.readFileSync(new URL("../../../tests/panel/fixtures/messages.json", import.meta.url), "utf8"),
);

test("what the page posts is read, and what it may not ask for is nothing", () => {
  for (const { message, is } of messages) {
    expect([message, read(message)?.kind ?? null]).toEqual([message, is]);
  }
});

test("a file is saved under a name, never under a path", () => {
  const names = messages.flatMap(({ message }) => {
    const posted = read(message);
    return posted?.kind === "save" ? [posted.name] : [];
  });
  expect(names).toEqual(["fit.csv", "__.._.bashrc"]);
});

test("the page's policy allows no script but its own, no address, and nothing of what it is given breaks out of its place", () => {
  const html = pageHtml({ source: "https://own", script: "s", style: "c", nonce: "N", link: 'vscode://x/"><script>', run: '"&' });
  const policy = /content="([^"]*)"/.exec(html)?.[1] ?? "";
  expect(policy).toContain("script-src https://own 'nonce-N';");
  expect(policy).not.toMatch(/unsafe|connect-src|http:/);
  expect(html.match(/<script/g)).toHaveLength(1);
});
