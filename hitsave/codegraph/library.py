"""Where code comes from, as the code graph sees it: a library that finds modules by name.

The code graph does no I/O. The workspace gives it files and open buffers through this protocol; so does the runtime, with notebook cells added.
"""

from __future__ import annotations

import io
from functools import cached_property, lru_cache
from typing import Final, Protocol

from hitsave.codegraph.facts import StatementFacts
from hitsave.codegraph.index import ModuleIndex, statement_text
from hitsave.patterns import pattern
from hitsave.structs import frozen

_WORD: Final = pattern(r"\w+")


@frozen
class SourceModule:
    """A module of project code: its text and index. `path` is for people; symbols never depend on it."""

    name: str
    path: str
    text: str
    index: ModuleIndex
    is_package: bool = False

    @cached_property
    def lines(self) -> list[str]:
        """The text's lines, with their line ends."""
        return _python_lines(self.text)

    @cached_property
    def effect_words(self) -> tuple[tuple[int, frozenset[str]], ...]:
        """The words of each statement that may change what another one made, by its position: looked at for every definition, they are found once."""
        return tuple([(position, _words(self.statement(position))) for position in self.index.effects])

    def statement(self, position: int) -> str:
        """The text of the statement at `position` of the index."""
        return statement_text(self.lines, self.index.statements[position])


@frozen
class ExternalModule:
    """A module outside of the project: of the standard library (`distribution` "python") or of an installed distribution."""

    name: str
    distribution: str


@frozen
class CompiledModule:
    """A compiled extension inside the project: it counts by the digest of its file."""

    name: str
    path: str


@frozen
class NamespacePackage:
    """A folder of project code without ``__init__.py``."""

    name: str


@frozen
class MissingModule:
    """No such module, or its file can't be read as Python text: `why` says so."""

    name: str
    why: str = "there is no such module"


Located = SourceModule | ExternalModule | CompiledModule | NamespacePackage | MissingModule


class Library(Protocol):
    """Finds modules by their dotted name, and knows the facts of statements."""

    def locate(self, module: str) -> Located:
        """The module that an import of `module` would load."""
        ...

    def facts(self, text: str) -> StatementFacts:
        """The facts of a top-level statement with this text."""
        ...

    def reads_documentation(self, distribution: str) -> bool:
        """Whether code of an installed distribution may read docstrings or annotations of what it is given."""
        ...


@lru_cache(maxsize=10_000)
def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text))


def _python_lines(text: str) -> list[str]:
    r"""Lines as Python's tokenizer counts them: only \n, \r\n and \r end one (`str.splitlines` knows eight more)."""
    return io.StringIO(text, newline="").readlines()
