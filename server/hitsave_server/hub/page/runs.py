"""The panel's questions about the projects of a hub, answered."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any, Final

from hitsave.panel.answering import Answers
from hitsave_server.hub.page.team_store import TeamStore
from hitsave_server.hub.service import Service

_MOST_PROJECTS: Final = 16


class TeamRuns:
    """Answers for each project, of which those asked for last are kept. Called on threads; of a project, one question is answered at a time."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._lock = threading.Lock()
        self._answers: OrderedDict[int, tuple[Answers, threading.Lock]] = OrderedDict()

    def answer(self, project: int, name: str, method: str, given: Mapping[str, Any]) -> Any:
        """The answer to one request; HitSaveError with a sentence for a person where there is none."""
        with self._lock:
            known = self._answers.pop(project, None) or (Answers(TeamStore(self._service, project, name)), threading.Lock())
            self._answers[project] = known
            while len(self._answers) > _MOST_PROJECTS:
                self._answers.popitem(last=False)
        answers, turn = known
        with turn:
            return answers.answer(method, given)
