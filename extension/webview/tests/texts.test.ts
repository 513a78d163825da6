import { expect, test } from "vitest";
import type { Curve } from "../src/contract";
import { aligned, smoothed } from "../src/curves";
import { diff } from "../src/diff";
import { frameDocument, harmless } from "../src/markup";
import { BEGINNING, restored, UNTOUCHED } from "../src/state";

test("a difference is told line by line, and what stayed is left out far from it", () => {
  expect(diff("a\nb\nc\n", "a\nx\nc\n").map(({ kind, text }) => kind + text)).toEqual([" a", "-b", "+x", " c"]);
  const long = Array.from({ length: 100 }, (_, n) => `line ${n}`);
  const told = diff(long.join("\n"), [...long, "new"].join("\n"));
  expect(told.map(({ kind }) => kind).join("")).toBe("…   +");
  expect(diff("", "a")).toEqual([{ kind: "+", text: "a" }]);
  expect(diff("same", "same").filter(({ kind }) => kind !== "…")).toEqual([]);
});

test("curves of several runs share one axis", () => {
  const curve = (steps: (number | null)[], values: (number | null)[]): Curve => {
    return { name: "m", steps, times: steps.map((_, n) => n * 10), values, last: 0, min: 0, max: 0, count: values.length };
  };
  const lines = [
    { label: "a", curve: curve([0, 1, 2], [1, null, 3]) },
    { label: "b", curve: curve([1, null, 5], [7, 8, 9]) },
  ];
  expect(aligned(lines, "step", 0)).toEqual([
    [0, 1, 2, 5],
    [1, null, 3, null],
    [null, 7, null, 9],
  ]);
  expect(aligned(lines, "time", 0)[0]).toEqual([0, 10, 20]);
});

test("smoothing begins at the first value", () => {
  expect(smoothed([4, 4, null, 4], 0.9).map((n) => (n === null ? n : Math.round(n * 1e9) / 1e9))).toEqual([4, 4, null, 4]);
  expect(smoothed([0, 1], 0.5)[1]).toBeCloseTo(2 / 3);
});

test("markup keeps its form and loses what could do anything", () => {
  expect(harmless('<table class="x" style="a"><tr><td colspan=2 onclick="alert(1)">1 &lt; 2</td></tr></table>')).toBe(
    '<table><tr><td colspan="2">1 &lt; 2</td></tr></table>',
  );
  const hostile = [
    "<script>alert(1)</script>",
    "<scr<script>ipt>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<style>@import 'http://a'</style>",
    "<a href=javascript:alert(1)>x</a>",
    "<p title='\"><script>alert(1)</script>'>",
    '<p title="\'><img src=x>">x',
    "<math><mtext></form><mglyph><style></math><img src onerror=alert(1)>",
    "<!--><img src=x>-->",
    "<p/onclick=alert(1)>",
    "<meta http-equiv=refresh content=0;url=http://a>",
    "<p <img src=x onerror=alert(1)>",
    '<p\n="<img src=x>"onclick=alert(1)>',
  ];
  for (const markup of hostile) {
    const made = harmless(markup);
    expect(made.match(/<\/?[a-z]+/g) ?? []).not.toContainEqual(expect.stringMatching(/script|img|svg|iframe|style|meta|<a$|math|form/));
    for (const tag of made.match(/<[^>]*>/g) ?? []) {
      expect(tag.replaceAll(/="[^"]*"/g, "")).not.toMatch(/on\w+|src|href/);
    }
  }
  expect(frameDocument("x")).toContain("<!doctype html>");
});

test("a state that was kept is believed as far as it has its form", () => {
  const kept = {
    ...BEGINNING,
    selected: ["a"],
    smoothing: 0.5,
    axis: "time" as const,
    plot: "scatter" as const,
    functions: { f: { ...UNTOUCHED, filter: "lr=1", sorts: [{ id: "a", descending: true }], widths: { a: 120 }, pinned: ["a"] } },
  };
  expect(restored(JSON.parse(JSON.stringify(kept)))).toEqual(kept);
  expect(restored({ selected: "x", functions: 7, plot: "pie", beside: -1, smoothing: 7, axis: {}, more: 1 })).toEqual(BEGINNING);
  expect([null, undefined, 1, "x", []].map(restored)).toEqual(Array(5).fill(BEGINNING));
});
