// Two texts, line by line.

export interface DiffLine {
  readonly kind: " " | "-" | "+" | "…";
  readonly text: string;
}

/** Lines beyond which no longest common part is looked for: all before, then all after. */
const MOST = 2_000;
const AROUND = 3;

/** What became of `before`: lines that stayed, went and came; long stretches that stayed are left out. */
export function diff(before: string, after: string): DiffLine[] {
  const [old, now] = [lines(before), lines(after)];
  let start = 0;
  while (start < old.length && start < now.length && old[start] === now[start]) {
    start++;
  }
  let end = 0;
  while (end < old.length - start && end < now.length - start && old[old.length - 1 - end] === now[now.length - 1 - end]) {
    end++;
  }
  const all: DiffLine[] = [
    ...old.slice(0, start).map(stayed),
    ...middle(old.slice(start, old.length - end), now.slice(start, now.length - end)),
    ...old.slice(old.length - end).map(stayed),
  ];
  return shortened(all);
}

function lines(text: string): string[] {
  return text === "" ? [] : text.replace(/\n$/, "").split("\n");
}

const stayed = (text: string): DiffLine => ({ kind: " ", text });

function middle(old: string[], now: string[]): DiffLine[] {
  if (old.length * now.length > MOST * MOST) {
    return [...old.map((text): DiffLine => ({ kind: "-", text })), ...now.map((text): DiffLine => ({ kind: "+", text }))];
  }
  // lengths[i][j]: of the longest common part of what begins at i and at j
  const lengths = Array.from({ length: old.length + 1 }, () => new Uint16Array(now.length + 1));
  const at = (i: number, j: number) => lengths[i]?.[j] ?? 0;
  for (let i = old.length - 1; i >= 0; i--) {
    const row = lengths[i];
    for (let j = now.length - 1; row !== undefined && j >= 0; j--) {
      row[j] = old[i] === now[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const made: DiffLine[] = [];
  for (let i = 0, j = 0; i < old.length || j < now.length; ) {
    if (i < old.length && j < now.length && old[i] === now[j]) {
      made.push(stayed(old[i] ?? ""));
      i++;
      j++;
    } else if (i < old.length && (j >= now.length || at(i + 1, j) >= at(i, j + 1))) {
      made.push({ kind: "-", text: old[i++] ?? "" });
    } else {
      made.push({ kind: "+", text: now[j++] ?? "" });
    }
  }
  return made;
}

function shortened(all: DiffLine[]): DiffLine[] {
  const near = all.map((_, place) => all.slice(Math.max(0, place - AROUND), place + AROUND + 1).some((line) => line.kind !== " "));
  const made: DiffLine[] = [];
  all.forEach((line, place) => {
    if (near[place]) {
      made.push(line);
    } else if (made.at(-1)?.kind !== "…") {
      made.push({ kind: "…", text: "" });
    }
  });
  return made;
}
