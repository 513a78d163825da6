// Text as it stands, which may be longer than its place: the keys reach it, so that it can be scrolled without a mouse.

import type { ComponentChildren } from "preact";

export function Pre({ class: name, children }: { class: string; children: ComponentChildren }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached
    <pre class={name} tabIndex={0}>
      {children}
    </pre>
  );
}
