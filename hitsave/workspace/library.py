"""The code graph's library over real files: finds modules, reads and indexes them, keeps their facts.

Answers are given for one moment: `refresh` begins the next, and looks at the disk again for what is asked then.
"""

# ruff: noqa: PTH100, PTH109, PTH116, PTH117, PTH118, PTH119, PTH120

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from hitsave.codegraph.facts import CODEGRAPH_VERSION, StatementFacts, from_plain, to_plain
from hitsave.codegraph.index import ModuleIndex, index_from_plain, index_module, index_to_plain, statement_digest
from hitsave.codegraph.library import CompiledModule, ExternalModule, Located, MissingModule, NamespacePackage, SourceModule
from hitsave.workspace.distributions import Distribution, Distributions
from hitsave.workspace.facts_table import FactsTable, MemoryFactsTable, decode, encode
from hitsave.workspace.module_names import ModuleNames
from hitsave.workspace.module_search import ModuleSearch
from hitsave.workspace.origins import Origins
from hitsave.workspace.project import find_root
from hitsave.workspace.settings import Settings, read_settings
from hitsave.workspace.sources import DiskSources, Signature, Sources, SourceText, Unreadable

if TYPE_CHECKING:
    from hitsave.digest import Digest

_MEMORY: int = 50_000
"""Statement facts that are kept in memory."""


