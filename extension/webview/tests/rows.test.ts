import { expect, test } from "vitest";
import { asText, compareCells, numberText } from "../src/cells";
import { arranged, columnsOf, differs, moved, NATURAL, shownColumns } from "../src/columns";
import { csv, json, markdown } from "../src/exporting";
import { grouped, summary } from "../src/grouping";
import type { Row } from "../src/model";
import { filtered, looksAt, parseFilter, rangeOf, replaced, sorted, termFor, toggled, unknownNames } from "../src/rows";
import { oldestFirst, runs, runsWith } from "./samples";

const columns = columnsOf(runs);
const column = (id: string) => columns.find((one) => one.id === id) ?? (columns[0] as (typeof columns)[0]);
const ids = (rows: readonly Row[]) => rows.map(({ id }) => id);
const found = (typed: string) => ids(filtered(oldestFirst, columns, parseFilter(typed)));
const ordered = (...sorts: [string, boolean][]) =>
  ids(
    sorted(
      oldestFirst,
      columns,
      sorts.map(([id, descending]) => ({ id, descending })),
    ),
  );

test("numbers read in six digits, and what JSON has no number for reads as it was", () => {
  expect([0.1 + 0.2, 1e-9, 123456.789, 7, 1e20].map(numberText)).toEqual(["0.3", "1e-9", "123457", "7", "100000000000000000000"]);
  expect([{ number: "nan" }, { shown: "list of 3" }, null, true, -0].map(asText)).toEqual(["nan", "list of 3", "", "True", "0"]);
});

test("a filter compares by type, and all terms must hold, or all of those on one side of an or", () => {
  expect(found("model.lr=0.1")).toEqual(["a", "c"]);
  expect(found("lr<0.2")).toEqual(["a", "c"]);
  expect(found("lr>=0.2 error=3")).toEqual(["b", "d"]);
  expect(found("lr>1")).toEqual(["d"]);
  expect(found("error=nan")).toEqual(["a"]);
  expect(found("error<-1")).toEqual(["c"]);
  expect(found("state:failed")).toEqual(["c"]);
  expect(found("-tags:old")).toEqual(["b", "c", "d"]);
  expect(found('name="<b>x</b>"')).toEqual(["b"]);
  expect(found("X1")).toEqual(["c"]);
  expect(found("")).toEqual(["a", "b", "c", "d"]);
  expect(found("name=x|x9")).toEqual(["a", "d"]);
  expect(found("name!=x|x9")).toEqual(["b", "c"]);
  expect(found('name="x|x9"')).toEqual([]);
  expect(found("lr=0.2 or state:failed name:1")).toEqual(["b", "c"]);
  expect(found("lr=0.2 or")).toEqual(["b"]);
});

test("a name that no column has is told, and what a filter looks at is known", () => {
  expect(unknownNames(parseFilter("rat<1 lr=1 text"), columns)).toEqual(["rat"]);
  expect(looksAt(parseFilter("lr=1 state:x"), columns).map(({ id }) => id)).toEqual(["arg.model.lr", "state"]);
  expect(looksAt(parseFilter("word"), columns)).toHaveLength(columns.length);
});

test("whatever is typed is a filter", () => {
  for (const typed of [
    '"',
    "-",
    "<",
    "a<",
    '-"',
    "a:b:c",
    "((((",
    "\\",
    "=",
    'a="b',
    "\ud800=1",
    "|",
    "a=|",
    "or",
    "or or",
    'a="b"c"d',
    `${"a".repeat(5000)}<`,
  ]) {
    expect(() => found(typed)).not.toThrow();
  }
});

test("a click on a cell gives a filter that finds it", () => {
  for (const one of columns.filter(({ kind }) => kind === "argument")) {
    for (const row of oldestFirst) {
      expect(found(termFor(one, row))).toContain(row.id);
    }
  }
});

test("what is brushed takes the place of what was asked of the column, and can be read back", () => {
  const filter = replaced("lr<1 state:done lr>0.1 -lr=7", columns, column("arg.model.lr"), ["model.lr>=0.2", "model.lr<=0.5"]);
  expect(filter).toBe("state:done -lr=7 model.lr>=0.2 model.lr<=0.5");
  expect(rangeOf(parseFilter(filter)[0] ?? [], columns, column("arg.model.lr"))).toEqual([0.2, 0.5]);
  expect(rangeOf(parseFilter("name=x")[0] ?? [], columns, column("arg.model.lr"))).toBeUndefined();
});

