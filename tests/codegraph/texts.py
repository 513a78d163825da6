"""A library of modules that are given as texts."""

from __future__ import annotations

import sys
from textwrap import dedent

from hitsave.codegraph.facts import StatementFacts
from hitsave.codegraph.frontend import analyse_statement
from hitsave.codegraph.indexing import index_module
from hitsave.codegraph.library import CompiledModule, ExternalModule, Located, MissingModule, NamespacePackage, SourceModule

INSTALLED = {"numpy": "numpy", "hitsave": "hitsave"}


class Texts:
    """Modules by name; the name of a package ends in a dot, and a module without text is compiled. The standard library, numpy and HitSave are installed."""

    def __init__(self, **texts: str | None) -> None:
        self.analysed: list[str] = []
        self._texts: dict[str, str | None] = {}
        for name, text in texts.items():
            self.put(name, text)

    def put(self, name: str, text: str | None) -> None:
        """Write a module, or write it anew."""
        self._texts[name] = None if text is None else dedent(text)

    def locate(self, module: str) -> Located:
        for name in (module, module + "."):
            if name not in self._texts:
                continue
            text = self._texts[name]
            if text is None:
                return CompiledModule(module, f"{module}.so")
            return SourceModule(module, f"{module}.py", text, index_module(text), name.endswith("."))
        if any(name.startswith(module + ".") for name in self._texts):
            return NamespacePackage(module)
        top = module.partition(".")[0]
        if top in INSTALLED:
            return ExternalModule(module, INSTALLED[top])
        return ExternalModule(module, "python") if top in sys.stdlib_module_names else MissingModule(module)

    def reads_documentation(self, distribution: str) -> bool:
        return distribution not in {"python", "hitsave"}

    def facts(self, text: str) -> StatementFacts:
        self.analysed.append(text)
        return analyse_statement(text)
