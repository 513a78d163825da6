"""Ed25519 keys: a member's own, in a file that only that member can read, and the public ones of others, as people write them.

A key is written ``ed25519:`` and its 32 bytes in base64; the member's own, which is a secret, ``ed25519-secret:``.
"""

from __future__ import annotations

import base64
import binascii
import os
from typing import TYPE_CHECKING, Any, Final

from hitsave.errors import HubError
from hitsave.storage import platform
from hitsave.storage.folder import make_folder
from hitsave.storage.shared import signed_bytes

if TYPE_CHECKING:
    from collections.abc import Mapping

PUBLIC: Final = "ed25519:"
SECRET: Final = "ed25519-secret:"  # noqa: S105 - what stands before one
KEY_FILE: Final = "signing-key"
_KEY_SIZE: Final = 32
INSTALL: Final = "Install it with: pip install 'hitsave[team]'"


class SigningKey:
    """A member's key. `public` are its 32 bytes that everyone may see."""

    def __init__(self, secret: bytes) -> None:
        self._private = _ed25519().Ed25519PrivateKey.from_private_bytes(secret)
        self.public = bytes(self._private.public_key().public_bytes_raw())

    def sign(self, body: bytes) -> bytes:
        """The signature, 64 bytes, of an entry with this body; the same each time."""
        return bytes(self._private.sign(signed_bytes(body)))

    def sign_bytes(self, content: bytes) -> bytes:
        """The signature of other bytes, which have to say themselves what they are."""
        return bytes(self._private.sign(content))

    def __repr__(self) -> str:
        return f"SigningKey({public_text(self.public)})"


def signature_holds(signer: bytes, signature: bytes, content: bytes) -> bool:
    """Whether `signature` over these bytes was made with the key whose public part is `signer`."""
    ed25519 = _ed25519()
    from cryptography.exceptions import InvalidSignature

    try:
        ed25519.Ed25519PublicKey.from_public_bytes(signer).verify(signature, content)
    except (InvalidSignature, ValueError):
        return False
    return True


def own_key(folder: str, environ: Mapping[str, str]) -> SigningKey | None:
    """The key of this user: ``HITSAVE_SIGNING_KEY``, else the one in the configuration's `folder`; None if there is none.

    HubError if others can read the file, or it holds no key.
    """
    given = environ.get("HITSAVE_SIGNING_KEY", "").strip()
    if given:
        return SigningKey(_read(given, SECRET, "The environment variable HITSAVE_SIGNING_KEY"))
    path = os.path.join(folder, KEY_FILE)
    text = read_private(path)
    return None if text is None else SigningKey(_read(text, SECRET, path))


def make_key(folder: str) -> SigningKey:
    """Make the key of this user, in a file for this user alone, unless there is one; that key."""
    path = os.path.join(folder, KEY_FILE)
    secret = os.urandom(_KEY_SIZE)
    try:
        write_private(path, SECRET + base64.b64encode(secret).decode() + "\n", new=True)
    except FileExistsError:
        text = read_private(path) or ""
        secret = _read(text, SECRET, path)
    return SigningKey(secret)


def public_text(signer: bytes) -> str:
    """A public key, as people write it.

    >>> public_text(bytes(32))
    'ed25519:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA='
    """
    return PUBLIC + base64.b64encode(signer).decode()


def read_public(text: str) -> bytes:
    """The public key that `text` is; ValueError, with a sentence, if it is none."""
    if text.startswith(SECRET):
        raise ValueError("this is a secret key: it belongs to one member, and nobody else is to have it")
    try:
        raw = base64.b64decode(text.removeprefix(PUBLIC), validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    if not text.startswith(PUBLIC) or len(raw) != _KEY_SIZE:
        raise ValueError(f"a key is written {PUBLIC} and 44 characters, as hitsave whoami prints it")
    return raw


def read_private(path: str) -> str | None:
    """The text of a file that holds a secret, None if there is none; HubError if it is not this user's alone."""
    try:
        file = os.open(path, os.O_RDONLY | platform.OPEN_FLAGS | platform.NO_FOLLOW)
    except FileNotFoundError:
        return None
    except OSError as problem:
        raise HubError(f"{path} can't be read: {problem.strerror}", "Give yourself permission, or remove it and log in again") from problem
    with open(file, encoding="utf-8", errors="replace") as opened:
        status = os.fstat(opened.fileno())
        if platform.is_foreign(status) or platform.others_can_read(status):
            raise HubError(f"Others can read {path}, which holds a secret", f"Take that away (chmod 600 {path})")
        return opened.read()


def write_private(path: str, text: str, *, new: bool = False) -> None:
    """Write a file for this user alone, whole or not at all. `new`: FileExistsError where there is one."""
    make_folder(os.path.dirname(path))
    draft = f"{path}.{os.getpid()}-{os.urandom(4).hex()}"
    file = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | platform.OPEN_FLAGS, 0o600)
    try:
        with open(file, "w", encoding="utf-8") as opened:
            opened.write(text)
            opened.flush()
            os.fsync(opened.fileno())
        if new:
            os.link(draft, path)
            os.unlink(draft)
        else:
            os.replace(draft, path)
    except BaseException:
        os.unlink(draft)
        raise


def _read(text: str, prefix: str, place: str) -> bytes:
    stripped = text.strip()
    try:
        raw = base64.b64decode(stripped.removeprefix(prefix), validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    if not stripped.startswith(prefix) or len(raw) != _KEY_SIZE:
        raise HubError(f"{place} holds no signing key", f"It has to be {prefix} and 44 characters; remove it, and hitsave login makes a new one")
    return raw


def _ed25519() -> Any:
    try:
        from cryptography.hazmat.primitives.asymmetric import ed25519
    except ImportError as problem:
        raise HubError("Sharing results needs the package cryptography, which is not installed", INSTALL) from problem
    return ed25519
