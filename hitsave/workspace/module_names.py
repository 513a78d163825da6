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
from pathlib import Path
from typing import TYPE_CHECKING, Final

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


class ModuleNames:
    """Names the files of one run.

    `search` is the run's import path; `project_root` the root of the project that the run is of; `source_roots` folders of it, relative,
    that count as roots beside it (a folder with an ``__init__.py`` is a package, and counts only if it is not the default ``src``).
    """

    def __init__(self, search: ModuleSearch, project_root: StrPath, source_roots: Sequence[str] = SOURCE_ROOTS) -> None:
        self.search = search
        self.root = os.path.abspath(project_root)
        self.source_roots = tuple(source_roots)
        self._real_root = os.path.realpath(self.root)
        self._names: dict[str, str] | None = None
        self._outside: dict[str, str] = {}

    def moment(self) -> ModuleNames:
        """The same names over one picture of the disk: see `Folders.moment`."""
        moment = ModuleNames(self.search.moment(), self.root, self.source_roots)
        moment._names, moment._outside = {}, self._outside
        return moment

    def name_of(self, path: StrPath) -> str:
        """The name of the module that the file at `path` is. The file need not exist; then it is taken for the module that it would be."""
        file = os.path.abspath(path)
        names = self._names
        if names is None:
            return self._name(file)
        if file not in names:
            names[file] = self._name(file)
        return names[file]

    def locate(self, name: str) -> ModuleFile | None:
        """The module called `name`, be it the name in an import statement or one that `name_of` gave; a file of the project comes with the latter.

        The two never disagree: no file is given a name that imports another.
        """
        found = self.search.find(name)
        if found is None or (found.kind in _LIBRARY and "." in name and self.search.exact(name) is None):
            found = self.file_of(name) or found
        return found if found is None or found.path is None or found.kind in _LIBRARY else found._replace(name=self.name_of(found.path))

    def file_of(self, name: str) -> ModuleFile | None:
        """The project's file that `name_of` calls `name`; None if there is none, or if it lies outside of the project and of all import roots."""
        if name.startswith(_NOT_IMPORTABLE + "."):
            return self._at(self._base(self.root), name[2:], name)
        found = self.search.find(name)
        if found is not None and found.kind not in _LIBRARY:
            return found
        if found is not None and self.search.exact(name) is not None:
            return None
        folder: ModuleFile | None = None
        for base in (*self._source_folders(self.root), self._base(self.root)):
            inside = self._at(base, name, name)
            if inside is None:
                continue
            if inside.path is not None and self.name_of(inside.path) == name:
                return inside
            if inside.path is None:
                folder = folder or inside
        if folder is not None:
            return folder
        if name in self._outside:
            return self._module(name, self._outside[name])
        first, _, rest = name.partition(".")
        homes = dict.fromkeys(_home(root) for root in self.search.import_roots if rest and not self._in_project(root))
        for base in [self._base(home) for home in homes if home is not None]:
            if _escaped(os.path.basename(base)) == first:
                outside = self._at(base, rest, name)
                if outside is not None:
                    return outside
        return None

    def _name(self, file: str) -> str:
        origins = self.search.origins
        if origins.of(file) == "stdlib" or origins.site_folder(file) is not None:
            base = origins.site_folder(file) or next(f for f in origins.stdlib if lies_in(file, f))
            return self._dotted(base, file)
        inside = self._in_project(file)
        return self._name_outside(file) if inside is None else self._name_inside(inside)

    def _name_inside(self, file: str) -> str:
        for folder in upwards(os.path.dirname(file)):
            if folder == self.root:
                break
            if self._has(folder, "pyproject.toml") and is_project_folder(folder):
                for base in self._bases_for(folder, file):
                    name = self._dotted(base, file)
                    if self._imports(name, file):
                        return name
        base = self._base(self.root)
        sources = self._source_folders(self.root)
        for position, source in enumerate(sources):
            if lies_in(file, source):
                name = self._dotted(source, file)
                rivals = (base, *sources[:position])
                if not any(self._is_another(self._at(rival, name, name), file) for rival in rivals) and self._is_free(name, file):
                    return name
        name = self._dotted(base, file)
        return name if self._is_free(name, file) else f"{_NOT_IMPORTABLE}.{name}"

    def _name_outside(self, file: str) -> str:
        home = _home(os.path.dirname(file))
        bases = [] if home is None else [*self._bases_for(home, file)]
        bases += [self._base(root) for root in sorted(self.search.import_roots, key=len) if lies_in(file, root)]
        for base in bases:
            name = self._dotted(base, file)
            if self._imports(name, file):
                return name
        base = self._base(os.path.dirname(file) if home is None else home)
        name = f"{_escaped(os.path.basename(base))}.{self._dotted(base, file)}"
        self._outside[name] = file
        return name

    def _in_project(self, path: str) -> str | None:
        """`path` as a path under the root, also when a symbolic link leads to either; None if it is outside."""
        if lies_in(path, self.root):
            return path
        for form in (path, os.path.realpath(path)):
            if lies_in(form, self._real_root):
                return self.root + form[len(self._real_root) :]
        return None

    def _bases_for(self, home: str, file: str) -> tuple[str, ...]:
        """Folders that a project at `home` names `file` from."""
        return (*(f for f in self._source_folders(home) if lies_in(file, f)), self._base(home))

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

    def _imports(self, name: str, file: str) -> bool:
        """Whether the run can import `file` by `name`."""
        found = self.search.find(name)
        return found is not None and found.path is not None and _same(str(found.path), file)

    def _is_free(self, name: str, file: str) -> bool:
        """Whether `name` imports `file`, or nothing."""
        found = self.search.find(name)
        if found is None or (found.kind in _LIBRARY and self.search.exact(name) is None):
            return True
        return self._imports(name, file)

    @staticmethod
    def _is_another(found: ModuleFile | None, file: str) -> bool:
        return found is not None and found.path is not None and not _same(str(found.path), file)

    def _dotted(self, base: str, file: str) -> str:
        """`file` relative to `base`, as a dotted name."""
        *folders, last = file[len(base) :].strip(os.sep).split(os.sep)
        parts = [_escaped(folder) for folder in folders]
        stem = _stem(last)
        folder = os.path.dirname(file)
        if stem == "__init__":
            package, inner = os.path.split(folder)
            if not self._is_shadowed(package, inner, file):
                return ".".join(parts) or _escaped(inner)
        elif last.endswith(NOTEBOOK):
            return ".".join([*parts, _escaped(last.removesuffix(NOTEBOOK)) + NOTEBOOK])
        elif stem is not None and not self._is_shadowed(folder, stem, file):
            if stem == "__main__" and not parts:
                parts = [_escaped(os.path.basename(base))]
            return ".".join([*parts, _escaped(stem)])
        return ".".join([*parts, _escaped(last if "." in last else last + ".")])

    def _is_shadowed(self, folder: str, stem: str, file: str) -> bool:
        """Whether `folder` has another file that would be imported under `stem`: ``app/__init__.py`` beside ``app.py``."""
        hit = self.search.in_folder(folder, stem)
        return hit is not None and hit.kind != "namespace" and hit.path != file

    def _at(self, base: str, dotted: str, name: str) -> ModuleFile | None:
        """The inverse of `_dotted`: the file, or namespace folder, under `base`; it is to be called `name`."""
        if dotted.endswith(NOTEBOOK):
            path = _under(base, [*dotted.removesuffix(NOTEBOOK).split(".")])
            if path is not None and os.path.isfile(path + NOTEBOOK):
                return ModuleFile(name, "source", Path(path + NOTEBOOK))
        path = _under(base, dotted.split("."))
        if path is None:
            return None
        folder, last = os.path.split(path)
        if "." in last:
            whole = os.path.join(folder, last.removesuffix("."))
            if os.path.isfile(whole):
                return self._module(name, whole)
        hit = self.search.in_folder(folder, last)
        if hit is not None and ("." not in last or lies_in(hit.path, path)):
            return self._module(name, hit.path)
        if dotted == _escaped(os.path.basename(base)) and self._has(base, "__init__.py"):
            return self._module(name, os.path.join(base, "__init__.py"))
        if dotted == f"{_escaped(os.path.basename(base))}.__main__" and self._has(base, "__main__.py"):
            return self._module(name, os.path.join(base, "__main__.py"))
        return None

    @staticmethod
    def _module(name: str, path: str) -> ModuleFile:
        folder, file = os.path.split(path)
        if os.path.isdir(path):
            return ModuleFile(name, "namespace", None, (Path(path),))
        if file.endswith((*EXTENSION_SUFFIXES, ".pyc")):
            return ModuleFile(name, "extension", Path(path), (Path(folder),) if file.startswith("__init__.") else ())
        if file == "__init__.py":
            return ModuleFile(name, "package", Path(path), (Path(folder),))
        return ModuleFile(name, "source", Path(path))


