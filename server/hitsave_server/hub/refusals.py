"""Answers that are no: each with a status, a word for programs and a sentence for people."""

from __future__ import annotations

from typing import Any


class Refusal(Exception):
    """Ends a request with this status. `beside` goes into the body, `headers` into the head."""

    def __init__(self, status: int, error: str, message: str, *, beside: dict[str, Any] | None = None, headers: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.error = error
        self.message = message
        self.beside = beside or {}
        self.headers = headers or {}


def malformed(message: str) -> Refusal:
    """400: the request is wrong."""
    return Refusal(400, "malformed", message)


def unauthenticated(message: str = "This needs a key. Log in with: hitsave login") -> Refusal:
    """401."""
    return Refusal(401, "unauthenticated", message, headers={"WWW-Authenticate": 'Bearer realm="hitsave"'})


def forbidden(message: str) -> Refusal:
    """403."""
    return Refusal(403, "forbidden", message)


def unknown(message: str) -> Refusal:
    """404."""
    return Refusal(404, "unknown", message)


def too_large(most: int) -> Refusal:
    """413."""
    return Refusal(413, "large", f"at most {most} bytes are taken here")


def unavailable(message: str, *, seconds: int = 2) -> Refusal:
    """503: may be tried again after so many seconds."""
    return Refusal(503, "unavailable", message, headers={"Retry-After": str(seconds)})
