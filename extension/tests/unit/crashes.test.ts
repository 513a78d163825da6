import { expect, test } from "vitest";
import { Crashes } from "../../src/server/crashes";

test("a server that ends is started again, after a pause that grows, and left alone the third time", () => {
  const crashes = new Crashes();
  expect([crashes.ended(0), crashes.ended(1000), crashes.ended(2000)]).toEqual([500, 1000, undefined]);
  expect(crashes.times).toBe(3);
});

test("endings of long ago don't count", () => {
  const crashes = new Crashes();
  expect([crashes.ended(0), crashes.ended(1000), crashes.ended(400_000)]).toEqual([500, 1000, 500]);
});

test("a person who asks for a start begins to count again", () => {
  const crashes = new Crashes();
  crashes.ended(0);
  crashes.ended(1);
  crashes.forget();
  expect(crashes.ended(2)).toBe(500);
});
