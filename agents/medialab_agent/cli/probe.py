"""`medialab-agent probe`: look once, without a hub, and say what is there. Changes nothing."""

import asyncio
import json
import tempfile
from dataclasses import replace
from pathlib import Path

from medialab_agent.bootstrap import Runtime, sources_of
from medialab_agent.runtime.shelf import Shelf
from medialab_agent.settings import Settings
from medialab_wire.reports import Report


def probe(settings: Settings, seconds: float) -> int:
    """Print buses and devices as JSON after looking for so many seconds."""
    with tempfile.TemporaryDirectory(prefix="medialab-probe-") as folder:
        found = asyncio.run(_look(replace(settings, data_dir=Path(folder)), seconds))
    print(json.dumps(found, ensure_ascii=False, indent=2))
    return 0


async def _look(settings: Settings, seconds: float) -> dict[str, object]:
    shelf = Shelf()
    reports: dict[str, Report] = {}
    sources = sources_of(settings, shelf)
    runtime = Runtime(settings, shelf, sources, lambda report: reports.update({report.dev: report}), lambda _: None)
    await runtime.start()
    try:
        await asyncio.sleep(seconds)
        buses = [source.fact().model_dump(mode="json", exclude_none=True) for source in sources]
    finally:
        await runtime.close()
    devices = [report.model_dump(mode="json", exclude_none=True) for report in reports.values()]
    return {"buses": buses, "devices": devices}
