"""Findings as SARIF 2.1.0, which code scanning services read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from hitsave import __version__
from hitsave.advice.finding import Finding, Span
from hitsave.advice.linting import Linted
from hitsave.advice.rules import RULES
from hitsave.digest import digest_parts

SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_CONTEXT: Final = "hitsave 2026 v1 sarif finding"
_ROOT: Final = "PROJECTROOT"


def sarif(linted: Linted, root: str, shown: Callable[[str], str]) -> dict[str, Any]:
    """One run of the linter. Paths are relative to `root` where inside it; columns count in code points."""
    indexes = {code: number for number, code in enumerate(RULES)}
    rules = [
        {
            "id": rule.code,
            "name": "".join(word.capitalize() for word in rule.name.split("-")),
            "shortDescription": {"text": f"A memoised function {rule.title}"},
            "help": {"text": f"{rule.advice}.", **({} if rule.page is None else {"markdown": rule.page.read_text(encoding="utf-8")})},
            "defaultConfiguration": {"level": "note" if rule.code in {"HS005", "HS011", "HS014"} else "warning"},
        }
        for rule in RULES.values()
    ]
    run: dict[str, Any] = {
        "tool": {"driver": {"name": "hitsave", "version": __version__, "semanticVersion": __version__, "rules": rules}},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {_ROOT: {"uri": Path(root).as_uri() + "/"}},
        "results": [_result(finding, number, indexes[finding.code], shown) for finding, number in _numbered(linted.findings)],
        "invocations": [
            {
                "executionSuccessful": not linted.broken,
                "toolExecutionNotifications": [
                    {
                        "level": "error",
                        "message": {"text": str(fault)},
                        "locations": [{"physicalLocation": {"artifactLocation": _artifact(fault.path)}}],
                    }
                    for fault in linted.broken
                ],
            }
        ],
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _numbered(findings: Iterable[Finding]) -> Iterator[tuple[Finding, int]]:
    """Findings that nothing but their place tells apart, counted."""
    seen: Counter[tuple[object, ...]] = Counter()
    for finding in findings:
        alike = finding.code, finding.function, finding.chain[-1], finding.what
        yield finding, seen[alike]
        seen[alike] += 1


def _fingerprint(finding: Finding, number: int) -> str:
    """What stays the same when lines are added above a finding."""
    parts = (finding.code, str(finding.function), str(finding.chain[-1]), finding.what, str(number))
    return digest_parts(_CONTEXT, *(part.encode() for part in parts)).hex()[:32]


def _result(finding: Finding, number: int, index: int, shown: Callable[[str], str]) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": finding.code,
        "ruleIndex": index,
        "level": finding.level,
        "message": {"text": f"{finding.message}."},
        "locations": [
            {
                "physicalLocation": _location(finding.span, shown),
                "logicalLocations": [{"fullyQualifiedName": str(finding.chain[-1]), "kind": "function"}],
            }
        ],
        "partialFingerprints": {"hitsave/v1": _fingerprint(finding, number)},
    }
    if finding.at != finding.span:
        result["relatedLocations"] = [
            {"id": 1, "message": {"text": f"{finding.function.name}() is memoised here"}, "physicalLocation": _location(finding.at, shown)}
        ]
    return result


def _location(span: Span, shown: Callable[[str], str]) -> dict[str, Any]:
    region = {"startLine": span.line, "startColumn": span.column, "endLine": span.end_line, "endColumn": span.end_column}
    return {"artifactLocation": _artifact(shown(span.path)), "region": region}


def _artifact(path: str) -> dict[str, Any]:
    if Path(path).is_absolute():
        return {"uri": Path(path).as_uri()}
    return {"uri": quote(path), "uriBaseId": _ROOT}
