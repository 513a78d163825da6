"""From the name in an import statement to the file that it loads, without importing anything.

The order is Python's own: built-in and frozen modules, then each import root in turn, in each a package with an ``__init__`` before
an extension module before ``name.py`` before bytecode without source; a folder without ``__init__`` is a portion of a namespace package,
and counts if no root has anything better. Import hooks are not called; of setuptools' editable installs the table in their hook is read as text.
"""

from __future__ import annotations

import _imp
import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from hitsave.workspace.folders import Folders
from hitsave.workspace.origins import Origin, Origins

if TYPE_CHECKING:
    from _typeshed import StrPath

ModuleKind = Literal["source", "package", "namespace", "extension", "stdlib", "external"]

EXTENSION_SUFFIXES: Final = tuple(_imp.extension_suffixes())
"""Endings of compiled modules that this interpreter can load, likeliest first: ``.cpython-311-x86_64-linux-gnu.so``, ``.abi3.so``, ``.so``."""

_SUFFIXES: Final[tuple[tuple[str, ModuleKind], ...]] = (*((s, "extension") for s in EXTENSION_SUFFIXES), (".py", "source"), (".pyc", "extension"))
_INITS: Final[tuple[tuple[str, ModuleKind], ...]] = tuple((f"__init__{s}", "package" if kind == "source" else kind) for s, kind in _SUFFIXES)


class ModuleFile(NamedTuple):
    """Where a module's code is.

    kind         path                                          folders that its submodules are in
    source       ``util.py``                                   none
    package      ``pkg/__init__.py``                           ``pkg``
    namespace    None                                          its portions, in order
    extension    a compiled module of the project, or bytecode without source; ``pkg`` for an ``__init__``
    stdlib       None                                          none; any module of the standard library
    external     the file or folder that the search ended at   any module in a site-packages folder; submodules are not looked for

    `name` is the name that was searched for.
    """

    name: str
    kind: ModuleKind
    path: Path | None = None
    folders: tuple[Path, ...] = ()


class Hit(NamedTuple):
    """What one folder has under a name; `path` is the folder itself for a namespace portion."""

    kind: ModuleKind
    path: str


class _Place(NamedTuple):
    folder: str
    origin: Origin


