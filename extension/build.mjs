// Bundles the extension and the experiments page, and with `--tests` what runs inside VS Code's extension host to test it.
// With `--page` the page alone, into the Python package, where `hitsave ui` serves it from.

import { build } from "esbuild";

const tests = process.argv.includes("--tests");
const production = process.argv.includes("--production");
const page = process.argv.includes("--page");
const common = { bundle: true, platform: "node", format: "cjs", target: "node20", logLevel: "warning" };

await build({
  entryPoints: { panel: "extension/webview/src/main.tsx", early: "extension/webview/src/early.ts" },
  outdir: page ? "hitsave/panel/page" : "extension/dist/webview",
  bundle: true,
  platform: "browser",
  format: "iife",
  target: ["chrome123", "firefox120", "safari17.5"],
  charset: "ascii",
  jsx: "automatic",
  jsxImportSource: "preact",
  minify: true,
  legalComments: "none",
  logLevel: "warning",
});
if (!page) {
  await build({
    ...common,
    entryPoints: ["extension/src/extension.ts"],
    outfile: "extension/dist/extension.js",
    external: ["vscode"],
    minify: production,
    sourcemap: !production,
  });
}
if (tests) {
  await build({
    ...common,
    entryPoints: ["extension/tests/vscode/suite.ts"],
    outdir: "extension/dist/tests",
    external: ["vscode", "mocha"],
    sourcemap: "inline",
  });
}
