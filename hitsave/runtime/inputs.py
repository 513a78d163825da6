"""A call's arguments, digested: the EntryKey, and the code that the arguments bring with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from hitsave.codegraph.symbols import Symbol
from hitsave.digest import Digest, digest_parts
from hitsave.runtime.engine import Engine
from hitsave.runtime.names import LiveNames, ReachedByValue
from hitsave.structs import mutable
from hitsave.values.digester import Digester

if TYPE_CHECKING:
    from hitsave.runtime.memo import Memoised
    from hitsave.runtime.path_arguments import PathArgument

KEY_CONTEXT: Final = "hitsave 2026 v1 entry key"
ARGUMENTS_CONTEXT: Final = "hitsave 2026 v1 arguments"
KEY_FORMAT: Final = b"1"


@mutable
class Inputs:
    """A call's arguments, digested: the key, each argument's digest, the code met in them, and the paths among them."""

    key: Digest
    bound: list[tuple[str, Any]]
    digests: dict[str, Digest]
    reached: ReachedByValue
    paths: list[PathArgument]


def digest_inputs(memo: Memoised[..., Any], shared: Engine, root: Symbol, bound: list[tuple[str, Any]]) -> Inputs:
    """The key of a call; UndigestibleError names an argument that has no digest."""
    names = LiveNames(shared.objects)
    digester = Digester(names, ignore=memo.ignore)
    digests: dict[str, Digest] = {}
    paths: list[PathArgument] = []
    for name, value in bound:
        kind = None if memo.path_parameters is None else memo.path_parameters.get(name)
        if kind is not None:
            from hitsave.runtime.path_arguments import digest_paths

            digest, found = digest_paths(digester, name, kind, value, shared.library.file_digests)
            paths += found
        elif name not in memo.ignore:
            digest = digester.digest(value, name)
        else:
            continue
        if name not in memo.ignore:
            digests[name] = digest
    for number, value in enumerate(memo.depends):
        digests[f"depends[{number}]"] = digester.digest(value, f"depends[{number}]")
    parts = [part for name, digest in digests.items() for part in (name.encode(), digest)]
    arguments = digest_parts(ARGUMENTS_CONTEXT, *parts)
    ignored = ",".join(sorted(memo.ignore)).encode()
    seed = () if memo.seed is None else (f"seed {memo.seed}".encode(),)
    key = digest_parts(KEY_CONTEXT, KEY_FORMAT, str(root).encode(), arguments, memo.version.encode(), ignored, *seed)
    return Inputs(key, bound, digests, names.reached, paths)
