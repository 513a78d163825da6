"""Secrets that the hub gives out and does not keep: tokens of keys, sessions, invitations, leases."""

from __future__ import annotations

import secrets
from typing import Final, NamedTuple

from hitsave.digest import Digest, digest_bytes

PREFIX: Final = "hsk_"
_CONTEXT: Final = "hitsave 2026 v1 hub secret"
_NAME_LETTERS: Final = "abcdefghijkmnpqrstuvwxyz23456789"
NAME_LENGTH: Final = 8
_SECRET_LENGTH: Final = 43


class Token(NamedTuple):
    """A key's token: the name by which it is listed, and the secret."""

    name: str
    secret: str

    def __str__(self) -> str:
        return f"{PREFIX}{self.name}_{self.secret}"

    def __repr__(self) -> str:
        return f"Token({self.name!r})"


def new_token() -> Token:
    """A token that nobody has."""
    return Token("".join(secrets.choice(_NAME_LETTERS) for _ in range(NAME_LENGTH)), new_secret())


def new_secret() -> str:
    """43 characters with 256 bits."""
    return secrets.token_urlsafe(32)


def read_token(text: str) -> Token | None:
    """The token that `text` is; None if it has not the form of one.

    >>> read_token("hsk_abcdefgh_" + "x" * 43)
    Token('abcdefgh')
    """
    if not text.startswith(PREFIX) or not text.isascii():
        return None
    name, _, secret = text[len(PREFIX) :].partition("_")
    return Token(name, secret) if len(name) == NAME_LENGTH and len(secret) == _SECRET_LENGTH else None


def secret_digest(secret: str) -> Digest:
    """What is stored of a secret. It has 256 random bits, so nothing slower is needed."""
    return digest_bytes(_CONTEXT, secret.encode())


def new_code() -> str:
    """A code that a person compares: eight letters that can't be confused."""
    letters = "BCDFGHJKLMNPQRSTVWXZ"
    code = "".join(secrets.choice(letters) for _ in range(8))
    return f"{code[:4]}-{code[4:]}"