class WorkspaceLibrary:
    """All the code that a project can import.

    `import_roots` is ``sys.path`` as the run has it, `root` the project's root, `facts` where facts are kept between processes.
    """

    def __init__(self, import_roots: Sequence[str], root: str, *, sources: Sources | None = None, facts: FactsTable | MemoryFactsTable | None = None) -> None:
        self.root = root
        self.sources: Sources = DiskSources() if sources is None else sources
        self.table: FactsTable | MemoryFactsTable = MemoryFactsTable() if facts is None else facts
        self.settings = Settings()
        self._facts: dict[Digest, StatementFacts] = {}
        self._modules: dict[str, tuple[Digest, SourceModule]] = {}
        self._located: dict[str, Located] = {}
        self._names: dict[str, str] = {}
        self._foreign: dict[str, str | None] = {}
        self._roots: dict[str, str] = {}
        self._versions: dict[str, Distribution | None] = {}
        self._import_roots: tuple[str, ...] | None = None
        self.refresh(import_roots)
        self.settings = read_settings(root, os.environ)
        self._import_roots = None
        self.refresh(import_roots)

    @classmethod
    def for_process(cls, import_roots: Sequence[str], script_folder: str | None, *, facts: FactsTable | None = None) -> WorkspaceLibrary:
        """The library of a running process, whose main script lies in `script_folder`."""
        start = script_folder or os.getcwd()
        return cls(import_roots, str(find_root(start, script_folder=start)), facts=facts)

    def refresh(self, import_roots: Iterable[str]) -> None:
        """Begin a new moment: what changed on disk is seen from here on."""
        roots = tuple(os.path.abspath(r) for r in import_roots if isinstance(r, str))
        if roots != self._import_roots:
            self._import_roots = roots
            self.distributions = Distributions(roots)
            origins = Origins(self.root, roots, self.distributions.tracked(self.settings.track))
            search = ModuleSearch(roots, origins, editable_modules=self.distributions.editable_modules)
            self._now = self._later = ModuleNames(search, self.root, self.settings.source_roots)
            self._foreign.clear()
        self._now = self._later.moment()
        self._located.clear()
        self._names.clear()
        self._versions.clear()

    # --- modules ---------------------------------------------------------------------------------------------------

    def locate(self, module: str) -> Located:
        """The module called `module`."""
        found = self._located.get(module)
        if found is None:
            found = self._located[module] = self._locate(module)
        return found

    def _locate(self, module: str) -> Located:
        file = self._now.locate(module)
        if file is None:
            return MissingModule(module)
        match file.kind:
            case "stdlib":
                return ExternalModule(module, "python")
            case "external":
                return ExternalModule(module, self._distribution(str(file.path), module))
            case "namespace":
                return NamespacePackage(module)
            case "extension":
                return CompiledModule(module, str(file.path))
            case "source" | "package":
                if module.partition(".")[0] == "hitsave" and self._is_hitsave(str(file.path)):
                    return ExternalModule(module, "hitsave")
                return self._read(module, str(file.path), is_package=file.kind == "package")

    def _read(self, module: str, path: str, *, is_package: bool) -> SourceModule | MissingModule:
        source = self.sources.read(path)
        if isinstance(source, Unreadable):
            return MissingModule(module, f"{path} can't be read: {source.detail}")
        known = self._modules.get(module)
        if known is not None and known[0] == source.digest and known[1].path == path:
            return known[1]
        made = SourceModule(module, path, source.text, self._index(source), is_package)
        self._modules[module] = (source.digest, made)
        return made

    def _index(self, source: SourceText) -> ModuleIndex:
        kept = self.table.get_indexes([source.digest], CODEGRAPH_VERSION).get(source.digest)
        if kept is not None:
            try:
                return index_from_plain(decode(kept))
            except (ValueError, TypeError, KeyError):
                pass
        made = index_module(source.text)
        self.table.put_indexes({source.digest: encode(index_to_plain(made))}, CODEGRAPH_VERSION)
        return made

    def facts(self, text: str) -> StatementFacts:
        """The facts of a statement; analysed once, then remembered."""
        digest = statement_digest(text)
        found = self._facts.get(digest)
        if found is not None:
            return found
        kept = self.table.get_many([digest], CODEGRAPH_VERSION).get(digest)
        if kept is not None:
            try:
                found = from_plain(decode(kept))
            except (ValueError, TypeError, KeyError):
                found = None
        if found is None:
            from hitsave.codegraph.frontend import analyse_statement

            found = analyse_statement(text)
            self.table.put_many({digest: encode(to_plain(found))}, CODEGRAPH_VERSION)
        if len(self._facts) >= _MEMORY:
            self._facts.clear()
        self._facts[digest] = found
        return found

    # --- files -----------------------------------------------------------------------------------------------------

    def module_name(self, path: str) -> str:
        """The symbol name of the module that the file at `path` is."""
        name = self._names.get(path)
        if name is None:
            name = self._names[path] = self._now.name_of(path)
        return name

    def external_distribution(self, path: str) -> str | None:
        """The distribution that a file belongs to, "python" for the standard library; None for project code."""
        if path not in self._foreign:
            self._foreign[path] = self._whose(path)
        return self._foreign[path]

    def _whose(self, path: str) -> str | None:
        if self._is_hitsave(path):
            return "hitsave"
        match self._later.search.origins.of(path):
            case "stdlib":
                return "python"
            case "external":
                return self._distribution(path, None)
            case "project":
                return None

    def _distribution(self, path: str, module: str | None) -> str:
        found = self.distributions.of_path(path) if module is None else self.distributions.of_module(module, path)
        return found.name if found is not None else (module or os.path.basename(path)).partition(".")[0]

    @staticmethod
    def _is_hitsave(path: str) -> bool:
        return os.path.abspath(path).startswith(_OWN_FOLDERS)

    def project_root(self, path: str) -> str:
        """The root of the project that a file belongs to."""
        folder = os.path.dirname(path) if os.path.isabs(path) else self.root
        if folder not in self._roots:
            self._roots[folder] = str(find_root(folder, script_folder=self.root))
        return self._roots[folder]

    def signatures(self, paths: Iterable[str]) -> dict[str, Signature | None]:
        """What changes when files do, for each of `paths`; None where there is no file."""
        found: dict[str, Signature | None] = {}
        for path in paths:
            try:
                found[path] = Signature.of(os.stat(path))
            except OSError:
                found[path] = None
        return found

    # --- distributions ---------------------------------------------------------------------------------------------

    def version(self, distribution: str) -> str | None:
        """The installed version of a distribution, None if it is not installed."""
        if distribution not in self._versions:
            self._versions[distribution] = self.distributions.named(distribution)
        found = self._versions[distribution]
        return found.version if found is not None else None

    def requires(self, distribution: str) -> tuple[str, ...]:
        """The distributions that a distribution requires, those that are installed."""
        self.version(distribution)
        found = self._versions[distribution]
        return tuple(r for r in found.requires if self.version(r) is not None) if found is not None else ()

    def sensitivity(self, distribution: str, *, named: bool) -> str:
        """How closely a distribution's version is looked at: named in reached code, or only required by one that is."""
        return self.settings.sensitivity_of_named(distribution) if named else self.settings.sensitivity_of_required(distribution)


_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
_OWN_FOLDERS = (_PACKAGE + os.sep, os.path.join(os.path.dirname(_PACKAGE), "hitsave_server") + os.sep, os.path.join(os.path.dirname(_PACKAGE), "server", "hitsave_server") + os.sep)
