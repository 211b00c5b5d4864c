"""`medialab-hub serve` and `medialab-hub demo`: run the hub, and an agent with it when asked to."""

import asyncio
import contextlib
import gc
import logging
import signal
import sys
from pathlib import Path

from medialab_hub.bootstrap import Hub
from medialab_hub.cli.notify import notify
from medialab_hub.errors import HubError
from medialab_hub.settings import VERSION, Settings

log = logging.getLogger(__name__)

DEMO_FOLDER = "demo"
"""The practice lab keeps its data apart, below the data folder."""


def run(settings: Settings, *, agent: str | None) -> int:
    """Run until Ctrl-C or SIGTERM. `agent` is the subcommand of the local agent, None for no agent."""
    try:
        with asyncio.Runner(loop_factory=_fast_loop()) as runner:
            runner.run(_serve(settings, agent))
    except HubError as error:
        remedy = error.remedy
        print(error.title.de, remedy.de if remedy else "", f"({error.detail})" if error.detail else "", file=sys.stderr)
        print(error.title.en, remedy.en if remedy else "", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"Der Hub kann nicht starten. / The hub cannot start. {error}", file=sys.stderr)
        return 1
    return 0


def demo_settings(settings: Settings) -> Settings:
    """The same hub with data of its own."""
    return settings.model_copy(update={"data_dir": Path(settings.data_dir) / DEMO_FOLDER})


async def _serve(settings: Settings, agent: str | None) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    hub = Hub(settings, local_agent=agent)
    try:
        starting = asyncio.create_task(hub.start())
        stopped = asyncio.create_task(stop.wait())
        await asyncio.wait({starting, stopped}, return_when=asyncio.FIRST_COMPLETED)
        if not starting.done():
            starting.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await starting
            _keep_what_is_there()
            await _greet(hub)
            notify("READY=1")
        await stopped
        notify("STOPPING=1")
    finally:
        gc.unfreeze()  # what the loop holds must be gone before the interpreter ends
        await hub.stop()


def _keep_what_is_there() -> None:
    """The modules and the fleet stay: from now on the collector looks only at what came later, which is quick."""
    gc.collect()
    gc.freeze()


async def _greet(hub: Hub) -> None:
    print(f"MediaLab Hub {VERSION}: {hub.url}", flush=True)
    if not hub.admission.has_admin:
        print(f"Erste Anmeldung (15 Minuten gültig) / first sign-in (valid 15 minutes): {await hub.first_link()}")
    print("Beenden mit Strg+C / stop with Ctrl+C", flush=True)


def _fast_loop() -> type[asyncio.AbstractEventLoop] | None:
    try:
        import uvloop
    except ImportError:  # no wheel for this processor
        return None
    return uvloop.Loop
