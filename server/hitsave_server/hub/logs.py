"""Logs: one JSON object a line, on standard error, without secrets."""

from __future__ import annotations

import json
import logging
import re
from typing import Any, Final

_OURS: Final = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "color_message", "taskName"}
# Tokens, the secrets of sessions and machines, signed S3 requests, and passwords in addresses.
_SECRETS: Final = (
    (re.compile(r"hsk_([a-z0-9]{8})_[\w-]+"), r"hsk_\1_…"),
    (re.compile(r"(?i)(bearer|authorization:|cookie:|x-amz-signature=|password=|secret=|#invitation=)(\s*)[^\s,;&\"']+"), r"\1\2…"),
    (re.compile(r"(\w+://[^\s:/@]+:)[^\s@/]+@"), r"\1…@"),
)


def redacted(text: str) -> str:
    """`text` without what must not be in a log.

    >>> redacted("GET /x?a=1 Authorization: Bearer hsk_abcdefgh_0123456789")
    'GET /x?a=1 Authorization: … hsk_abcdefgh_…'
    """
    for pattern, instead in _SECRETS:
        text = pattern.sub(instead, text)
    return text


class Lines(logging.Formatter):
    """A record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        told: dict[str, Any] = {
            "at": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": redacted(record.getMessage()),
        }
        told |= {name: redacted(value) if isinstance(value, str) else value for name, value in vars(record).items() if name not in _OURS}
        if record.exc_info:
            told["traceback"] = redacted(self.formatException(record.exc_info))
        return json.dumps(told, default=str)


def set_up() -> None:
    """Send all logs to standard error."""
    handler = logging.StreamHandler()
    handler.setFormatter(Lines())
    for name, level in (("", logging.WARNING), ("hitsave", logging.INFO), ("uvicorn", logging.WARNING)):
        logger = logging.getLogger(name)
        logger.handlers = [handler] if name == "" else []
        logger.setLevel(level)
        logger.propagate = True