test("rows are sorted by several columns; what is empty or no number is last either way", () => {
  expect(ordered(["arg.model.lr", false], ["arg.name", true])).toEqual(["c", "a", "b", "d"]);
  expect(ordered(["metric.error", false])).toEqual(["c", "b", "d", "a"]);
  expect(ordered(["metric.error", true])).toEqual(["b", "d", "c", "a"]);
  expect(ordered(["arg.name", false])).toEqual(["b", "a", "d", "c"]);
  expect(compareCells(null, 1, true)).toBeGreaterThan(0);
});

test("clicks on a head sort up, down, and not at all", () => {
  const up = toggled([], "a", false);
  const down = toggled(up, "a", false);
  expect([up, down, toggled(down, "a", false)]).toEqual([[{ id: "a", descending: false }], [{ id: "a", descending: true }], []]);
  expect(toggled(up, "b", true)).toEqual([...up, { id: "b", descending: false }]);
  expect(toggled(up, "b", false)).toEqual([{ id: "b", descending: false }]);
});

test("columns in which all runs are the same can be left out; of those that are not here, the host says whether they differ", () => {
  const some = runsWith([1, "same", 2, null], [2, "same", 2, null]);
  const of = columnsOf(some);
  const shown = (arrangement = NATURAL, only = true) => shownColumns(of, some.rows, arrangement, only).map(({ id }) => id);
  expect(shown()).toEqual(["state", "started", "duration", "arg.model.lr", "id"]);
  expect(shown({ ...NATURAL, hidden: ["arg.name"] }, false)).not.toContain("arg.name");
  expect(shown(NATURAL, false)).not.toContain("metric.error");
  expect(shown({ ...NATURAL, pinned: ["arg.model.lr"] })[0]).toBe("arg.model.lr");
  const absent = columnsOf({ ...some, cells: new Map() });
  expect(absent.filter(({ here }) => !here).every((one) => differs(one, some.rows))).toBe(true);
});

test("columns that were moved stay where they were put, and new ones come beside their neighbours", () => {
  const order = moved(columns, "result.error", "started");
  expect(order.slice(0, 3)).toEqual(["state", "result.error", "started"]);
  const without = order.filter((id) => id !== "arg.name");
  expect(arranged(columns, without).map(({ id }) => id)).toEqual(
    order.filter((id) => id !== "arg.name").flatMap((id) => (id === "arg.model.lr" ? [id, "arg.name"] : [id])),
  );
  expect(moved(columns, "state", undefined).at(-1)).toBe("state");
});

test("runs are grouped by values, under heads that say what they have in common", () => {
  const items = grouped(oldestFirst, [column("arg.model.lr"), column("state")], new Set());
  expect(items.map((item) => (item.kind === "head" ? `${"-".repeat(item.level)}${item.title}` : item.row.id))).toEqual([
    "model.lr 0.1",
    "-state done",
    "a",
    "-state failed",
    "c",
    "model.lr 0.2",
    "-state done",
    "b",
    "model.lr 1152921504606846976",
    "-state done",
    "d",
  ]);
  const [first] = items;
  expect(
    first?.kind === "head" &&
      grouped(oldestFirst, [column("arg.model.lr")], new Set([first.key]))
        .slice(0, 2)
        .map(({ kind }) => kind),
  ).toEqual(["head", "head"]);
  expect([
    summary(column("arg.model.lr"), oldestFirst.slice(0, 2)),
    summary(column("host"), oldestFirst),
    summary(column("arg.name"), oldestFirst),
  ]).toEqual(["⌀ 0.15", "here", "4 values"]);
});

const two = runsWith([0.123456789, "=1+1", null, { number: "nan" }], [-1, 'a "b",\nc|`x`', null, null]);
const exportedColumns = columnsOf(two).filter(({ id }) => id.startsWith("arg."));

test("CSV has every digit, and no formulas", () => {
  expect(csv(exportedColumns, two.rows)).toBe('arg.model.lr,arg.name\n0.123456789,\'=1+1\n-1,"a ""b"",\nc|`x`"\n');
});

test("JSON is read by any reader, and Markdown is one table whatever is in it", () => {
  expect(JSON.parse(json(columnsOf(two), two.rows))[0]).toMatchObject({ id: "x0", "arg.model.lr": 0.123456789, "metric.error": "nan" });
  const lines = markdown(exportedColumns, two.rows).trimEnd().split("\n");
  expect(lines).toEqual(["| model.lr | name |", "| ---: | --- |", "| 0.123457 | =1+1 |", '| -1 | a "b", c\\|\\`x\\` |']);
});