def module_name(path: StrPath, import_roots: Sequence[StrPath], project_root: StrPath, source_roots: Sequence[str] = SOURCE_ROOTS) -> str:
    """The name of the module that the file at `path` is, in a run of the project at `project_root` whose ``sys.path`` is `import_roots`.

    For more than a few files make one `ModuleNames`, which keeps folder listings.

    >>> module_name("/p/pkg/run.py", ["/p/pkg"], "/p")
    'pkg.run'
    """
    origins = Origins(project_root, import_roots)
    return ModuleNames(ModuleSearch(import_roots, origins), project_root, source_roots).name_of(path)


def _home(folder: str) -> str | None:
    """The root of the project that `folder` is in, by its markers; None if it has none."""
    for holds in (is_project_folder, is_git_root):
        for candidate in upwards(folder):
            if holds(candidate):
                return candidate
    return None


def _stem(file: str) -> str | None:
    """The name that `file` could be imported under, None if it could not."""
    for suffix in (".py", *EXTENSION_SUFFIXES, ".pyc"):
        if file.endswith(suffix):
            stem = file.removesuffix(suffix)
            return None if "." in stem or not stem else stem
    return None


def _same(one: str, other: str) -> bool:
    if one == other:
        return True
    try:
        return os.path.samefile(one, other)
    except OSError:
        return False


