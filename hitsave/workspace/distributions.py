"""What is installed: the distribution that a module belongs to, its version, and what it requires.

The same answers as importlib.metadata, whose import alone costs more than all look-ups of a first hit: names and folders are read off the
listing of each site-packages folder, and a file of a distribution only when its answer is needed.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Final

from hitsave.digest import digest_bytes, digest_parts
from hitsave.structs import NamedTuple
from hitsave.workspace.editable import editable_folders, hooked_modules, is_editable
from hitsave.workspace.file_digests import FileSignature, file_signature
from hitsave.workspace.folders import Folders, Listing
from hitsave.workspace.metadata import direct_url, installed_files, read_metadata, read_text, top_level, top_level_files
from hitsave.workspace.module_search import EXTENSION_SUFFIXES, ModuleFile, ModuleSearch
from hitsave.workspace.origins import Origins, lies_in, site_folder_of
from hitsave.workspace.settings import Sensitivity, normalised

if TYPE_CHECKING:
    from _typeshed import StrPath

INSTALLED_CONTEXT: Final = "hitsave 2026 v1 installed files"
STDLIB: Final = "python"
FILE_VERSION: Final = "file:"
_CODE: Final = (".py", ".pyc", *EXTENSION_SUFFIXES)


class Distribution(NamedTuple):
    """An installed distribution.

    name       normalised (PEP 503): ``scikit-learn``; "python" for the standard library.
    version    as its metadata says; X.Y for "python"; ``file:<digest>`` for modules that no distribution owns, so that an edit is seen.
    requires   normalised names of what it requires here, without extras, sorted.
    editable   it is installed from a folder that people edit: its code is project code.
    build      "" if it came from an index (or from conda, which builds from folders of its own). Else a digest of the code files that were installed, because the same version may then be other code.
    left_over  versions that other metadata of the same name claims in the same folder, sorted: a sign of a broken upgrade.
    """

    name: str
    version: str
    requires: tuple[str, ...] = ()
    editable: bool = False
    build: str = ""
    left_over: tuple[str, ...] = ()

    def counted(self, sensitivity: Sensitivity) -> str:
        """As much of the version as `sensitivity` looks at, as a Record has it.

        >>> Distribution("numpy", "2.4.6").counted("minor")
        '2.4'
        """
        if sensitivity == "ignore":
            return ""
        version = "/".join([_counted(self.version, sensitivity), *(f"left over {_counted(v, sensitivity)}" for v in self.left_over)])
        return f"{version}@{self.build}" if self.build and sensitivity == "exact" else version


class _Site:
    """One folder of the import path: its metadata folders by normalised name, in listing order, and what was derived from them."""

    def __init__(self, folder: str, listing: Listing) -> None:
        self.folder = folder
        self.listing = listing
        self.infos: dict[str, list[str]] = {}
        for entry in listing.names:
            if entry.endswith((".dist-info", ".egg-info")):
                self.infos.setdefault(normalised(entry[:-10].partition("-")[0]), []).append(os.path.join(folder, entry))
        self.read: dict[str, Distribution | None] = {}
        self.owners: dict[str, str] = {}
        self.by_file: dict[str, str] | None = None
        self.by_top: dict[str, list[str]] | None = None


class Distributions:
    """The distributions on an import path. Listings are kept while they are true; `moment` asks the disk once a folder."""

    def __init__(self, search_path: Iterable[StrPath], folders: Folders | None = None) -> None:
        self.search_path = tuple(dict.fromkeys(os.path.abspath(root) for root in search_path))
        self.folders = Folders() if folders is None else folders
        self._origins = Origins(import_roots=self.search_path)
        self._sites: dict[str, _Site] = {}

    def moment(self, folders: Folders | None = None) -> Distributions:
        """The same distributions over one picture of the disk: see `Folders.moment`."""
        moment = Distributions.__new__(Distributions)
        vars(moment).update(vars(self))
        moment.folders = self.folders.moment() if folders is None else folders
        return moment

    def named(self, name: str) -> Distribution | None:
        """The distribution called `name`, the first on the import path; None if it is not installed.

        A module that no distribution owns is found under the name that `of_path` gives it.
        """
        key = normalised(name)
        if key == STDLIB:
            return stdlib_distribution()
        for site in self._all_sites():
            found = self._read(site, key) if key in site.infos else None
            if found is not None:
                return found
        return self._unowned(name)

    def counted(self, name: str, sensitivity: Sensitivity) -> str:
        """As much of the version of distribution `name` as `sensitivity` looks at; "" if it is not installed. What a Record compares."""
        if sensitivity == "ignore":
            return ""
        found = self.named(name)
        return "" if found is None else found.counted(sensitivity)

    def of_path(self, path: StrPath) -> Distribution | None:
        """The distribution that the file or folder at `path` was installed by; None for project code that none is made of."""
        file = os.path.abspath(path)
        if self._origins.of(file) == "stdlib":
            return stdlib_distribution()
        folder = site_folder_of(file)
        if folder is None or folder == file:
            return self._editable_at(file)
        site = self._site(folder)
        relative = file[len(folder) + 1 :]
        key = None if site is None else self._owner(site, relative)
        found = None if site is None or key is None else self._read(site, key)
        return found or unowned(folder, relative.partition(os.sep)[0])

    def of_module(self, module: ModuleFile | str) -> Distribution | None:
        """The distribution that a module belongs to; None for project code and for what is not installed."""
        if isinstance(module, str):
            found = ModuleSearch(self.search_path, editable_modules=self.editable_modules, folders=self.folders).find(module)
            if found is None:
                return None
            module = found
        if module.kind == "stdlib":
            return stdlib_distribution()
        place = module.path or next(iter(module.folders), None)
        if place is None:
            return None
        archive = next((root for root in self.search_path if lies_in(str(place), root) and os.path.isfile(root)), None)
        return self.of_path(place) if archive is None else unowned(*os.path.split(archive))

    def locations(self, name: str) -> tuple[str, ...]:
        """The top-level files and folders in site-packages that distribution `name` consists of: what tracking it makes project code."""
        key = normalised(name)
        for site in self._all_sites():
            if key in site.infos:
                info = site.infos[key][0]
                tops = dict.fromkeys([_top(path) for path, _ in installed_files(info) if path.endswith(_CODE)] or top_level(info))
                return tuple(path for top in tops for path in _existing(site, top))
        return ()

    def tracked(self, names: Iterable[str]) -> tuple[str, ...]:
        """The `locations` of several distributions."""
        return tuple(path for name in names for path in self.locations(name))

    def editable_modules(self) -> Mapping[str, str]:
        """The modules that setuptools' editable installs provide by a hook: name → package folder, or file without its ending."""
        found: dict[str, str] = {}
        for site in self._all_sites():
            for entry in site.listing.names:
                if entry.startswith("__editable__") and entry.endswith("_finder.py"):
                    found.update(hooked_modules(os.path.join(site.folder, entry)))
        return found

    def _all_sites(self) -> Iterator[_Site]:
        for folder in self.search_path:
            site = None if folder in self._origins.stdlib else self._site(folder)
            if site is not None and site.infos:
                yield site

    def _site(self, folder: str) -> _Site | None:
        listing = self.folders.listing(folder)
        if listing is None:
            return None
        known = self._sites.get(folder)
        if known is None or known.listing is not listing:
            known = self._sites[folder] = _Site(folder, listing)
        return known

    def _read(self, site: _Site, key: str) -> Distribution | None:
        if key not in site.read:
            site.read[key] = _distribution(key, site.infos[key])
        return site.read[key]

    def _owner(self, site: _Site, relative: str) -> str | None:
        """The key of the distribution that installed `relative`, a path in the site's folder."""
        top = _top(relative.replace(os.sep, "/"))
        if top not in site.owners:
            found = self._find_owner(site, top)
            if len(found) > 1:  # a namespace package: the file itself decides
                return _by_file(site, found).get(relative.replace(os.sep, "/"), found[0])
            if not found:
                return None
            site.owners[top] = found[0]
        return site.owners[top]

    @staticmethod
    def _find_owner(site: _Site, top: str) -> list[str]:
        inner = os.path.join(site.folder, top)
        shared = top in site.listing.names and not any(os.path.isfile(os.path.join(inner, f"__init__{suffix}")) for suffix in _CODE)
        same_name = [normalised(top)] if normalised(top) in site.infos else []
        if same_name and not shared:
            return same_name
        if site.by_top is None:
            site.by_top = {}
            for key, infos in site.infos.items():
                for name in {_top(name) for name in top_level(infos[0]) or top_level_files(infos[0]) if "." not in name or name.endswith(_CODE)}:
                    site.by_top.setdefault(name, []).append(key)
        return site.by_top.get(top, same_name)

    def _editable_at(self, file: str) -> Distribution | None:
        for site in self._all_sites():
            for key, infos in site.infos.items():
                if any(lies_in(file, folder) for folder in editable_folders(infos[0])):
                    return self._read(site, key)
        return None

    def _unowned(self, name: str) -> Distribution | None:
        """A module that no distribution owns, under the name that `unowned` gave it."""
        for folder in self.search_path:
            if normalised(_top(os.path.basename(folder))) == normalised(name) and os.path.isfile(folder):
                return unowned(*os.path.split(folder))
            if site_folder_of(folder) == folder:
                site = self._site(folder)
                for top in site.listing.names if site is not None else ():
                    if normalised(_top(top)) == normalised(name) and not top.endswith((".dist-info", ".egg-info")):
                        return unowned(folder, top)
        return None