class ModuleSearch:
    """Finds modules as an interpreter with this import path would.

    `import_roots` is ``sys.path`` as the run had it: "" is the current folder, the standard library's folders are recognised.
    `editable_modules` gives the modules that editable installs provide by a hook: name → package folder, or file without its ending.
    """

    def __init__(
        self,
        import_roots: Iterable[StrPath],
        origins: Origins | None = None,
        *,
        editable_modules: Callable[[], Mapping[str, str]] = dict[str, str],
        folders: Folders | None = None,
    ) -> None:
        self.import_roots = tuple(dict.fromkeys(os.path.abspath(root) for root in import_roots))
        self.origins = Origins(import_roots=self.import_roots) if origins is None else origins
        self.folders = Folders() if folders is None else folders
        self.editable_modules = editable_modules
        self._places = tuple(_Place(root, self.origins.of(root)) for root in self.import_roots)
        self._lists_stdlib = any(place.origin == "stdlib" for place in self._places)
        self._found: dict[str, ModuleFile | None] | None = None
        self._archives: dict[str, frozenset[str]] = {}

    def moment(self) -> ModuleSearch:
        """The same search over one picture of the disk: see `Folders.moment`."""
        moment = ModuleSearch((), self.origins, editable_modules=self.editable_modules, folders=self.folders.moment())
        moment.import_roots = self.import_roots
        moment._places, moment._lists_stdlib, moment._found = self._places, self._lists_stdlib, {}
        return moment

    def find(self, name: str) -> ModuleFile | None:
        """The module that ``import name`` would load; None if there is none."""
        found = self._found
        if found is None:
            return self._find(name)
        if name not in found:
            found[name] = self._find(name)
        return found[name]

    def exact(self, name: str) -> Hit | None:
        """What files say `name` is, to its last part, also in the standard library and in distributions.

        `find` believes that these have whatever is asked of them, because many make modules when they run (``os.path``, ``six.moves``).
        """
        parts = name.split(".")
        if "" in parts or "\0" in name or os.sep in name:
            return None
        if len(parts) == 1 and _is_built_in(name):
            return Hit("stdlib", "")
        folders = list(self.import_roots)
        hit: Hit | None = None
        for part in parts:
            hits = [found for folder in folders if (found := self.in_folder(folder, part)) is not None]
            hit = next((h for h in hits if h.kind != "namespace"), hits[0] if hits else None)
            if hit is None:
                return None
            package = _package_folder(hit)
            folders = [h.path for h in hits] if hit.kind == "namespace" else [] if package is None else [package]
        return hit

    def in_folder(self, folder: str, stem: str) -> Hit | None:
        """What `folder` has to offer for a module called `stem`."""
        listing = self.folders.listing(folder)
        if listing is None or stem.partition(".")[0] not in listing.stems:
            return None
        names = listing.names
        portion = None
        base = os.path.join(folder, stem)
        if stem in names:
            inner = self.folders.listing(base)
            if inner is not None:
                for init, kind in _INITS:
                    if init in inner.names and os.path.isfile(os.path.join(base, init)):
                        return Hit(kind, os.path.join(base, init))
                portion = Hit("namespace", base)
        for suffix, kind in _SUFFIXES:
            if stem + suffix in names and os.path.isfile(base + suffix):
                return Hit(kind, base + suffix)
        return portion

    def _find(self, name: str) -> ModuleFile | None:
        parts = name.split(".")
        if "" in parts or "\0" in name or os.sep in name:
            return None
        if _is_built_in(parts[0]):
            return ModuleFile(name, "stdlib")
        places: Sequence[_Place] = self._places
        hits: list[tuple[Hit, Origin]] = []
        for position, part in enumerate(parts):
            hits = self._step(places, part, top=position == 0)
            if not hits:
                return self._elsewhere(name, parts[0]) if position == 0 else self._editable(name)
            kind = hits[0][0].kind
            if kind == "stdlib":
                return ModuleFile(name, "stdlib")
            if kind == "namespace":
                places = [_Place(hit.path, origin) for hit, origin in hits]
            elif hits[0][1] == "external":
                return ModuleFile(name, "external", Path(hits[0][0].path))
            else:
                folder = _package_folder(hits[0][0])
                if folder is None and position < len(parts) - 1:
                    return None
                places = () if folder is None else (_Place(folder, hits[0][1]),)
        return _module_file(name, hits)

    def _step(self, places: Sequence[_Place], part: str, *, top: bool) -> list[tuple[Hit, Origin]]:
        """The one module that `part` is in the folders `places`, or all portions of a namespace package."""
        portions: list[tuple[Hit, Origin]] = []
        for folder, origin in places:
            if top and origin == "stdlib" and part in sys.stdlib_module_names:
                return [(Hit("stdlib", folder), "stdlib")]
            hit = self.in_folder(folder, part) or (self._in_archive(folder, part) if top else None)
            if hit is None:
                continue
            if origin == "stdlib":
                return [(Hit("stdlib", hit.path), "stdlib")]
            if hit.kind == "external":
                return [(hit, "external")]
            if origin == "external" and self.origins.tracked:
                origin = self.origins.of(hit.path)  # noqa: PLW2901 - a tracked distribution's code is the project's
            if hit.kind != "namespace":
                return [(hit, origin)]
            portions.append((hit, origin))
        return portions

    def _elsewhere(self, name: str, top: str) -> ModuleFile | None:
        """What no import root has: modules of hooks, and the standard library where the import path was given without it."""
        if not self._lists_stdlib and top in sys.stdlib_module_names:
            return ModuleFile(name, "stdlib")
        return self._editable(name)

    def _editable(self, name: str) -> ModuleFile | None:
        for module, target in reversed([*self.editable_modules().items()]):
            if name == module or name.startswith(module + "."):
                rest = name[len(module) + 1 :]
                path = os.path.join(target, *rest.split(".")) if rest else target
                hit = self.in_folder(os.path.dirname(path), os.path.basename(path))
                if hit is not None:
                    return _module_file(name, [(hit, self.origins.of(hit.path))])
        return None

    def _in_archive(self, root: str, part: str) -> Hit | None:
        """Modules in a zip file on the import path; they are external, whatever the file is called."""
        if not root.endswith((".zip", ".egg", ".whl", ".pyz")) or not os.path.isfile(root):
            return None
        if root not in self._archives:
            import zipfile

            try:
                with zipfile.ZipFile(root) as archive:
                    self._archives[root] = frozenset(archive.namelist())
            except (OSError, ValueError, zipfile.BadZipFile):
                self._archives[root] = frozenset()
        for inner in (f"{part}/__init__.py", f"{part}/__init__.pyc", f"{part}.py", f"{part}.pyc"):
            if inner in self._archives[root]:
                return Hit("external", os.path.join(root, *inner.split("/")))
        return None


def find_module(name: str, import_roots: Sequence[StrPath]) -> ModuleFile | None:
    """The module that ``import name`` would load in an interpreter whose ``sys.path`` is `import_roots`; None if there is none.

    For more than a few names make one `ModuleSearch`, which keeps folder listings.
    """
    return ModuleSearch(import_roots).find(name)


def _is_built_in(name: str) -> bool:
    return name in sys.builtin_module_names or _imp.is_frozen(name)


def _package_folder(hit: Hit) -> str | None:
    folder, file = os.path.split(hit.path)
    return folder if file.startswith("__init__.") else None


def _module_file(name: str, hits: list[tuple[Hit, Origin]]) -> ModuleFile:
    hit, origin = hits[0]
    if hit.kind == "namespace":
        kind: ModuleKind = "external" if all(o == "external" for _, o in hits) else "namespace"
        return ModuleFile(name, kind, None, tuple(Path(h.path) for h, _ in hits))
    if origin == "external" or hit.kind == "external":
        return ModuleFile(name, "external", Path(hit.path))
    folder = _package_folder(hit)
    return ModuleFile(name, hit.kind, Path(hit.path), () if folder is None else (Path(folder),))
