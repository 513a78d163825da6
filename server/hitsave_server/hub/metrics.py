"""What is measured, for Prometheus; added up over the workers of one machine where `PROMETHEUS_MULTIPROC_DIR` says where."""

from __future__ import annotations

import os
from functools import cache
from typing import Final

from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, Counter, Gauge, Histogram, generate_latest, multiprocess

REQUESTS: Final = Counter("hitsave_hub_requests", "Requests, by route and status.", ["route", "status"])
SECONDS: Final = Histogram("hitsave_hub_request_seconds", "Time to answer.", ["route"], buckets=(0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30))
BYTES: Final = Counter("hitsave_hub_body_bytes", "Bytes of bodies, by direction.", ["direction"])
UNDER_WAY: Final = Gauge("hitsave_hub_requests_under_way", "Requests that are being answered.", multiprocess_mode="livesum")


class Tally:
    """What a worker has answered since it last said so, and what it is answering. Numbers of Python's: to add to one that Prometheus may read costs twenty times as much."""

    def __init__(self) -> None:
        self.under_way = 0
        self.bytes_in = 0
        self.bytes_out = 0
        self._answered: dict[tuple[str, int], int] = {}

    def note(self, route: str, status: int, seconds: float) -> None:
        """A request was answered."""
        answered = route, status
        self._answered[answered] = self._answered.get(answered, 0) + 1
        _seconds(route).observe(seconds)

    def tell(self) -> None:
        """Add it to what Prometheus reads."""
        answered, self._answered = self._answered, {}
        for (route, status), count in answered.items():
            REQUESTS.labels(route, str(status)).inc(count)
        received, sent, self.bytes_in, self.bytes_out = self.bytes_in, self.bytes_out, 0, 0
        BYTES.labels("in").inc(received)
        BYTES.labels("out").inc(sent)
        UNDER_WAY.set(self.under_way)


TALLY: Final = Tally()


@cache
def _seconds(route: str) -> Histogram:
    return SECONDS.labels(route)


def page() -> tuple[bytes, str]:
    """The page that Prometheus reads, and its media type. Of other workers of this machine it says what they had answered some seconds ago."""
    TALLY.tell()
    if not os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        return generate_latest(REGISTRY), CONTENT_TYPE_LATEST
    registry = CollectorRegistry()
    multiprocess.MultiProcessCollector(registry)
    return generate_latest(registry), CONTENT_TYPE_LATEST
