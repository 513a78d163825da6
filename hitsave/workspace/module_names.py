"""From a file to the name of its module, and back: one function for the runtime and the language server.

A module is named by where its file lies in its project, never by how it was run: ``python pkg/run.py``, ``python -m pkg.run`` and
``import pkg.run`` all give ``pkg.run``. The rules, and why they are so, are in docs/formats.md, "Symbols and project roots". In short:

1. a file of the project is named from the project root, and from a source root (``src``) where it is in one;
2. a project within the project, and one outside of it, names its files from its own root, where the run can import them by that name;
3. a name that imports something else is not given: two files of one run never have the same name.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final, Literal

from hitsave.structs import NamedTuple
from hitsave.workspace.dotted import escaped, stem, under
from hitsave.workspace.module_search import EXTENSION_SUFFIXES, ModuleFile, ModuleSearch, find_module
from hitsave.workspace.origins import Origins, lies_in, origin_of
from hitsave.workspace.project import is_git_root, is_project_folder, upwards

if TYPE_CHECKING:
    from _typeshed import StrPath

__all__ = ["ModuleFile", "ModuleNames", "find_module", "module_name", "origin_of"]

SOURCE_ROOTS: Final = ("src",)
NOTEBOOK: Final = ".ipynb"
_LIBRARY: Final = frozenset({"stdlib", "external"})
_NOT_IMPORTABLE: Final = "%"
"""First part of the name of a project file whose own name imports something else. No part is written so otherwise: "%" is always escaped."""


class _Way(NamedTuple):
    """One way of naming the files of a folder: relative to `base`, `parts` being the folder's.

    right    when a file may have the name: "import" only where the name imports it, "free" also where it imports nothing, "any" always.
    rivals   folders whose files have a better right to the name.
    mark     first part of the name, "" for none.
    """

    base: str
    parts: tuple[str, ...]
    right: Literal["import", "free", "any"]
    rivals: tuple[str, ...] = ()
    mark: str = ""


class ModuleNames:
    """Names the files of one run.

    `search` is the run's import path; `project_root` the root of the project that the run is of; `source_roots` folders of it, relative,
    that count as roots beside it (a folder with an ``__init__.py`` is a package, and counts only if it is not the default ``src``).
    Each question looks at the disk; those asked of a `moment` share one picture of it, and what was found in it.
    """

    def __init__(self, search: ModuleSearch, project_root: StrPath, source_roots: Sequence[str] = SOURCE_ROOTS) -> None:
        self.search = search
        self.root = os.path.abspath(project_root)
        self.source_roots = tuple(source_roots)
        self._real_root = os.path.realpath(self.root)
        self._is_moment = False
        self._names: dict[str, str] = {}
        self._ways: dict[str, tuple[_Way, ...]] = {}
        self._outside: dict[str, str] = {}
        self._outer_bases: list[str] | None = None

    def moment(self) -> ModuleNames:
        """The same names over one picture of the disk: see `Folders.moment`."""
        moment = ModuleNames.__new__(ModuleNames)
        vars(moment).update(vars(self))
        vars(moment).update(search=self.search.moment(), _is_moment=True, _names={}, _ways={}, _outer_bases=None)
        return moment

    def name_of(self, path: StrPath) -> str:
        """The name of the module that the file at `path` is. The file need not exist; then it is taken for the module that it would be."""
        if not self._is_moment:
            return self.moment().name_of(path)
        file = os.path.abspath(path)
        if file not in self._names:
            self._names[file] = self._name(file)
        return self._names[file]

    def locate(self, name: str) -> ModuleFile | None:
        """The module called `name`, be it the name in an import statement or one that `name_of` gave; a file of the project comes with the latter.

        The two never disagree: no file is given a name that imports another.
        """
        if not self._is_moment:
            return self.moment().locate(name)
        found = self.search.find(name)
        if found is None or (found.kind in _LIBRARY and "." in name and self.search.exact(name) is None):
            found = self.file_of(name) or found
        return found if found is None or found.path is None or found.kind in _LIBRARY else found._replace(name=self.name_of(found.path))

    def file_of(self, name: str) -> ModuleFile | None:
        """The project's file that `name_of` calls `name`; None if there is none, or if it lies outside of the project and of all import roots."""
        if not self._is_moment:
            return self.moment().file_of(name)
        if name.startswith(_NOT_IMPORTABLE + "."):
            return self._at(self._base(self.root), name[2:], name)
        found = self.search.find(name)
        if found is not None and found.kind not in _LIBRARY:
            return found
        if found is not None and self.search.exact(name) is not None:
            return None
        return self._file_inside(name) or self._file_outside(name)

    def _file_inside(self, name: str) -> ModuleFile | None:
        folder: ModuleFile | None = None
        for base in (*self._source_folders(self.root), self._base(self.root)):
            found = self._at(base, name, name)
            if found is None:
                continue
            if found.path is not None and self.name_of(found.path) == name:
                return found
            if found.path is None:
                folder = folder or found
        return folder

    def _file_outside(self, name: str) -> ModuleFile | None:
        if name in self._outside:
            return self._module(name, self._outside[name])
        first, _, rest = name.partition(".")
        if not rest:
            return None
        if self._outer_bases is None:  # asked for every name that nothing imports
            homes = dict.fromkeys(_home(root) for root in self.search.import_roots if not self._in_project(root))
            self._outer_bases = [self._base(home) for home in homes if home is not None]
        for base in self._outer_bases:
            if escaped(os.path.basename(base)) == first:
                outside = self._at(base, rest, name)
                if outside is not None:
                    return outside
        return None

    def _name(self, file: str) -> str:
        folder, last = os.path.split(file)
        if folder not in self._ways:
            self._ways[folder] = tuple(self._find_ways(folder))
        ways = self._ways[folder]
        outside = bool(ways[-1].mark) and not self._in_project(folder)
        if outside and lies_in(real := os.path.realpath(file), self._real_root):  # a link to a file of the project
            return self.name_of(self.root + real[len(self._real_root) :])
        tail = self._tail(folder, last, file)
        for way in ways:
            name = _joined(way, tail)
            if way.right == "any" or (
                self._has_right(name, file, way) and not any(self._belongs_to_another(rival, name, file) for rival in way.rivals)
            ):
                if way.right == "any" and outside:
                    self._outside[name] = file
                return name
        raise AssertionError("the last way is open to any file")

    def _find_ways(self, folder: str) -> Iterator[_Way]:
        origins = self.search.origins
        library = origins.site_folder(folder) or next((f for f in origins.stdlib if origins.of(folder) == "stdlib" and lies_in(folder, f)), None)
        inside = self._in_project(folder)
        if library is not None:
            yield self._way(library, folder, "any")
        elif inside is None:
            yield from self._ways_outside(folder)
        else:
            yield from self._ways_inside(inside)

    def _ways_inside(self, folder: str) -> Iterator[_Way]:
        for home in upwards(folder):
            if home == self.root:
                break
            if self._has(home, "pyproject.toml") and is_project_folder(home):
                for base in self._bases_for(home, folder):
                    yield self._way(base, folder, "import")
        root = self._base(self.root)
        sources = self._source_folders(self.root)
        for position, source in enumerate(sources):
            if lies_in(folder, source):
                yield self._way(source, folder, "free", rivals=(root, *sources[:position]))
        yield self._way(root, folder, "free")
        yield self._way(root, folder, "any", mark=_NOT_IMPORTABLE)

    def _ways_outside(self, folder: str) -> Iterator[_Way]:
        home = _home(folder)
        bases = [] if home is None else [*self._bases_for(home, folder)]
        bases += [self._base(root) for root in sorted(self.search.import_roots, key=len) if lies_in(folder, root)]
        for base in bases:
            yield self._way(base, folder, "import")
        base = self._base(folder if home is None else home)
        yield self._way(base, folder, "any", mark=escaped(os.path.basename(base)))

    @staticmethod
    def _way(base: str, folder: str, right: Literal["import", "free", "any"], rivals: tuple[str, ...] = (), mark: str = "") -> _Way:
        inner = folder[len(base) :].strip(os.sep)
        return _Way(base, tuple(escaped(part) for part in inner.split(os.sep)) if inner else (), right, rivals, mark)

    def _in_project(self, path: str) -> str | None:
        """`path` as a path under the root, also when a symbolic link leads to either; None if it is outside."""
        if lies_in(path, self.root):
            return path
        for form in (path, os.path.realpath(path)):
            if lies_in(form, self._real_root):
                return self.root + form[len(self._real_root) :]
        return None

    def _bases_for(self, home: str, folder: str) -> tuple[str, ...]:
        """Folders that a project at `home` names the files of `folder` from."""
        return (*(f for f in self._source_folders(home) if lies_in(folder, f)), self._base(home))

    def _source_folders(self, root: str) -> list[str]:
        """The source roots of the project at `root`."""
        declared = self.source_roots if root == self.root else SOURCE_ROOTS
        folders = [os.path.join(root, *name.split("/")) for name in declared]
        return [f for name, f in zip(declared, folders, strict=True) if self._is_source_folder(name, f)]

    def _is_source_folder(self, name: str, folder: str) -> bool:
        listing = self.search.folders.listing(folder)
        return listing is not None and not (name == "src" and "__init__.py" in listing.names)

    def _base(self, folder: str) -> str:
        """`folder`, or where it is itself a package, the folder that its outermost package is in."""
        while self._has(folder, "__init__.py") and os.path.dirname(folder) != folder:
            folder = os.path.dirname(folder)
        return folder

    def _has(self, folder: str, name: str) -> bool:
        listing = self.search.folders.listing(folder)
        return listing is not None and name in listing.names

    def _has_right(self, name: str, file: str, way: _Way) -> bool:
        """Whether `name` imports `file`, or where the way allows it, nothing."""
        found = self.search.find(name)
        if found is None or (found.kind in _LIBRARY and self.search.exact(name) is None):
            return way.right == "free"
        return found.path is not None and _same(found.path, file)

    def _belongs_to_another(self, rival: str, name: str, file: str) -> bool:
        """Whether another file than `file` has `name` in the folder `rival`."""
        listing = self.search.folders.listing(rival)
        first = name.partition(".")[0]
        if listing is not None and first.isidentifier() and listing.stems.isdisjoint((first, "__init__", "__main__")):
            return False  # nearly always; the rest is for certainty
        found = self._at(rival, name, name)
        return found is not None and found.path is not None and not _same(found.path, file)

    def _tail(self, folder: str, last: str, file: str) -> str:
        """The last part of a file's name; "" for the ``__init__`` of a package, which is named as its folder.

        A file that its folder would import under its stem has the stem; any other its whole file name, in which there is always a dot to escape.
        """
        importable = stem(last)
        if last.endswith(NOTEBOOK):
            return escaped(last.removesuffix(NOTEBOOK)) + NOTEBOOK
        if importable == "__init__" and not self._is_shadowed(*os.path.split(folder), file):
            return ""
        if importable is not None and importable != "__init__" and not self._is_shadowed(folder, importable, file):
            return escaped(importable)
        return escaped(last if "." in last else last + ".")

    def _is_shadowed(self, folder: str, stem: str, file: str) -> bool:
        """Whether `folder` has another file that would be imported under `stem`: ``app/__init__.py`` beside ``app.py``."""
        hit = self.search.in_folder(folder, stem)
        return hit is not None and hit.kind != "namespace" and hit.path != file

    def _at(self, base: str, dotted: str, name: str) -> ModuleFile | None:
        """The inverse of `_joined`: the file, or namespace folder, under `base`; it is to be called `name`."""
        if dotted.endswith(NOTEBOOK):
            path = under(base, dotted.removesuffix(NOTEBOOK).split("."))
            if path is not None and os.path.isfile(path + NOTEBOOK):
                return ModuleFile(name, "source", path + NOTEBOOK)
        path = under(base, dotted.split("."))
        if path is None:
            return None
        folder, last = os.path.split(path)
        if "." in last and os.path.isfile(whole := os.path.join(folder, last.removesuffix("."))):
            return self._module(name, whole)
        hit = self.search.in_folder(folder, last)
        if hit is not None and ("." not in last or lies_in(hit.path, path)):
            return self._module(name, hit.path)
        if dotted == escaped(os.path.basename(base)) and self._has(base, "__init__.py"):
            return self._module(name, os.path.join(base, "__init__.py"))
        if dotted == f"{escaped(os.path.basename(base))}.__main__" and self._has(base, "__main__.py"):
            return self._module(name, os.path.join(base, "__main__.py"))
        return None

    @staticmethod
    def _module(name: str, path: str) -> ModuleFile:
        folder, file = os.path.split(path)
        if os.path.isdir(path):
            return ModuleFile(name, "namespace", None, (path,))
        if file.endswith((*EXTENSION_SUFFIXES, ".pyc")):
            return ModuleFile(name, "extension", path, (folder,) if file.startswith("__init__.") else ())
        if file == "__init__.py":
            return ModuleFile(name, "package", path, (folder,))
        return ModuleFile(name, "source", path)


