"""Whoever collects traces, metrics or logs in this process hears nothing of a request."""

from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from opentelemetry import _logs, metrics, trace

from tests.fixtures.hubs import HubInThread


class Listening(trace.TracerProvider, metrics.MeterProvider, _logs.LoggerProvider):
    """Collects who wants to record: an instrument is asked for before anything can be recorded."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def get_tracer(self, instrumenting_module_name: str, *_: Any, **__: Any) -> trace.Tracer:
        self.asked.append(f"{instrumenting_module_name} traces")
        return trace.NoOpTracer()

    def get_meter(self, name: str, *_: Any, **__: Any) -> metrics.Meter:
        self.asked.append(f"{name} metrics")
        return metrics.NoOpMeter(name)

    def get_logger(self, name: str, *_: Any, **__: Any) -> _logs.Logger:
        self.asked.append(f"{name} logs")
        return _logs.NoOpLogger(name)


@pytest.fixture
def listening(monkeypatch: pytest.MonkeyPatch) -> Listening:
    """Set for the whole process, where the official ways to do that put it: they cannot be undone."""
    provider = Listening()
    monkeypatch.setattr("opentelemetry.trace._TRACER_PROVIDER", provider)
    monkeypatch.setattr("opentelemetry.metrics._internal._METER_PROVIDER", provider)
    monkeypatch.setattr("opentelemetry._logs._internal._LOGGER_PROVIDER", provider)
    return provider


async def test_an_application_that_was_told_nothing_sends_all_three(listening: Listening) -> None:
    """Else the next test would prove nothing."""
    transport = httpx.ASGITransport(FastAPI())
    async with httpx.AsyncClient(transport=transport, base_url="http://hub") as client:
        await client.get("/nowhere")
    assert sorted(listening.asked) == ["fastapi logs", "fastapi metrics", "fastapi traces"]


def test_the_hub_sends_nothing(hub: HubInThread, listening: Listening) -> None:
    with hub.client() as client:
        assert client.get("/healthz").status_code == 200
        assert client.get("/api/v1/devices").status_code == 200
        assert client.get("/api/v1/devices", params={"limit": "many"}).status_code == 422
        assert client.get("/api/v1/devices/dev-nobody").status_code == 404
    assert listening.asked == []
