// Elements that show consecutive places, used again as one scrolls: what leaves at one end comes in at the other.
// Meanwhile none is moved in the document, as that costs more than all that is written into it; when the scrolling rests, they are put in the order of what they show.

interface Held {
  readonly element: HTMLElement;
}

export class Reel<E extends Held> {
  /** In the order of the document, of which the first one showed the place `origin` when they were put in order. */
  private readonly held: E[] = [];
  private readonly spare: E[] = [];
  private origin = 0;
  private first = 0;

  /** The elements are the last ones of `parent`. */
  constructor(
    private readonly parent: HTMLElement,
    private readonly make: () => E,
  ) {}

  /** Those that show something. */
  get all(): readonly E[] {
    return this.held;
  }

  /** What is to show the places from `first` to before `end`, in their order. Of as many as before, one that showed a place that is still among them shows it now. */
  turned(first: number, end: number): readonly E[] {
    const { held, spare } = this;
    const count = Math.max(0, end - first);
    if (count !== held.length) {
      this.rest();
      while (held.length > count) {
        const one = held.pop() as E;
        one.element.remove();
        spare.push(one);
      }
      this.append(Array.from({ length: count - held.length }, () => spare.pop() ?? this.make()));
    }
    this.first = first;
    const turn = this.turn;
    return turn === 0 ? held : [...held.slice(turn), ...held.slice(0, turn)];
  }

  /** Puts the elements in order, and gives them. */
  rest(): readonly E[] {
    const { held, turn } = this;
    this.origin = this.first;
    // Whichever part is smaller is moved.
    if (turn <= held.length / 2) {
      this.append(held.splice(0, turn));
    } else {
      const last = held.splice(turn);
      held[0]?.element.before(...last.map(({ element }) => element));
      held.unshift(...last);
    }
    return held;
  }

  /** Which of them shows the first place. */
  private get turn(): number {
    const count = this.held.length;
    return count === 0 ? 0 : (((this.first - this.origin) % count) + count) % count;
  }

  private append(some: readonly E[]): void {
    this.parent.append(...some.map(({ element }) => element));
    this.held.push(...some);
  }
}
