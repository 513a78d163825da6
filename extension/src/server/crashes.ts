// When a server that ended is started again, and when it is left alone.

const MOST = 3;
const WINDOW_MS = 3 * 60_000;

/** Counts endings. The third within three minutes is the last: a server that dies on something in the project would die for ever. */
export class Crashes {
  private endings: number[] = [];

  /** Notes an ending at `now` (milliseconds); the pause before the next start, in milliseconds, or undefined where there should be none. */
  ended(now: number): number | undefined {
    this.endings = [...this.endings.filter((then) => now - then < WINDOW_MS), now];
    return this.endings.length >= MOST ? undefined : 500 * this.endings.length;
  }

  get times(): number {
    return this.endings.length;
  }

  /** A person asked for a start: begin to count again. */
  forget(): void {
    this.endings = [];
  }
}
