import { expect, test } from "vitest";
import { Reel } from "../src/reel";

/** A reel in what stands for a document: the order of its elements, which count how often they are put somewhere. */
function reel() {
  const order: Part[] = [];
  const state = { moves: 0, made: 0 };
  class Part {
    readonly name = String.fromCharCode(97 + state.made++);
    readonly element = this as unknown as HTMLElement;
    before(...others: Part[]) {
      state.moves += others.length;
      for (const one of others) one.remove(false);
      order.splice(order.indexOf(this), 0, ...others);
    }
    remove(counts = true) {
      state.moves += counts ? 1 : 0;
      if (order.includes(this)) order.splice(order.indexOf(this), 1);
    }
  }
  const append = (...parts: Part[]) => {
    state.moves += parts.length;
    for (const one of parts) one.remove(false);
    order.push(...parts);
  };
  const made = new Reel({ append } as unknown as HTMLElement, () => new Part());
  const names = (parts: readonly Part[]) => parts.map(({ name }) => name).join("");
  return {
    state,
    document: () => names(order),
    turned: (first: number, end: number) => names(made.turned(first, end)),
    rest: () => made.rest(),
  };
}

test("elements go on showing what they showed, and nothing is moved until the scrolling rests", () => {
  const { state, document, turned, rest } = reel();
  expect(turned(0, 5)).toBe("abcde");
  state.moves = 0;
  expect([turned(1, 6), turned(3, 8), turned(2, 7), turned(100, 105), turned(97, 102)]).toEqual([
    "bcdea",
    "deabc",
    "cdeab",
    "abcde",
    "cdeab",
  ]);
  expect([document(), state.moves]).toEqual(["abcde", 0]);
  rest();
  expect([document(), state.moves, turned(97, 102), turned(98, 103)]).toEqual(["cdeab", 2, "cdeab", "deabc"]);
  turned(96, 101);
  rest();
  expect([document(), state.moves]).toEqual(["bcdea", 3]);
});

test("what is not needed for a while is used again", () => {
  const { state, document, turned } = reel();
  turned(0, 4);
  expect([turned(2, 4), document(), turned(2, 6), state.made]).toEqual(["ab", "ab", "abcd", 4]);
});
