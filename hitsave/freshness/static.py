"""Text alone as the world that Records are checked against: for the command line and the editor. Runs nothing."""

from __future__ import annotations

from hitsave.codegraph.closure import Walker
from hitsave.codegraph.definitions import Found, Maker
from hitsave.codegraph.graph import CodeNode
from hitsave.codegraph.library import Library
from hitsave.codegraph.resolution import Resolution, parse_name_key
from hitsave.codegraph.resolve import EVERY_MODULES
from hitsave.codegraph.symbols import Symbol
from hitsave.freshness.accepted import Accepted
from hitsave.freshness.check import CaptureAnswer
from hitsave.freshness.literals import literal_digest
from hitsave.freshness.record import CaptureCheck, EnvironmentCheck, FileCheck, given_elsewhere
from hitsave.freshness.surroundings import Surroundings


class StaticWorld:
    """Answers checks from the current text, and from files and distributions as they are."""

    text_only = True

    def __init__(self, library: Library, surroundings: Surroundings) -> None:
        self.walker = Walker(library)
        self.surroundings = surroundings
        self.root = surroundings.root
        self.python = surroundings.python
        self.optimize = surroundings.optimize
        self.accepted = Accepted()

    def code(self, symbol: Symbol, *, documented: int, bare: bool) -> CodeNode | None:
        """The definition of a symbol in the text."""
        found = self.definition(symbol)
        return None if found is None else self.walker.node(symbol, found, documented=documented, bare=bare)

    def definition(self, symbol: Symbol) -> Found | None:
        """The definition of a symbol in the text."""
        return self.walker.definitions.find(symbol)

    def maker(self, symbol: Symbol) -> Maker | None:
        """The text that makes a module variable."""
        return self.walker.definitions.maker(symbol)

    def name(self, module: str, key: str) -> tuple[Resolution, ...]:
        """What text allows a name to stand for."""
        read = parse_name_key(key)
        found = self.walker.resolver.resolve(module, read)
        if read.origin is None and read.path[0] in EVERY_MODULES and found[0].kind == "builtin":
            return (*found, Resolution("value", f"{module}:{read.path[0]}"))  # as a process sees it, which has a value there
        return found

    def capture(self, check: CaptureCheck) -> CaptureAnswer:
        """By the text that makes it: a literal tells its value; another text that is unchanged makes an assumption; one that changed needs a run."""
        symbol = Symbol.parse(check.symbol)
        maker = self.maker(symbol)
        if maker is None:
            return "changed" if check.made_by is not None else "assumed"
        if check.value is None:
            return "same" if maker.digest == check.made_by else "changed"
        if check.made_by == given_elsewhere(maker.digest):
            return "assumed"
        literal = literal_digest(maker)
        if maker.digest == check.made_by:
            return "same" if literal == check.value else "assumed"  # of a literal too: another module may have changed the value
        return "unknown" if literal is None else "same" if literal == check.value else "changed"

    def external(self, distribution: str, sensitivity: str) -> str:
        """The installed version."""
        return self.surroundings.external(distribution, sensitivity)

    def compiled(self, module: str) -> bytes | None:
        """The digest of a compiled extension's file."""
        return self.surroundings.compiled(module)

    def file(self, check: FileCheck) -> bytes | None:
        """The digest of a file or listing now."""
        return self.surroundings.file(check)

    def environment(self, check: EnvironmentCheck) -> bytes | None:
        """The digest of an environment variable here; another shell's may differ."""
        return self.surroundings.environment(check)
