"""Everything that a project's text is read through, made from what a run or an editor says about itself."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING

from hitsave.workspace.distributions import Distributions
from hitsave.workspace.folders import Folders
from hitsave.workspace.module_names import ModuleNames
from hitsave.workspace.module_search import ModuleSearch
from hitsave.workspace.origins import Origin, Origins
from hitsave.workspace.project import Project
from hitsave.workspace.sources import DiskSources, Sources

if TYPE_CHECKING:
    from _typeshed import StrPath


class Workspace:
    """One project, seen along one import path.

    `import_roots` is ``sys.path`` as the run had it. Where no run has said, `default_import_roots` is a guess from the project alone.
    Questions look at the disk each time; `moment` gives one picture of the folders, for a check that asks many.
    """

    def __init__(self, project: Project, import_roots: Iterable[StrPath], sources: Sources | None = None) -> None:
        self.project = project
        self.sources: Sources = DiskSources() if sources is None else sources
        roots = [*import_roots]
        folders = Folders()
        self.distributions = Distributions(roots, folders)
        origins = Origins(project.root, self.distributions.search_path, self.distributions.tracked(project.settings.track))
        self.search = ModuleSearch(roots, origins, editable_modules=self.distributions.editable_modules, folders=folders)
        self.names = ModuleNames(self.search, project.root, project.settings.source_roots)

    def moment(self, sources: Sources | None = None) -> Workspace:
        """The same workspace over one picture of the disk's folders, with other sources if given. Make one for each check, and drop it."""
        moment = Workspace.__new__(Workspace)
        moment.project = self.project
        moment.sources = self.sources if sources is None else sources
        moment.names = self.names.moment()
        moment.search = moment.names.search
        moment.distributions = self.distributions.moment(moment.search.folders)
        return moment

    def origin_of(self, path: StrPath) -> Origin:
        """Whose code the file at `path` is."""
        return self.search.origins.of(path)


def default_import_roots(project: Project, interpreter_path: Iterable[StrPath], script_folder: StrPath | None = None) -> list[str]:
    """The import roots that a run of `project` would likely have: the script's folder, the project's root and source roots, then `interpreter_path`, the interpreter's own."""
    root = project.root
    own = [os.path.join(root, *name.split("/")) for name in project.settings.source_roots]
    first = [] if script_folder is None else [str(script_folder)]
    return list(dict.fromkeys([*first, root, *filter(os.path.isdir, own), *(str(p) for p in interpreter_path)]))
