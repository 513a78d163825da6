// Whether a text fits where it is to stand, without asking the page for it, which would have it laid out: by how wide characters are.

/** On either side of a cell's text, and what rounding takes. */
const PADDING = 17;
/** What a character takes at most beside others of it, of what it takes alone. */
const SLACK = 1.02;
const PRINTED = `${Array.from({ length: 95 }, (_, n) => String.fromCharCode(32 + n)).join("")}…’µ×–—`;
const DIGITS = "0123456789";

export class Ruler {
  private readonly widths = new Map<string, number>();

  /** `measure` says how many pixels a text takes. */
  constructor(measure: (text: string) => number) {
    // In columns of numbers all digits are as wide as the widest.
    const digit = Math.max(...Array.from(DIGITS, measure));
    for (const character of PRINTED) {
      this.widths.set(character, SLACK * (DIGITS.includes(character) ? digit : measure(character)));
    }
  }

  /** Whether a text surely fits into a cell of so many pixels; of what is written in other letters than most, nobody knows. */
  fits(text: string, width: number): boolean {
    let left = width - PADDING;
    for (let n = 0; n < text.length && left >= 0; n++) {
      left -= this.widths.get(text[n] as string) ?? Infinity;
    }
    return left >= 0;
  }
}

/** Measures texts as they stand in an element. */
export function measureIn(element: Element): (text: string) => number {
  const context = document.createElement("canvas").getContext("2d");
  const { font } = getComputedStyle(element);
  if (context !== null) {
    context.font = font;
  }
  return (text) => context?.measureText(text).width ?? Infinity;
}
