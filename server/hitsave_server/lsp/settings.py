"""What a person set, read with patience: a value that a setting can't have is as if it were not set."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal, cast

from lsprotocol.types import DiagnosticSeverity

DiagnosticLevel = Literal["off", "hint", "information", "warning"]
_SEVERITIES: Final[dict[str, DiagnosticSeverity]] = {
    "hint": DiagnosticSeverity.Hint,
    "information": DiagnosticSeverity.Information,
    "warning": DiagnosticSeverity.Warning,
}


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings; `contract.Settings` describes them. `client_commands`: the client has registered the commands that the contract names.

    >>> Settings.of({"settings": {"codeLens": True, "diagnosticLevel": "loud"}})
    Settings(inlay_hints=True, prices=True, code_lens=True, diagnostic_level='hint', client_commands=False)
    """

    inlay_hints: bool = True
    prices: bool = True
    code_lens: bool = False
    diagnostic_level: DiagnosticLevel = "hint"
    client_commands: bool = False

    @classmethod
    def of(cls, options: Any) -> Settings:
        """The settings in a client's initialization options."""
        given = _table(options)
        return cls(client_commands=given.get("clientCommands") is True).changed(given.get("settings"))

    def changed(self, configuration: Any) -> Settings:
        """These settings with what a client's configuration says, with or without a table ``hitsave`` around it."""
        given = _table(configuration)
        given = {**given, **_table(given.get("hitsave"))}
        level = given.get("diagnosticLevel", self.diagnostic_level)
        return Settings(
            inlay_hints=_switch(given.get("inlayHints"), otherwise=self.inlay_hints),
            prices=_switch(given.get("prices"), otherwise=self.prices),
            code_lens=_switch(given.get("codeLens"), otherwise=self.code_lens),
            diagnostic_level=level if level in {"off", *_SEVERITIES} else self.diagnostic_level,
            client_commands=self.client_commands,
        )

    @property
    def severity(self) -> DiagnosticSeverity | None:
        """How stale results are reported; None: not at all."""
        return _SEVERITIES.get(self.diagnostic_level)


def _table(value: Any) -> dict[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def _switch(value: Any, *, otherwise: bool) -> bool:
    return value if isinstance(value, bool) else otherwise
