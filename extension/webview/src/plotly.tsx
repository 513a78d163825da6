// A plotly figure, drawn by plotly in a frame of its own: without an origin, without the page's addresses, under a policy that allows only the script that the page hands in.
// plotly sets styles in ways that the page's policy forbids, and the frame inherits that policy; so the frame's first script gives it the ways that are allowed.

import { useEffect, useRef, useState } from "preact/hooks";
import { useTheme } from "./canvas";
import { LIBRARY, type LibraryText } from "./contract";
import { harmlessFigure } from "./harmless_figure";
import { NONCE } from "./host";
import { Muted, record } from "./json";
import { type Page, usePage } from "./page";

let library: Promise<LibraryText> | undefined;
function loaded(page: Page): Promise<LibraryText> {
  library ??= page.ask<LibraryText>(LIBRARY, { name: "plotly" }).catch((error: Error) => {
    library = undefined;
    throw error;
  });
  return library;
}

const FIRST = `
const asked = Element.prototype.setAttribute;
Element.prototype.setAttribute = function (name, value) {
  if (String(name).toLowerCase() === "style") this.style.cssText = value;
  else if (/^(xlink:)?href$/i.test(name) && !String(value).startsWith("#")) return;
  else asked.call(this, name, value);
};
const named = Element.prototype.setAttributeNS;
Element.prototype.setAttributeNS = function (space, name, value) {
  if (/href$/i.test(name) && !/^(#|data:image\\/)/.test(String(value))) return;
  if (String(name).toLowerCase() === "style") this.style.cssText = value;
  else named.call(this, space, name, value);
};
const make = Document.prototype.createElement;
Document.prototype.createElement = function (name, ...more) {
  if (String(name).toLowerCase() !== "style") return make.call(this, name, ...more);
  const sheet = new CSSStyleSheet();
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  const element = make.call(this, "span");
  element.hidden = true;
  const written = (node) => (sheet.replaceSync(node.textContent ?? ""), node);
  Object.defineProperties(element, { sheet: { value: sheet }, appendChild: { value: written }, textContent: { set: (text) => sheet.replaceSync(text) } });
  return element;
};
addEventListener("message", (event) => {
  if (event.source !== parent) return;
  const { script, figure, ink } = event.data;
  if (script !== undefined) {
    const made = document.createElement("script");
    made.nonce = document.currentScript?.nonce ?? nonce;
    made.textContent = script;
    document.head.append(made);
  }
  const layout = { ...figure.layout, autosize: true, width: undefined, height: undefined };
  if (!figure.layout.paper_bgcolor) layout.paper_bgcolor = "rgba(0,0,0,0)";
  layout.font = { color: ink, ...figure.layout.font };
  Plotly.newPlot("figure", figure.data, layout, { responsive: true, displaylogo: false, plotlyServerURL: "", showSendToCloud: false, showEditInChartStudio: false })
    .then(() => parent.postMessage({ drawn: true }, "*"), (problem) => parent.postMessage({ problem: String(problem) }, "*"));
});
parent.postMessage({ ready: true }, "*");
`;

const POLICY = `default-src 'none'; script-src 'nonce-${NONCE}'; img-src data: blob:; style-src 'none'; form-action 'none'; base-uri 'none'`;
const documentOf = () =>
  `<!doctype html><html><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${POLICY}"><meta name="color-scheme" content="light dark"><title>figure</title></head>` +
  `<body><div id="figure"></div><script nonce="${NONCE}">const nonce = document.currentScript.nonce;document.documentElement.style.height = document.body.style.height = document.getElementById("figure").style.height = "100%";document.body.style.margin = "0";${FIRST}</script></body></html>`;

export function Plotly({ text, label }: { text: string; label: string }) {
  const page = usePage();
  const theme = useTheme();
  const frame = useRef<HTMLIFrameElement>(null);
  const [problem, setProblem] = useState("");
  const [drawn, setDrawn] = useState(false);
  useEffect(() => {
    const figure = harmlessFigure(text);
    if (figure === undefined) {
      setProblem("It can’t be drawn here: it is no figure, too large, or needs a map.");
      return;
    }
    let sent = false;
    const listen = async ({ source, data }: MessageEvent) => {
      const window = frame.current?.contentWindow;
      if (window === null || window === undefined || source !== window) {
        return;
      }
      if (record(data).ready === true && !sent) {
        sent = true;
        try {
          const script = (await loaded(page)).text;
          const ink = frame.current === null ? "" : getComputedStyle(frame.current).color;
          window.postMessage({ script, figure, ink }, "*");
        } catch (error) {
          setProblem((error as Error).message);
        }
      } else if (record(data).drawn === true) {
        setDrawn(true);
      } else if (typeof record(data).problem === "string") {
        setProblem("plotly could not draw it.");
      }
    };
    addEventListener("message", listen);
    return () => removeEventListener("message", listen);
  }, [text, theme]);
  if (problem !== "") {
    return (
      <Muted>
        {label}: {problem}
      </Muted>
    );
  }
  return (
    <div class={drawn ? "plotly drawn" : "plotly"}>
      <iframe key={theme} ref={frame} sandbox="allow-scripts" title={label} srcdoc={documentOf()} />
    </div>
  );
}
