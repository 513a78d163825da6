// Draws icons/hitsave.png from icons/hitsave.svg, with the browser that the tests use.

import { readFileSync } from "node:fs";
import { chromium } from "playwright-core";

const svg = readFileSync("extension/icons/hitsave.svg", "utf8");
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
const page = await browser.newPage({ viewport: { width: 256, height: 256 } });
await page.setContent(`<style>body{margin:0;background:transparent}svg{display:block}</style>${svg}`);
await page.screenshot({ path: "extension/icons/hitsave.png", omitBackground: true });
await browser.close();
