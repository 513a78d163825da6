import { expect, test } from "vitest";
import { asText, compareCells, numberText } from "../src/cells";
import { columnsOf, differing, shownColumns } from "../src/columns";
import { csv, filtered, parseFilter, sorted, termFor, toggled, unknownNames } from "../src/rows";
import { group, row } from "./samples";

const columns = columnsOf(group);
const found = (typed: string) => filtered(group.rows, columns, parseFilter(typed)).map(({ id }) => id);
const ordered = (...sorts: [string, boolean][]) =>
  sorted(
    group.rows,
    columns,
    sorts.map(([id, descending]) => ({ id, descending })),
  ).map(({ id }) => id);

test("numbers read in six digits, and what JSON has no number for reads as it was", () => {
  expect([0.1 + 0.2, 1e-9, 123456.789, 7, 1e20].map(numberText)).toEqual(["0.3", "1e-9", "123457", "7", "100000000000000000000"]);
  expect([{ number: "nan" }, { shown: "list of 3" }, null, true, -0].map(asText)).toEqual(["nan", "list of 3", "", "True", "0"]);
});

test("a filter compares by type, and all terms must hold", () => {
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
});

test("a name that no column has is told", () => {
  expect(unknownNames(parseFilter("rat<1 lr=1 text"), columns)).toEqual(["rat"]);
});

test("whatever is typed is a filter", () => {
  for (const typed of ['"', "-", "<", "a<", '-"', "a:b:c", "((((", "\\", "=", 'a="b', "\ud800=1"]) {
    expect(() => found(typed)).not.toThrow();
  }
});

test("a click on a cell gives a filter that finds it", () => {
  for (const column of columns.filter(({ kind }) => kind === "argument")) {
    for (const one of group.rows) {
      expect(found(termFor(column, one))).toContain(one.id);
    }
  }
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

test("columns in which all runs are the same can be left out", () => {
  const some = [row("x", [1, "same", 2, null]), row("y", [2, "same", 2, null])];
  expect(differing(columns, some).map(({ id }) => id)).toEqual(["state", "started", "duration", "arg.model.lr", "id"]);
  expect(shownColumns(columns, some, new Set(["arg.name"]), false).map(({ id }) => id)).not.toContain("metric.error");
});

test("CSV has every digit, and no formulas", () => {
  const text = csv(
    columns.filter(({ id }) => id.startsWith("arg.")),
    [row("x", [0.123456789, "=1+1", null, null]), row("y", [-1, 'a "b",\nc', null, null])],
  );
  expect(text).toBe('arg.model.lr,arg.name\n0.123456789,\'=1+1\n-1,"a ""b"",\nc"\n');
});
