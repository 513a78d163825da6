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
from typing import TYPE_CHECKING, Final, Literal

from hitsave.structs import NamedTuple
from hitsave.workspace.folders import Folders
from hitsave.workspace.origins import Origin, Origins

if TYPE_CHECKING:
    from _typeshed import StrPath

ModuleKind = Literal["source", "package", "namespace", "extension", "stdlib", "external"]

EXTENSION_SUFFIXES: Final = tuple(_imp.extension_suffixes())
"""Endings of compiled modules that this interpreter can load, likeliest first: ``.cpython-311-x86_64-linux-gnu.so``, ``.abi3.so``, ``.so``."""

_DEEPEST: Final = 100  # parts of a dotted name; nobody imports deeper, and a hostile text shall not use up the stack
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
    external     the file that the search ended at, or None    portions of a namespace package that is all installed
                 any module in a site-packages folder; submodules of what is no namespace package are not looked for

    `name` is the name that was searched for. Paths are absolute.
    """

    name: str
    kind: ModuleKind
    path: str | None = None
    folders: tuple[str, ...] = ()


class Hit(NamedTuple):
    """What one folder has under a name; `path` is the folder itself for a namespace portion."""

    kind: ModuleKind
    path: str


class ModuleSearch:
    """Finds modules as an interpreter with this import path would.

    `import_roots` is ``sys.path`` as the run had it: "" is the current folder, the standard library's folders are recognised.
    `editable_modules` gives the modules that editable installs provide by a hook: name → package folder, or file without its ending.
    Each question looks at the disk; those asked of a `moment` share one picture of it, and what was found in it.
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
        self._editable_modules = editable_modules
        self._origin_of_folder: dict[str, Origin] = {root: self.origins.of(root) for root in self.import_roots}
        self._lists_stdlib = "stdlib" in self._origin_of_folder.values()
        self._is_moment = False
        self._found: dict[str, ModuleFile | None] = {}
        self._hits: dict[tuple[str, str], Hit | None] = {}
        self._archives: dict[str, frozenset[str]] = {}
        self._editables: Mapping[str, str] | None = None

    def moment(self) -> ModuleSearch:
        """The same search over one picture of the disk: see `Folders.moment`."""
        moment = ModuleSearch.__new__(ModuleSearch)
        vars(moment).update(vars(self))
        vars(moment).update(folders=self.folders.moment(), _is_moment=True, _found={}, _hits={}, _archives={}, _editables=None)
        return moment

    def find(self, name: str) -> ModuleFile | None:
        """The module that ``import name`` would load; None if there is none."""
        if not self._is_moment:
            return self.moment().find(name)
        if name not in self._found:
            self._found[name] = self._find(name)
        return self._found[name]

    def exact(self, name: str) -> Hit | None:
        """What files say `name` is, to its last part, also in the standard library and in distributions.

        `find` believes that these have whatever is asked of them, because many make modules when they run (``os.path``, ``six.moves``).
        """
        if not self._is_moment:
            return self.moment().exact(name)
        if not _is_module_name(name):
            return None
        if _is_built_in(name):
            return Hit("stdlib", "")
        folders = self.import_roots
        hit: Hit | None = None
        for part in name.split("."):
            hits = [found for folder in folders if (found := self.in_folder(folder, part)) is not None]
            hit = next((h for h in hits if h.kind != "namespace"), hits[0] if hits else None)
            if hit is None:
                return None
            folders = tuple(h.path for h in hits) if hit.kind == "namespace" else _package_folders(hit.path)
        return hit

    def in_folder(self, folder: str, stem: str) -> Hit | None:
        """What `folder` has to offer for a module called `stem`."""
        if not self._is_moment:
            return self.moment().in_folder(folder, stem)
        key = folder, stem
        if key not in self._hits:
            self._hits[key] = self._in_folder(folder, stem)
        return self._hits[key]

    def _in_folder(self, folder: str, stem: str) -> Hit | None:
        listing = self.folders.listing(folder)
        if listing is None or stem.partition(".")[0] not in listing.stems:
            return None
        base = os.path.join(folder, stem)
        portion = None
        if stem in listing.names:
            inner = self.folders.listing(base)
            if inner is not None:
                for init, kind in _INITS:
                    if init in inner.names and os.path.isfile(path := base + os.sep + init):
                        return Hit(kind, path)
                portion = Hit("namespace", base)
        for suffix, kind in _SUFFIXES:
            if stem + suffix in listing.names and os.path.isfile(base + suffix):
                return Hit(kind, base + suffix)
        return portion

    def _find(self, name: str) -> ModuleFile | None:
        if not _is_module_name(name):
            return None
        package, _, last = name.rpartition(".")
        if package:
            parent = self.find(package)
            if parent is not None and parent.kind in {"stdlib", "external"} and not parent.folders:
                return ModuleFile(name, parent.kind, parent.path)
            hits = [] if parent is None else self._step(parent.folders, last)
        elif _is_built_in(name):
            return ModuleFile(name, "stdlib")
        else:
            hits = self._step(self.import_roots, name, top=True)
            if not hits and not self._lists_stdlib and name in sys.stdlib_module_names:
                return ModuleFile(name, "stdlib")
        return _module_file(name, hits) if hits else self._editable(name)

    def _step(self, folders: Iterable[str], part: str, *, top: bool = False) -> list[tuple[Hit, Origin]]:
        """The one module that `part` is in `folders`, or all portions of a namespace package."""
        portions: list[tuple[Hit, Origin]] = []
        for folder in folders:
            origin = self._origin(folder)
            if top and origin == "stdlib" and part in sys.stdlib_module_names:
                return [(Hit("stdlib", folder), origin)]
            hit = self.in_folder(folder, part)
            if hit is None:
                hit = self._in_archive(folder, part) if top else None
                if hit is not None:
                    return [(hit, "external")]
                continue
            if origin == "external" and self.origins.tracked:
                origin = self.origins.of(hit.path)  # a tracked distribution's code is the project's
            if hit.kind != "namespace":
                return [(hit, origin)]
            portions.append((hit, origin))
        return portions

    def _origin(self, folder: str) -> Origin:
        found = self._origin_of_folder.get(folder)
        if found is None:
            found = self._origin_of_folder[folder] = self.origins.of(folder)
        return found

    def _editable(self, name: str) -> ModuleFile | None:
        """A module that no import root has, but the hook of an editable install."""
        if self._editables is None:
            self._editables = self._editable_modules()
        for module, target in reversed([*self._editables.items()]):
            if name == module or name.startswith(module + "."):
                rest = name[len(module) + 1 :]
                folder, stem = os.path.split(os.path.join(target, *rest.split(".")) if rest else target)
                hit = self.in_folder(folder, stem)
                if hit is not None:
                    return _module_file(name, [(hit, self._origin(hit.path))])
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


def _is_module_name(name: str) -> bool:
    return bool(name) and "" not in name.split(".") and "\0" not in name and os.sep not in name and name.count(".") < _DEEPEST


def _is_built_in(name: str) -> bool:
    return name in sys.builtin_module_names or _imp.is_frozen(name)


def _package_folders(path: str) -> tuple[str, ...]:
    """Where the submodules of the module in file `path` are."""
    folder, file = os.path.split(path)
    return (folder,) if file.startswith("__init__.") else ()


def _module_file(name: str, hits: list[tuple[Hit, Origin]]) -> ModuleFile:
    hit, origin = hits[0]
    if hit.kind == "namespace":
        kind: ModuleKind = "external" if all(o == "external" for _, o in hits) else "namespace"
        return ModuleFile(name, kind, None, tuple(h.path for h, _ in hits))
    if origin == "stdlib":
        return ModuleFile(name, "stdlib")
    if origin == "external":
        return ModuleFile(name, "external", hit.path)
    return ModuleFile(name, hit.kind, hit.path, _package_folders(hit.path))
