"""Whose results are believed: a stored pickle is code, so its signer has to be somebody whom this user, or the project under review, trusts by name.

A list of keys is text, one key a line with a name behind it, as `hitsave trust` writes it and as ``trusted-keys`` of a project has it:

    ed25519:6f0Zk… ada@lab
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from hitsave.errors import HubError
from hitsave.storage.entry import body
from hitsave.storage.shared import shared_form, signed_bytes
from hitsave.storage.team.accounts import config_folder
from hitsave.storage.team.signing import KEY_FILE, own_key, public_text, read_public, signature_holds, write_private

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from hitsave.storage.entry import Entry

TRUSTED_FILE: Final = "trusted-keys"
YOU: Final = "you"


class Trust:
    """The keys that are trusted now, each with the name that it is trusted by.

    A signature that held once in this process is not made out again; whether its signer is trusted is asked each time.
    """

    def __init__(self, names: Mapping[bytes, str]) -> None:
        self.names = dict(names)
        self._held: set[tuple[bytes, bytes]] = set()

    def believes(self, body_bytes: bytes, signer: bytes | None, signature: bytes | None) -> bool:
        """Whether a trusted key signed an entry with this body."""
        if signer is None or signature is None or signer not in self.names:
            return False
        if (signature, body_bytes) in self._held:
            return True
        if not signature_holds(signer, signature, signed_bytes(body_bytes)):
            return False
        self._held.add((signature, body_bytes))
        return True

    def believes_stored(self, entry: Entry, project: str | None) -> bool:
        """The same of an entry in the local store that came from another machine, where `project` is its project's name on the hub (None: not known)."""
        if entry.signer not in self.names or project is None:
            return False
        return self.believes(body(shared_form(entry, project=project, tier=entry.tier)), entry.signer, entry.signature)  # pyright: ignore[reportArgumentType]


def trusted(folder: str, environ: Mapping[str, str], of_project: Iterable[str]) -> Trust:
    """Who is trusted by a user whose configuration is in `folder`, in a project that lists the keys `of_project`."""
    names = project_keys(environ, of_project) | read_trusted(folder)
    own = own_key(folder, environ) if os.path.exists(os.path.join(folder, KEY_FILE)) or environ.get("HITSAVE_SIGNING_KEY") else None
    if own is not None:
        names[own.public] = YOU
    return Trust(names)


def project_keys(environ: Mapping[str, str], of_project: Iterable[str]) -> dict[bytes, str]:
    """The keys that count as the project's: those that it lists, or those of ``HITSAVE_TRUSTED_KEYS``, where that is set: in CI, what a change under review says must not count."""
    given = environ.get("HITSAVE_TRUSTED_KEYS")
    return parse_keys(of_project if given is None else given.replace(",", "\n").splitlines())


def trusted_by_user(environ: Mapping[str, str]) -> Trust:
    """Who is trusted by this user, whatever the project; nobody, if that can't be read."""
    try:
        return trusted(config_folder(environ), environ, ())
    except HubError:
        return Trust({})


def parse_keys(lines: Iterable[str]) -> dict[bytes, str]:
    """The keys that these lines have, by their bytes, each with its name ("" if it has none). HubError for a line that is no key."""
    names: dict[bytes, str] = {}
    for line in lines:
        written, _, name = line.strip().partition(" ")
        if not written or written.startswith("#"):
            continue
        try:
            names[read_public(written)] = name.strip()
        except ValueError as problem:
            raise HubError(f"{line.strip()!r} in a list of trusted keys is no key", str(problem)) from problem
    return names


def read_trusted(folder: str) -> dict[bytes, str]:
    """The keys that this user trusts everywhere."""
    try:
        with open(os.path.join(folder, TRUSTED_FILE), encoding="utf-8") as opened:
            return parse_keys(opened)
    except FileNotFoundError:
        return {}


def write_trusted(folder: str, names: Mapping[bytes, str]) -> None:
    """Make these the keys that this user trusts everywhere."""
    lines = [f"{public_text(key)} {name}".rstrip() + "\n" for key, name in sorted(names.items(), key=lambda item: (item[1], item[0]))]
    write_private(os.path.join(folder, TRUSTED_FILE), "".join(lines))
