"""Values that a page must survive: each tries to run a script, to load something from elsewhere, or to break what shows it."""

from __future__ import annotations

import math

import hitsave

OUTSIDE = "http://outside.invalid/x"
SCRIPT = "<script>alert(1)</script>"


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
    "address": "javascript:alert(1)",
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


@hitsave.experiment
def show(name: str, value: object) -> object:
    hitsave.log(step=math.inf if name == "not a number" else 1.0, **{"<b>metric</b>": math.nan if name == "not a number" else 1.0, name: 2.0})
    return value


if __name__ == "__main__":
    for name, value in VALUES.items():
        show(name, value)
