// Pictures of values: images as images, markup in a frame.

import { useEffect, useState } from "preact/hooks";
import { bytes } from "./cells";
import { ATTACHMENT, type AttachmentBytes } from "./contract";
import { type Json, Muted, text } from "./json";
import { frameDocument } from "./markup";
import { type Page, usePage } from "./page";

/** A figure, an image, or markup: from its own file beside the result, or from within the View. */
export function Picture({ of, run }: { of: Json; run: string }) {
  const name = text(of.attachment);
  const media = text(of.media);
  if (name !== "") {
    return <Attachment run={run} name={name} media={media} label={text(of.type)} />;
  }
  if (typeof of.text === "string" && media === "text/html") {
    return <Markup markup={of.text} label={text(of.type)} />;
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
  const [content, setContent] = useState<Blob | string>();
  useEffect(() => {
    let gone = false;
    load(page, run, name).then(
      async (blob) => {
        const found = media === "text/html" ? await blob.text() : blob;
        if (!gone) {
          setContent(found);
        }
      },
      (error: Error) => !gone && setContent(error.message),
    );
    return () => {
      gone = true;
    };
  }, [page, run, name, media]);
  if (content === undefined) {
    return <Muted>{label}…</Muted>;
  }
  if (typeof content === "string") {
    return media === "text/html" ? <Markup markup={content} label={label} /> : <Muted>{content}</Muted>;
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

async function load(page: Page, run: string, name: string): Promise<Blob> {
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
    <button
      type="button"
      class={large ? "picture large" : "picture"}
      aria-label={`${label}, ${large ? "smaller" : "larger"}`}
      onClick={() => setLarge(!large)}
    >
      <img src={address} alt={label} onError={() => setBroken(true)} />
    </button>
  );
}

/** In a frame that runs no scripts and has no origin, and of which what could load anything is left out besides. */
function Markup({ markup, label }: { markup: string; label: string }) {
  return <iframe class="markup" sandbox="" title={label} srcdoc={frameDocument(markup)} />;
}