def module_name(path: StrPath, import_roots: Sequence[StrPath], project_root: StrPath, source_roots: Sequence[str] = SOURCE_ROOTS) -> str:
    """The name of the module that the file at `path` is, in a run of the project at `project_root` whose ``sys.path`` is `import_roots`.

    For more than a few files make one `ModuleNames`, which keeps folder listings.

    >>> module_name("/p/pkg/run.py", ["/p/pkg"], "/p")
    'pkg.run'
    """
    origins = Origins(project_root, import_roots)
    return ModuleNames(ModuleSearch(import_roots, origins), project_root, source_roots).name_of(path)


def _joined(way: _Way, tail: str) -> str:
    parts = way.parts
    if tail:
        if tail == "__main__" and not parts:
            parts = (escaped(os.path.basename(way.base)),)
        parts = (*parts, tail)
    name = ".".join(parts) if parts else escaped(os.path.basename(way.base))
    return f"{way.mark}.{name}" if way.mark else name


def _home(folder: str) -> str | None:
    """The root of the project that `folder` is in, by its markers; None if it has none."""
    for holds in (is_project_folder, is_git_root):
        for candidate in upwards(folder):
            if holds(candidate):
                return candidate
    return None


def _same(one: str, other: str) -> bool:
    if one == other:
        return True
    try:
        return os.path.samefile(one, other)
    except OSError:
        return False