def distribution_of(path_or_module: StrPath, search_path: Iterable[StrPath]) -> Distribution | None:
    """The distribution that a file (a path with a separator) or a module (a dotted name) belongs to, with `search_path` as ``sys.path``.

    None for project code and for what is not installed. For more than a few make one `Distributions`.
    """
    distributions = Distributions(search_path)
    text = os.fspath(path_or_module)
    return distributions.of_path(text) if os.sep in text else distributions.of_module(text)


def stdlib_distribution() -> Distribution:
    """The standard library, whose version is Python's X.Y."""
    return Distribution(STDLIB, f"{sys.version_info.major}.{sys.version_info.minor}")


def unowned(folder: str, top: str) -> Distribution:
    """The top-level module or package `top` of a site-packages folder, that no distribution owns: its version is the digest of its code."""
    start = os.path.join(folder, top)
    files = [start]
    if os.path.isdir(start):
        files = [os.path.join(parent, name) for parent, _, names in os.walk(start) if not parent.endswith("__pycache__") for name in names]
    code = sorted(f for f in files if f.endswith(_CODE) or f == start)
    signature = tuple((file, file_signature(file)) for file in code)
    known = _unowned.get(start)
    if known is not None and known[0] == signature:
        return known[1]
    parts: list[bytes] = []
    for file in code:
        try:
            with open(file, "rb") as opened:
                content = opened.read()
        except OSError:
            content = b""
        parts += [file[len(folder) + 1 :].replace(os.sep, "/").encode("utf-8", "surrogateescape"), content]
    found = Distribution(normalised(_top(top)), f"{FILE_VERSION}{digest_parts(INSTALLED_CONTEXT, *parts)}")
    _unowned[start] = signature, found
    return found


