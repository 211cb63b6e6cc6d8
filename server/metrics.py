"""Figures about the whole process. Labels are route templates and codes, never ids or addresses."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector


class Metrics:
    """Other parts add their own figures to `registry`."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self.requests = Counter(
            "aparte_requests",
            "HTTP requests answered.",
            ("method", "route", "status"),
            registry=self.registry,
        )
        self.seconds = Histogram(
            "aparte_request_seconds",
            "From the head of a request to its answer's end.",
            ("route",),
            registry=self.registry,
        )
        self.refusals = Counter(
            "aparte_refusals",
            "Requests refused, by the code they were answered with.",
            ("code",),
            registry=self.registry,
        )
        self.faults = Counter(
            "aparte_faults",
            "Faults of the server or of its disk.",
            ("kind",),
            registry=self.registry,
        )
