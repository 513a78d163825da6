import { expect, test } from "vitest";
import { columnsOf, lackingOf } from "../src/columns";
import type { Packed } from "../src/contract";
import { brushTerms, drawable, isDark, rampColour, rampLabels, scaleOf, suggested, ticksOf } from "../src/figures";
import { harmlessFigure } from "../src/harmless_figure";
import { merged, unpacked, withCells, withColumns } from "../src/model";
import { begins, columnsInSight, rowsInSight, scrolledTo } from "../src/window";
import { changed, oldestFirst, runs, runsWith, whole } from "./samples";

test("packed columns are what they were", () => {
  const packed: Packed[] = [{ all: 1 }, { each: [1, null, { number: "nan" }] }, { of: ["a", "b"], at: [1, 0, 1] }, { all: null }];
  expect(packed.map((one) => unpacked(one, 3))).toEqual([
    [1, 1, 1],
    [1, null, { number: "nan" }],
    ["b", "a", "b"],
    [null, null, null],
  ]);
});

test("the first answer is the table, the newest run first", () => {
  expect(runs.rows.map(({ id, state, tags }) => [id, state, tags.join()])).toEqual([
    ["d", "fresh", ""],
    ["c", "failed", ""],
    ["b", "fresh", ""],
    ["a", "fresh", "best,old"],
  ]);
});

test("an answer puts what changed in the place of what was known, and what did not change stays the same object", () => {
  const after = merged(merged(undefined, structuredClone(whole)), changed);
  expect(after.rows.map(({ id, state }) => [id, state])).toEqual([
    ["e", "running"],
    ["d", "fresh"],
    ["b", "stale"],
    ["a", "fresh"],
  ]);
  const columns = columnsOf(after);
  const cells = (id: string) => after.rows.map((row) => columns.find((column) => column.id === id)?.cell(row));
  expect(cells("arg.name")).toEqual(["new", "x9", "<b>x</b>", "x"]);
  expect(cells("metric.loss")).toEqual([0.7, null, null, null]);
  const nothing = { ...changed, facts: { ...changed.facts, ids: [], places: [] }, gone: [], cells: {} };
  expect(merged(after, nothing)).toBe(after);
});

test("columns that were not sent are asked for, and then here", () => {
  const some = merged(undefined, { ...structuredClone(whole), cells: {} });
  expect(columnsOf(some).filter(({ here }) => !here)).toHaveLength(4);
  const more = withColumns(some, { count: 4, cells: { "arg.name": { each: ["x", "y", "z", "w"] } } });
  expect(
    more.rows.map((row) =>
      columnsOf(more)
        .find(({ id }) => id === "arg.name")
        ?.cell(row),
    ),
  ).toEqual(["w", "z", "y", "x"]);
  // Of a column that is not here, changes are not kept: they would be all there is of it.
  expect(merged(some, changed).cells.has("arg.name")).toBe(false);
});

test("older runs of a large table follow without their cells, which are then lacking", () => {
  const group = structuredClone(whole);
  const begun = merged(undefined, { ...group, waiting: 2 });
  const facts = { ...group.facts, ids: ["Z", "Y"], places: [5, 4] };
  const after = merged(begun, { ...group, whole: false, facts, valued: 0, cells: {}, waiting: 0 });
  expect(after.rows.map(({ id }) => id)).toEqual(["d", "c", "b", "a", "Z", "Y"]);
  const name = columnsOf(after).filter(({ id }) => id === "arg.name");
  expect([lackingOf(name, begun.rows), lackingOf(name, after.rows)]).toEqual([[], ["arg.name"]]);
  const seen = withCells(after, { count: 2, cells: { "arg.name": { each: ["old", "older"] } } }, [5, 4]);
  expect(lackingOf(name, seen.rows)).toEqual([]);
  const found = withColumns(after, { count: 6, cells: { "arg.name": { all: "same" } } });
  expect(lackingOf(columnsOf(found), found.rows)).not.toContain("arg.name");
});

test("only what is in sight is made", () => {
  const places = begins(Array.from({ length: 200 }, () => 100));
  expect(rowsInSight({ top: 27_000, left: 0, width: 800, height: 540 }, 100_000)).toEqual([994, 1027]);
  expect(rowsInSight({ top: 0, left: 0, width: 800, height: 540 }, 3)).toEqual([0, 3]);
  expect(columnsInSight({ top: 0, left: 0, width: 800, height: 0 }, places, 0)).toEqual([0, 9]);
  const [first, end] = columnsInSight({ top: 0, left: 10_000, width: 800, height: 0 }, places, 2);
  expect(first).toBeGreaterThan(95);
  expect(end - first).toBeLessThan(14);
  expect([scrolledTo(0, 100, 150, 170), scrolledTo(100, 100, 50, 70), scrolledTo(0, 100, 20, 40)]).toEqual([70, 50, 0]);
});

