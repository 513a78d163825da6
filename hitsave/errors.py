"""Every error and warning that HitSave raises itself.

    HitSaveError
    ├── StoreError                the store can't be used: path, what is wrong, what to do
    │   ├── StoreVersionError     the store was written by a newer HitSave
    │   ├── StoreUnsafeError      others can write the store's folder
    │   └── DamagedError          something stored is missing, or is not what was stored: a miss, for who wanted it
    ├── HubError                  the team server can't be used: it is not there, answers otherwise than it should, or nobody is logged in
    │   ├── HubRefusedError       it says no: the token is not known, or has no right to this
    │   └── ForgedError           what it sent is not what its digest or its signature says; nothing of it was used
    ├── UndigestibleError         a value has no digest: the path to it, its type
    ├── UnstorableError           a result can't be turned into bytes
    ├── ChangedError              an input is not what it was when the evaluation began
    ├── NoSourceError             the text of a function can't be found or read
    ├── UnknownSymbolError        no such function in this project
    ├── UnknownEntryError         no such entry in this store
    ├── UnknownPathError          no such file or folder
    ├── PathError                 a file or folder can't be read as an input, kept, or put back: its path
    ├── UnknownRuleError          no such rule of advice
    └── SettingError              a setting or option has a value that it can't have
    HitSaveWarning                a call went on without the cache; said once a cause

Data is kept in attributes; the sentence is made by ``__str__`` and ends with what to do next.
The user's own exceptions are never wrapped in any of these.
"""

from __future__ import annotations


class HitSaveError(Exception):
    """Base of all errors that HitSave raises.

    `problem` says what is wrong, `advice` what to do about it; both are sentences without a final full stop.
    """

    def __init__(self, problem: str, advice: str = "") -> None:
        super().__init__(problem, advice)
        self.problem = problem
        self.advice = advice

    def __str__(self) -> str:
        return f"{self.problem}. {self.advice}." if self.advice else f"{self.problem}."


class StoreError(HitSaveError):
    """The store at `path` can't be used."""

    def __init__(self, problem: str, advice: str = "", *, path: str = "") -> None:
        super().__init__(problem, advice)
        self.path = path


class StoreVersionError(StoreError):
    """The store was written by a newer HitSave than this one."""


class StoreUnsafeError(StoreError):
    """The store's folder belongs to another user, or others can write it."""


class DamagedError(StoreError):
    """What is at `path` is missing, or differs from what was stored; what it was for is computed again."""


class HubError(HitSaveError):
    """The team server can't be used, now or at all. `retry_after` are the seconds after which it asked to be tried again, None if it did not."""

    def __init__(self, problem: str, advice: str = "", *, retry_after: float | None = None) -> None:
        super().__init__(problem, advice)
        self.retry_after = retry_after


class HubRefusedError(HubError):
    """The team server does not know the token, or the token has no right to what was asked."""


class ForgedError(HubError):
    """Bytes from a team server that are not what their digest, signature or stated size says."""


class UndigestibleError(HitSaveError):
    """A value that has no digest.

    `value_path` leads to it from the value that was digested, as a person would write it: ``CFG["db"].connection``.
    """

    def __init__(self, value_path: str, type_name: str, advice: str = "") -> None:
        super().__init__(f"{value_path} is a {type_name}, which can't be digested", advice)
        self.value_path = value_path
        self.type_name = type_name


class UnstorableError(HitSaveError):
    """A result that can't be turned into bytes, or back."""


class ChangedError(HitSaveError):
    """An argument or a capture, at `value_path`, that changed while the function ran; a stored result could not do that again."""

    def __init__(self, problem: str, advice: str = "", *, value_path: str = "") -> None:
        super().__init__(problem, advice)
        self.value_path = value_path


class NoSourceError(HitSaveError):
    """The text of a function or module is missing, unreadable or not Python."""


class UnknownSymbolError(HitSaveError):
    """A symbol that names nothing in this project."""


class UnknownEntryError(HitSaveError):
    """An entry ID that names nothing, or more than one thing, in this store."""


class UnknownPathError(HitSaveError):
    """A path that a person named, where there is no file or folder."""


class PathError(HitSaveError):
    """The file or folder at `path` can't be read as an input, be kept, or be put back."""

    def __init__(self, problem: str, advice: str = "", *, path: str = "") -> None:
        super().__init__(problem, advice)
        self.path = path


class UnknownRuleError(HitSaveError):
    """A rule that a person named, and that there is none of."""


class SettingError(HitSaveError):
    """A setting, option or environment variable with a value that it can't have."""


class HitSaveWarning(UserWarning):
    """A call was made without the cache, or an entry was not stored; the text says why and what to do."""
