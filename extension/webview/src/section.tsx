// A part of what is shown of a run, under its head.

import type { ComponentChildren } from "preact";
import { Guard } from "./guard";

export function Section({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <section aria-label={name}>
      <h3>{name}</h3>
      <Guard>{children}</Guard>
    </section>
  );
}