def _escaped(part: str) -> str:
    """One part of a path as one part of a dotted name.

    In normal form C, because file systems differ in how they write accents; what dots, colons and "%" would make ambiguous,
    control characters and bytes that are not UTF-8 are written as %XX.
    """
    if part.isascii() and part.isidentifier():
        return part
    if not part.isascii():
        import unicodedata

        part = unicodedata.normalize("NFC", part)
    return "".join(c if c not in ".:%" and " " <= c != "\x7f" and not "\ud800" <= c <= "\udfff" else _percent(c) for c in part)


def _percent(character: str) -> str:
    errors = "surrogateescape" if "\udc80" <= character <= "\udcff" else "surrogatepass"
    return "".join(f"%{byte:02X}" for byte in character.encode("utf-8", errors))


def _under(base: str, parts: Sequence[str]) -> str | None:
    """The path under `base` whose parts were escaped as `parts`; None if they are no such parts, or would lead elsewhere."""
    plain: list[str] = []
    for part in parts:
        try:
            text = b"".join(_unescaped(part)).decode("utf-8", "surrogateescape")
        except ValueError:
            return None
        if text in {"", ".", ".."} or os.sep in text or "\0" in text or (os.altsep and os.altsep in text):
            return None
        plain.append(text)
    return os.path.join(base, *plain)


def _unescaped(part: str) -> Iterator[bytes]:
    first, *rest = part.split("%")
    yield first.encode("utf-8", "surrogatepass")
    for piece in rest:
        yield bytes.fromhex(piece[:2])
        yield piece[2:].encode("utf-8", "surrogatepass")
