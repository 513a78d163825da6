// A button under which something opens: a menu, or a small form. The browser's own popover closes it, with Escape or by a click elsewhere.

import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

export function Drop({
  label,
  title,
  name,
  children,
}: {
  label: ComponentChildren;
  title?: string;
  name?: string;
  children: (close: () => void) => ComponentChildren;
}) {
  const button = useRef<HTMLButtonElement>(null);
  const [open, setOpen] = useState(false);
  return (
    <>
      <button
        type="button"
        class="quiet drop"
        ref={button}
        aria-expanded={open}
        aria-haspopup="dialog"
        title={title}
        onClick={() => setOpen(!open)}
      >
        {label}
        <span class="caret" aria-hidden="true" />
      </button>
      {open ? (
        <Popover
          name={name ?? title ?? String(label)}
          beneath={button.current}
          onClose={() => {
            setOpen(false);
            focusIfLost(button.current);
          }}
        >
          {children(() => setOpen(false))}
        </Popover>
      ) : null}
    </>
  );
}

/** What floats beneath an element, or at a place. */
export function Popover({
  name,
  beneath,
  at,
  onClose,
  children,
}: {
  name: string;
  beneath?: HTMLElement | null;
  at?: readonly [number, number];
  onClose(): void;
  children: ComponentChildren;
}) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = place.current;
    if (element === null) {
      return;
    }
    element.showPopover();
    const box = beneath?.getBoundingClientRect();
    const [x, y] = at ?? [box?.left ?? 0, (box?.bottom ?? 0) + 3];
    element.style.left = `${Math.max(4, Math.min(x, innerWidth - element.offsetWidth - 6))}px`;
    element.style.top = `${Math.max(4, Math.min(y, innerHeight - element.offsetHeight - 6))}px`;
    element.querySelector<HTMLElement>("[autofocus], button:not(:disabled), input, select")?.focus();
    const toggle = (event: Event) => (event as ToggleEvent).newState === "closed" && onClose();
    element.addEventListener("toggle", toggle);
    return () => element.removeEventListener("toggle", toggle);
  }, []);
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (event.key === "Escape") {
      event.stopPropagation();
    }
    if (step === 0 || !(event.target instanceof HTMLButtonElement)) {
      return;
    }
    const buttons = [...(place.current?.querySelectorAll<HTMLButtonElement>("button.item:not(:disabled)") ?? [])];
    const now = buttons.indexOf(event.target);
    if (now >= 0) {
      event.preventDefault();
      buttons[(now + step + buttons.length) % buttons.length]?.focus();
    }
  };
  return (
    <div popover="auto" class="popover" role="dialog" aria-label={name} ref={place} onKeyDown={onKeyDown}>
      {children}
    </div>
  );
}

/** One thing that can be done, in a list of such. */
export function Item({ onClick, disabled, children }: { onClick(): void; disabled?: boolean; children: ComponentChildren }) {
  return (
    <button type="button" class="item" disabled={disabled} onClick={onClick}>
      {children}
    </button>
  );
}

/** Where the focus was in what closed, it comes back; where a person has taken it meanwhile, it stays. */
export function focusIfLost(element: HTMLElement | null): void {
  const now = document.activeElement;
  if (now === null || now === document.body || now.closest("[popover]") !== null) {
    element?.focus();
  }
}