_unowned: Final[dict[str, tuple[tuple[tuple[str, FileSignature | None], ...], Distribution]]] = {}
"""What has been read in this process, with what the files were then: who is asked at every evaluation can't read them all each time."""


def _distribution(key: str, infos: list[str]) -> Distribution | None:
    """What importlib.metadata would take where there are several: the first in the folder's order, but one that has metadata."""
    found = [(info, metadata) for info in infos if (metadata := read_metadata(info)) is not None]
    if not found:
        return None
    info, metadata = found[0]
    url = direct_url(info)
    editable = is_editable(url)
    build = "" if not url or editable or read_text(os.path.join(info, "INSTALLER")).strip() == "conda" else _build(info)
    others = sorted({other.version for _, other in found[1:]} - {metadata.version})
    return Distribution(key, metadata.version, metadata.requires, editable, build, tuple(others))


def _build(info: str) -> str:
    """A digest of the code files as recorded when they were installed; the same files give the same on every machine."""
    lines = sorted(f"{path} {digest}" for path, digest in installed_files(info) if path.endswith(_CODE) and digest and not path.startswith(".."))
    return str(digest_bytes(INSTALLED_CONTEXT, "\n".join(lines).encode("utf-8", "surrogateescape")))[:16]


def _by_file(site: _Site, keys: list[str]) -> dict[str, str]:
    if site.by_file is None:
        site.by_file = {}
    for key in keys:
        if key not in site.by_file.values():
            site.by_file.update((path, key) for path, _ in installed_files(site.infos[key][0]))
    return site.by_file


def _top(path: str) -> str:
    """The import name that a path in site-packages begins with."""
    return path.partition("/")[0].partition(".")[0]


def _existing(site: _Site, top: str) -> list[str]:
    """The files and folders in a site-packages folder that are imported as `top`."""
    return [os.path.join(site.folder, name) for name in site.listing.names if name == top or (_top(name) == top and name.endswith(_CODE))]


def _counted(version: str, sensitivity: Sensitivity) -> str:
    """X.Y or X of a version; a pre-release counts whole, because anything may change between two of them."""
    if sensitivity == "exact" or version.startswith(FILE_VERSION):
        return version
    public = version.lower().partition("+")[0]
    epoch, bang, release = public.rpartition("!")
    numbers: list[str] = []
    for part in release.removeprefix("v").split("."):
        if not part.isdecimal():
            if not part.startswith("post"):
                return public
            break
        numbers.append(str(int(part)))
    kept = [*numbers, "0"][: 2 if sensitivity == "minor" else 1]
    return epoch + bang + ".".join(kept)
