"""What is measured, for Prometheus; added up over the workers of one machine where `PROMETHEUS_MULTIPROC_DIR` says where."""

from __future__ import annotations

import os
from functools import cache
from typing import Final

from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, Counter, Gauge, Histogram, generate_latest, multiprocess

REQUESTS: Final = Counter("hitsave_hub_requests", "Requests, by route and status.", ["route", "status"])
SECONDS: Final = Histogram("hitsave_hub_request_seconds", "Time to answer.", ["route"], buckets=(0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30))
BYTES: Final = Counter("hitsave_hub_body_bytes", "Bytes of bodies, by direction.", ["direction"])
BYTES_IN: Final = BYTES.labels("in")
BYTES_OUT: Final = BYTES.labels("out")
UNDER_WAY: Final = Gauge("hitsave_hub_requests_under_way", "Requests that are being answered.", multiprocess_mode="livesum")


@cache
def answered(route: str, status: int) -> tuple[Counter, Histogram]:
    """What counts answers of a route with a status, and what measures how long the route takes."""
    return REQUESTS.labels(route, str(status)), SECONDS.labels(route)


def page() -> tuple[bytes, str]:
    """The page that Prometheus reads, and its media type."""
    if not os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        return generate_latest(REGISTRY), CONTENT_TYPE_LATEST
    registry = CollectorRegistry()
    multiprocess.MultiProcessCollector(registry)
    return generate_latest(registry), CONTENT_TYPE_LATEST
