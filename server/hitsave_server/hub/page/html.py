"""HTML from values: everything is text unless it was made here."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from html import escape
from typing import Final

from starlette.responses import HTMLResponse

_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src blob: data:; connect-src 'self'; frame-src 'none';"
    " base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS: Final = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class Markup(str):
    """Text that is HTML."""

    __slots__ = ()


Child = str | Iterable["Child"]


def element(tag: str, /, *children: Child, **attributes: str | bool) -> Markup:
    """One element. An attribute that is True is there without a value, and one that is False is not; `class_` is `class`.

    >>> element("p", "1 < 2", class_="told")
    '<p class="told">1 &lt; 2</p>'
    """
    said = "".join(
        f" {attribute.rstrip('_').replace('_', '-')}" + ("" if value is True else f'="{escape(str(value))}"')
        for attribute, value in attributes.items()
        if value is not False
    )
    end = "" if tag in {"input", "link", "meta"} else f"</{tag}>"
    return Markup(f"<{tag}{said}>{_joined(children)}{end}")


def table(heads: Sequence[str], rows: Iterable[Sequence[Child]]) -> Markup:
    """A table with these headings."""
    head = element("thead", element("tr", [element("th", text, scope="col") for text in heads]))
    return element("table", head, element("tbody", [element("tr", [element("td", cell) for cell in row]) for row in rows]))


def form(action: str, token: str, *children: Child) -> Markup:
    """A form that changes something, with the session's token."""
    return element("form", element("input", type="hidden", name="csrf", value=token), *children, method="post", action=action)


def page(title: str, *children: Child, member: str = "", script: str = "", status: int = 200) -> HTMLResponse:
    """A whole page."""
    places = (("/", "Projects"), ("/keys", "Keys"), ("/people", "People")) if member else ()
    bar = element(
        "nav", element("strong", "HitSave"), [element("a", text, href=href) for href, text in places], element("span", member, class_="muted")
    )
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width"),
        element("title", f"{title} – HitSave"),
        element("link", rel="icon", href="data:,"),
        element("link", rel="stylesheet", href="/static/hub.css"),
        element("script", src=script, defer=True) if script else Markup(""),
    )
    body = element("body", bar, element("main", element("h1", title), *children))
    return HTMLResponse(f"<!doctype html>{element('html', head, body, lang='en')}", status, HEADERS)


def panel(project: str) -> HTMLResponse:
    """The experiments panel of a project. The nonce is for the frames in which plotly draws, as `hitsave.panel.serving` has it."""
    nonce = secrets.token_urlsafe(16)
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width"),
        element("title", f"{project} – HitSave experiments"),
        element("link", rel="icon", href="data:,"),
        element("link", rel="stylesheet", href="/static/panel.css"),
    )
    script = element("script", src="/static/panel.js", nonce=nonce)
    body = element("body", element("div", id="panel"), script, class_="browser", data_ask="ask", data_team=True)
    policy = _POLICY.replace("script-src 'self'", f"script-src 'self' 'nonce-{nonce}'")
    return HTMLResponse(f"<!doctype html>{element('html', head, body, lang='en')}", 200, HEADERS | {"Content-Security-Policy": policy})


def _joined(children: Child) -> str:
    if isinstance(children, Markup):
        return children
    if isinstance(children, str):
        return escape(children)
    return "".join(_joined(child) for child in children)