test("axes are of numbers, their logarithms or names; what suggests itself is what differs", () => {
  const sweep = runsWith([0.001, "a", 1, 5], [1, "b", 2, 6], [100, "a", { number: "nan" }, 6]);
  const columns = columnsOf(sweep);
  const scale = (id: string) => scaleOf(columns.find((column) => column.id === id) as (typeof columns)[0], sweep.rows);
  expect(scale("arg.model.lr")).toMatchObject({ numeric: true, logarithmic: true, least: 0.001, most: 100 });
  expect(scale("arg.name")).toMatchObject({ numeric: false, names: ["a", "b"] });
  expect(sweep.rows.map((row) => scale("result.error")?.at(row))).toEqual([0, 1, undefined]);
  expect(scale("note")).toBeUndefined();
  const { axes, x, y, colour } = suggested(columns, sweep.rows);
  expect(axes.map(({ id }) => id)).toEqual(["arg.model.lr", "arg.name", "result.error"]);
  expect([x?.id, y?.id, colour?.id]).toEqual(["arg.model.lr", "result.error", "arg.name"]);
  expect(drawable(columns, sweep.rows).map(({ id }) => id)).not.toContain("host");
  expect(ticksOf(0, 1, 5)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
  expect(ticksOf(3, 3, 5)).toEqual([3]);
});

test("a brush asks for what is under it", () => {
  const columns = columnsOf(runs);
  const scale = (id: string) => scaleOf(columns.find((column) => column.id === id) as (typeof columns)[0], oldestFirst.slice(0, 3));
  const [numbers, names] = [scale("arg.model.lr"), scale("arg.name")];
  expect(numbers && brushTerms(numbers, 0.5, 1)).toEqual(["model.lr>=0.15"]);
  expect(names && brushTerms(names, 0, 0.6)).toEqual(['name="<b>x</b>"|x']);
});

test("colours are colours", () => {
  expect([0, 0.5, 1, -3, 9].map((at) => rampColour(at))).toEqual(expect.arrayContaining([expect.stringMatching(/^rgb\(\d+ \d+ \d+\)$/)]));
});

test("colours of one value are named once", () => {
  const labels = (...values: number[]) => {
    const table = runsWith(...values.map((value) => [value]));
    const scale = scaleOf(columnsOf(table).find(({ id }) => id === runs.columns[0]?.id) as ReturnType<typeof columnsOf>[0], table.rows);
    return scale && rampLabels(scale);
  };
  expect(labels(3, 3)).toEqual(["3"]);
  expect(labels(3, 5)).toEqual(["3", "5"]);
});

test("the editor's theme says whether the paper is dark, whatever the system's is", () => {
  const themes = ["vscode-dark", "vscode-high-contrast", "vscode-light", "vscode-high-contrast vscode-high-contrast-light"];
  for (const system of [true, false]) {
    expect([...themes, "browser"].map((classes) => isDark(classes, system))).toEqual([true, true, false, false, system]);
  }
});

test("of a figure of plotly nothing is left that would be loaded from elsewhere", () => {
  const outside = "http://outside.invalid/x";
  const figure = harmlessFigure(
    JSON.stringify({
      data: [
        { type: "bar", y: [1] },
        { type: "image", source: outside },
      ],
      layout: {
        images: [{ source: outside }, { source: "data:image/png;base64,AA" }],
        mapbox: { style: outside },
        template: { layout: { images: [{ source: outside }] } },
      },
      frames: [{ data: [{ type: "image", source: outside }] }],
    }),
  );
  expect(JSON.stringify(figure)).not.toContain(outside);
  expect(JSON.stringify(figure)).toContain("data:image/png");
  const refused = ["", "7", "[]", "{}", '{"data": []}', '{"data": [{"type": "scattergeo"}]}', '{"data": [{"type": "choroplethmapbox"}]}'];
  expect(refused.map(harmlessFigure)).toEqual(refused.map(() => undefined));
  expect(harmlessFigure('{"data": [{"type": "heatmap"}]}')).toBeDefined();
});
