"""Headers of a request, read as the server has them: a request has few, and a map that decodes them all costs more than looking."""

from __future__ import annotations

from starlette.requests import Request


def header(request: Request, name: bytes) -> str:
    """The first header of this name (in lower case), "" if there is none."""
    for each, value in request.scope["headers"]:
        if each == name:
            return value.decode("latin-1")
    return ""
