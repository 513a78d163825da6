// Pictures of values: images as images, markup in a frame.

import { useEffect, useRef, useState } from "preact/hooks";
import { bytes } from "./cells";
import { ATTACHMENT, type AttachmentBytes } from "./contract";
import { type Json, Muted, text } from "./json";
import { Markdown } from "./markdown";
import { frameDocument } from "./markup";
import { type Page, usePage } from "./page";
import { Plotly } from "./plotly";
import { Pre } from "./pre";

const PLOTLY = "application/vnd.plotly.v1+json";
const TEXTS = new Set(["text/html", "text/markdown", "text/plain", PLOTLY]);

/** A figure, an image, or markup: from its own file beside the result, or from within the View. */
export function Picture({ of, run }: { of: Json; run: string }) {
  const name = text(of.attachment);
  const media = text(of.media);
  if (name !== "") {
    return <Attachment run={run} name={name} media={media} label={text(of.type)} />;
  }
  if (typeof of.text === "string" && TEXTS.has(media)) {
    return <Written text={of.text} media={media} label={text(of.type)} />;
  }
  if (typeof of.text === "string" && media === "image/svg+xml") {
    return <Image content={new Blob([of.text], { type: media })} label={text(of.type)} />;
  }
  return (
    <Muted>
      {text(of.type)}
      {of.left_out === undefined ? "" : `, not drawn: ${text(of.left_out)}`}
    </Muted>
  );
}

export function Attachment({ run, name, media, label }: { run: string; name: string; media: string; label: string }) {
  const page = usePage();
  const [content, setContent] = useState<Blob | string | { problem: string }>();
  useEffect(() => {
    let gone = false;
    load(page, run, name).then(
      async (blob) => {
        const found = TEXTS.has(media) ? await blob.text() : blob;
        if (!gone) {
          setContent(found);
        }
      },
      (error: Error) => !gone && setContent({ problem: error.message }),
    );
    return () => {
      gone = true;
    };
  }, [page, run, name, media]);
  if (content === undefined) {
    return <Muted>{label}…</Muted>;
  }
  if (typeof content === "string") {
    return <Written text={content} media={media} label={label} />;
  }
  if ("problem" in content) {
    return <Muted>{content.problem}</Muted>;
  }
  if (media.startsWith("image/")) {
    return <Image content={content} label={label} />;
  }
  return (
    <Muted>
      {label}, {bytes(content.size)} of {media}: not shown here
    </Muted>
  );
}

function Written({ text: shown, media, label }: { text: string; media: string; label: string }) {
  switch (media) {
    case PLOTLY:
      return <Plotly text={shown} label={label} />;
    case "text/markdown":
      return <Markdown text={shown} />;
    case "text/html":
      return <Markup markup={shown} label={label} />;
    default:
      return <Pre class="text">{shown}</Pre>;
  }
}

/** The bytes of a file beside a result. */
export async function load(page: Page, run: string, name: string): Promise<Blob> {
  const { media, base64 } = await page.ask<AttachmentBytes>(ATTACHMENT, { id: run, name });
  return new Blob([Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))], { type: media });
}

/** As an image: what is in an SVG runs nothing and loads nothing there. A click shows it large. */
function Image({ content, label }: { content: Blob; label: string }) {
  const [address, setAddress] = useState("");
  const [broken, setBroken] = useState(false);
  const [large, setLarge] = useState(false);
  useEffect(() => {
    const made = URL.createObjectURL(content);
    setAddress(made);
    return () => URL.revokeObjectURL(made);
  }, [content]);
  if (broken) {
    return <Muted>{label}: an image that can’t be shown</Muted>;
  }
  if (address === "") {
    return null;
  }
  return (
    <>
      <button type="button" class="picture" aria-label={`${label}, larger`} onClick={() => setLarge(true)}>
        <img src={address} alt={label} onError={() => setBroken(true)} />
      </button>
      {large ? <Lightbox address={address} content={content} label={label} onClose={() => setLarge(false)} /> : null}
    </>
  );
}

/** A picture over the whole page, with the others of the page one key away. */
function Lightbox({ address, content, label, onClose }: { address: string; content: Blob; label: string; onClose(): void }) {
  const { host } = usePage();
  const dialog = useRef<HTMLDialogElement>(null);
  const [whole, setWhole] = useState(false);
  const others = useRef<HTMLImageElement[]>([]);
  const [shown, setShown] = useState(address);
  useEffect(() => {
    others.current = [...document.querySelectorAll<HTMLImageElement>(".picture img")];
    dialog.current?.showModal();
  }, []);
  const turn = (by: number) => {
    const all = others.current;
    const now = all.findIndex(({ src }) => src === shown);
    const next = all[(now + by + all.length) % all.length];
    if (next !== undefined) {
      setShown(next.src);
    }
  };
  const ending = content.type === "image/svg+xml" ? "svg" : (content.type.split("/")[1] ?? "png");
  return (
    <dialog
      class="lightbox"
      ref={dialog}
      aria-label={label}
      onClose={onClose}
      onClick={(event) => event.target === event.currentTarget && dialog.current?.close()}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === "ArrowRight" || event.key === "ArrowLeft") {
          turn(event.key === "ArrowRight" ? 1 : -1);
        }
      }}
    >
      <header>
        <button type="button" onClick={() => setWhole(!whole)}>
          {whole ? "Fit" : "Full size"}
        </button>
        {others.current.length > 1 ? (
          <>
            <button type="button" aria-label="The picture before (←)" onClick={() => turn(-1)}>
              ←
            </button>
            <button type="button" aria-label="The next picture (→)" onClick={() => turn(1)}>
              →
            </button>
          </>
        ) : null}
        {shown === address ? (
          <button type="button" onClick={() => host.save(`${label.split(".").at(-1) ?? "picture"}.${ending}`, content)}>
            Save
          </button>
        ) : null}
        <button type="button" aria-label="Close (Escape)" onClick={() => dialog.current?.close()}>
          ✕
        </button>
      </header>
      <div class={whole ? "whole" : "fitted"}>
        <img src={shown} alt={label} />
      </div>
    </dialog>
  );
}

/** In a frame that runs no scripts and has no origin, and of which what could load anything is left out besides. */
function Markup({ markup, label }: { markup: string; label: string }) {
  return <iframe class="markup" sandbox="" title={label} srcdoc={frameDocument(markup)} />;
}
