"""The code graph's library over real files: finds modules, reads and indexes them, keeps their facts.

Answers are given for one moment: `refresh` begins the next, and looks at the disk again for what is asked then.
"""

from __future__ import annotations

import os
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from hitsave.codegraph.facts import CODEGRAPH_VERSION, StatementFacts, from_plain, to_plain
from hitsave.codegraph.index import ModuleIndex, index_from_plain, index_to_plain, statement_digest
from hitsave.codegraph.library import CompiledModule, ExternalModule, Located, MissingModule, NamespacePackage, SourceModule
from hitsave.digest import digest_parts
from hitsave.workspace.distributions import Distribution
from hitsave.workspace.documentation_readers import NOT_READING, may_read_documentation
from hitsave.workspace.facts_table import FactsTable, MemoryFactsTable, decode, encode
from hitsave.workspace.file_digests import FileDigests
from hitsave.workspace.project import Project, find_root
from hitsave.workspace.settings import Sensitivity, Settings
from hitsave.workspace.sources import Signature, Sources, SourceText, Unreadable, Written
from hitsave.workspace.workspace import Workspace

if TYPE_CHECKING:
    from pathlib import Path

    from hitsave.digest import Digest

_MEMORY: Final = 50_000
"""Statements whose facts are kept in memory."""
OWN_DISTRIBUTION: Final = "hitsave"
_READERS_CONTEXT: Final = "hitsave 2026 v1 reads documentation"
_PACKAGE: Final = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
_OWN_FOLDERS: Final = tuple(
    folder + os.sep
    for folder in (_PACKAGE, os.path.join(os.path.dirname(_PACKAGE), "hitsave_server"), os.path.join(os.path.dirname(_PACKAGE), "server"))
)


