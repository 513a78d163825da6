// Tags and a note, as they are set by whoever looks.

import { useEffect, useState } from "preact/hooks";
import { type Done, MARK } from "./contract";
import type { Row } from "./model";
import { type Page, usePage } from "./page";

/** Sets something on runs, and says what could not be done. */
export async function mark(page: Page, ids: readonly string[], change: object): Promise<void> {
  try {
    const done = await page.ask<Done>(MARK, { ids, ...change });
    if (done.message !== "") {
      page.say(done.message);
    }
  } catch (error) {
    page.say((error as Error).message);
  }
}

export function Marks({ row, onChanged }: { row: Row; onChanged(): void }) {
  const page = usePage();
  const set = (change: object) => void mark(page, [row.id], change).then(onChanged);
  const [adding, setAdding] = useState("");
  const [note, setNote] = useState(row.note);
  useEffect(() => setNote(row.note), [row.id, row.note]);
  const add = () => {
    const tags = adding.split(",").flatMap((tag) => tag.trim() || []);
    setAdding("");
    if (tags.length > 0) {
      set({ tag: tags });
    }
  };
  return (
    <div class="marks">
      {row.tags.map((tag) => (
        <span key={tag} class="tag">
          {tag}
          <button type="button" aria-label={`Remove the tag ${tag}`} onClick={() => set({ untag: [tag] })}>
            ×
          </button>
        </span>
      ))}
      <input
        type="text"
        class="adding"
        aria-label="Add a tag"
        placeholder="+ tag"
        value={adding}
        onInput={(event) => setAdding(event.currentTarget.value)}
        onKeyDown={(event) => event.key === "Enter" && add()}
        onBlur={add}
      />
      <textarea
        class="note"
        aria-label="Note"
        placeholder="A note…"
        rows={Math.min(8, Math.max(1, note.split("\n").length))}
        value={note}
        onInput={(event) => setNote(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter" && !event.shiftKey) {
            event.preventDefault();
            event.currentTarget.blur();
          }
        }}
        onBlur={() => note !== row.note && set({ note })}
      />
    </div>
  );
}