class WorkspaceLibrary:
    """All the code that a project can import.

    `import_roots` is ``sys.path`` as the run has it; `facts` is where facts are kept between processes.
    """

    def __init__(
        self, project: Project, import_roots: Sequence[str], *, sources: Sources | None = None, facts: FactsTable | MemoryFactsTable | None = None
    ) -> None:
        self.project = project
        self.table: FactsTable | MemoryFactsTable = MemoryFactsTable() if facts is None else facts
        self.file_digests = FileDigests(self.table)
        self._sources = sources
        self._facts: dict[Digest, StatementFacts] = {}
        self._modules: dict[str, tuple[Digest, SourceModule]] = {}
        self._sound: dict[str, tuple[Digest, SourceModule]] = {}
        self._new_facts: dict[Digest, bytes] = {}
        self._new_indexes: dict[Digest, bytes] = {}
        self._located: dict[str, Located] = {}
        self._names: dict[str, str] = {}
        self._foreign: dict[str, str | None] = {}
        self._roots: dict[str, str] = {}
        self._distributions: dict[str, Distribution | None] = {}
        self._documentation_readers: dict[str, bool] = {}
        self._import_roots: tuple[str, ...] = ()
        self._asked: set[str] | None = None
        self.refresh(import_roots)

    @property
    def root(self) -> str:
        """The project's root folder."""
        return self.project.root

    @property
    def settings(self) -> Settings:
        """The project's settings."""
        return self.project.settings

    @property
    def import_roots(self) -> tuple[str, ...]:
        """The import path that modules are found on."""
        return self._import_roots

    def refresh(self, import_roots: Iterable[object], sources: Sources | None = None) -> None:
        """Begin a new moment: what changed on disk, on the import path, or in `sources` is seen from here on."""
        roots = tuple(os.path.abspath(r) for r in import_roots if isinstance(r, str))
        if roots != self._import_roots or not hasattr(self, "_workspace"):
            self._import_roots = roots
            self._workspace = Workspace(self.project, roots, self._sources)
            self._foreign.clear()
        self._now = self._workspace.moment(sources)
        self._located.clear()
        self._names.clear()
        self._distributions.clear()
        self._documentation_readers.clear()

    def renew(self, import_roots: Iterable[object], sources: Sources | None = None) -> set[str]:
        """As `refresh`; the modules, of those that were located before, that are different now."""
        before = dict(self._located)
        self.refresh(import_roots, sources)
        return {name for name, was in before.items() if (now := self.locate(name)) is not was and now != was}

    def reread(self, sources: Sources, paths: Iterable[str]) -> set[str]:
        """Take texts from `sources` from here on; the modules, of those that were located, that are different now because the files at `paths` are.

        Cheap, because nothing else is looked at: an editor asks at every keystroke. New files are seen at the next `refresh`.
        """
        self._now.sources = sources
        wanted = {*paths}
        changed: set[str] = set()
        for name, was in list(self._located.items()):
            kind = type(was)  # asked of thousands, at every keystroke
            if (kind is SourceModule and was.path in wanted) or (kind is MissingModule and was.why.partition(" can't be read: ")[0] in wanted):  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
                now = self._located[name] = self._locate(name)
                if now is not was and now != was:
                    changed.add(name)
        return changed

    @contextmanager
    def asked(self) -> Generator[set[str], None, None]:
        """Notes the modules that are located meanwhile: all that an answer about code can depend on."""
        before, self._asked = self._asked, set()
        try:
            yield self._asked
        finally:
            if before is not None:
                before |= self._asked
            self._asked = before

    def note_asked(self, modules: Iterable[str]) -> None:
        """Note these modules, which an answer depends on that was given before, as located now."""
        if self._asked is not None:
            self._asked.update(modules)

    def forget(self) -> None:
        """Let go of what was analysed since the last `keep` without writing it: of an open buffer it is of no use to the next process."""
        self._new_facts, self._new_indexes = {}, {}

    def keep(self) -> None:
        """Write what was analysed since the last call to the facts table, in one go."""
        if self._new_facts:
            self.table.put_many(self._new_facts, CODEGRAPH_VERSION)
            self._new_facts = {}
        if self._new_indexes:
            self.table.put_indexes(self._new_indexes, CODEGRAPH_VERSION)
            self._new_indexes = {}

    # --- modules ---------------------------------------------------------------------------------------------------

    def locate(self, module: str) -> Located:
        """The module called `module`."""
        if self._asked is not None:
            self._asked.add(module)
        found = self._located.get(module)
        if found is None:
            found = self._located[module] = self._locate(module)
        return found

    def located_paths(self) -> list[str]:
        """The files of the project modules that were located in this moment."""
        return [found.path for found in self._located.values() if isinstance(found, SourceModule)]

    def _locate(self, module: str) -> Located:
        file = self._now.names.locate(module)
        if file is None:
            return MissingModule(module)
        match file.kind:
            case "stdlib":
                return ExternalModule(module, "python")
            case "external":
                return ExternalModule(module, self._owner(file.path or file.folders[0], module))
            case "namespace":
                return NamespacePackage(module)
            case "extension":
                return CompiledModule(file.name, str(file.path))
            case "source" | "package":
                path = str(file.path)
                if path.startswith(_OWN_FOLDERS):
                    return ExternalModule(module, OWN_DISTRIBUTION)
                return self._read(file.name, path, is_package=file.kind == "package")

    def written(self, module: str) -> Written | None:
        """The text of a module of project code, without an index of it; None for any other."""
        file = self._now.names.locate(module)
        if file is None or file.kind not in {"source", "package"} or str(file.path).startswith(_OWN_FOLDERS):
            return None
        source = self._now.sources.read(str(file.path))
        return None if isinstance(source, Unreadable) else Written(file.name, source, file.kind == "package")

    def _read(self, module: str, path: str, *, is_package: bool) -> SourceModule | MissingModule:
        source = self._now.sources.read(path)
        is_text = not isinstance(source, Unreadable)
        return self.module_of(Written(module, source, is_package)) if is_text else MissingModule(module, f"{path} can't be read: {source.detail}")

    def module_of(self, written: Written) -> SourceModule:
        """The module that has this text."""
        module, source, path = written.name, written.source, written.source.path
        known = self._modules.get(module)
        if known is not None and known[0] == source.digest and known[1].path == path:
            return known[1]
        # The last text that was Python: an editor goes back to it while what is typed is none.
        sound = self._sound.get(module)
        before = sound[1] if sound is not None and sound[1].path == path else None
        if before is not None and sound is not None and sound[0] == source.digest:
            made = before
        else:
            made = SourceModule(module, path, source.text, self._index(source, before), written.is_package)
        self._modules[module] = (source.digest, made)
        if made.index.error is None:
            self._sound[module] = (source.digest, made)
        return made

    def _index(self, source: SourceText, before: SourceModule | None) -> ModuleIndex:
        if source.signature is None and before is not None:
            from hitsave.codegraph.reindex import reindex

            edited = reindex(before.lines, before.index, source.text)
            if edited is not None:
                return edited
        kept = self.table.get_indexes([source.digest], CODEGRAPH_VERSION).get(source.digest)
        if kept is not None:
            try:
                return index_from_plain(decode(kept))
            except (ValueError, TypeError, KeyError):
                pass
        from hitsave.codegraph.indexing import index_module  # loads Python's parser, of which a process that knows its files has no need

        made = index_module(source.text)
        if source.signature is not None:
            self._new_indexes[source.digest] = encode(index_to_plain(made))
        return made

    def facts(self, text: str) -> StatementFacts:
        """The facts of a statement; analysed once, then remembered."""
        digest = statement_digest(text)
        found = self._facts.get(digest) or self._kept_facts(digest)
        if found is None:
            from hitsave.codegraph.frontend import analyse_statement

            found = analyse_statement(text)
            if found.error is None:  # nesting that was too deep here may not be so with another stack
                self._new_facts[digest] = encode(to_plain(found))
        if len(self._facts) >= _MEMORY:
            self._facts.clear()
        self._facts[digest] = found
        return found

    def _kept_facts(self, digest: Digest) -> StatementFacts | None:
        kept = self.table.get_many([digest], CODEGRAPH_VERSION).get(digest)
        if kept is None:
            return None
        try:
            return from_plain(decode(kept))
        except (ValueError, TypeError, KeyError):
            return None

    # --- files -----------------------------------------------------------------------------------------------------

    def module_name(self, path: str) -> str:
        """The symbol name of the module that the file at `path` is."""
        name = self._names.get(path)
        if name is None:
            name = self._names[path] = self._now.names.name_of(path)
        return name

    def external_distribution(self, path: str) -> str | None:
        """The distribution that a file belongs to, "python" for the standard library; None for project code."""
        if path not in self._foreign:
            self._foreign[path] = self._whose(path)
        return self._foreign[path]

    def _whose(self, path: str) -> str | None:
        if os.path.abspath(path).startswith(_OWN_FOLDERS):
            return OWN_DISTRIBUTION
        match self._workspace.origin_of(path):
            case "stdlib":
                return "python"
            case "external":
                return self._owner(path, os.path.basename(path))
            case "project":
                return None

    def _owner(self, path: str | Path, module: str) -> str:
        found = self._now.distributions.of_path(path)
        return found.name if found is not None else module.partition(".")[0]

    def project_root(self, path: str) -> str:
        """The root of the project that a file belongs to."""
        folder = os.path.dirname(path) if os.path.isabs(path) else self.root
        if folder not in self._roots:
            self._roots[folder] = find_root(folder, script_folder=self.root)
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

    def version(self, distribution: str, sensitivity: Sensitivity) -> str:
        """As much of the installed version of a distribution as `sensitivity` looks at; "" if it is not installed."""
        found = self._named(distribution)
        return "" if found is None else found.counted(sensitivity)

    def requires(self, distribution: str) -> tuple[str, ...]:
        """The distributions that a distribution requires, those that are installed."""
        found = self._named(distribution)
        return tuple(r for r in found.requires if self._named(r) is not None) if found is not None else ()

    def reads_documentation(self, distribution: str) -> bool:
        """Whether code of a distribution, or of one that it requires, may read docstrings or annotations of what it is given. Found out once for a version, and kept."""
        known = {distribution}
        for name in (waiting := [distribution]):
            if name in NOT_READING:
                continue
            if self._reads_documentation(name):
                return True
            waiting.extend(r for r in self.requires(name) if r not in known)
            known.update(waiting)
        return False

    def _reads_documentation(self, distribution: str) -> bool:
        known = self._documentation_readers.get(distribution)
        if known is None:
            installed = self._named(distribution)
            if installed is None or installed.editable:
                return True
            key = digest_parts(_READERS_CONTEXT, installed.name.encode(), installed.counted("exact").encode())
            kept = self.table.get_many([key], CODEGRAPH_VERSION).get(key)
            known = may_read_documentation(self._now.distributions.locations(distribution)) if kept is None else decode(kept) is True
            if kept is None:
                self._new_facts[key] = encode(known)
            self._documentation_readers[distribution] = known
        return known

    def sensitivity(self, distribution: str, *, named: bool) -> Sensitivity:
        """How closely a distribution's version is looked at: named in reached code, or only required by one that is."""
        return self.settings.sensitivity_of_named(distribution) if named else self.settings.sensitivity_of_required(distribution)

    def _named(self, distribution: str) -> Distribution | None:
        if distribution not in self._distributions:
            self._distributions[distribution] = self._now.distributions.named(distribution)
        return self._distributions[distribution]
