"""One end of a cable: `drone` is a simulated Tello at its real address, `watch` the agent's source with no settings but
its pace. A line on standard input ends it; then it tells what it heard."""

import asyncio
import json
import sys

from medialab_agent.drivers.tello.drone import HOST, PORT, STATE_PORT
from medialab_agent.drivers.tello.simulator import TelloSimulator
from medialab_agent.drivers.tello.source import TelloSource
from medialab_wire.sightings import Sighting


def say(**told: object) -> None:
    """One line of JSON."""
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()


async def drone() -> None:
    """Counts what it is asked."""
    heard: list[str] = []
    tello = TelloSimulator("0TQDG2KEDB0101", host=HOST, port=PORT, state_port=STATE_PORT)
    answer = tello.answer

    def listen(said: str, host: str) -> bytes | None:
        heard.append(said)
        return answer(said, host)

    tello.answer = listen  # type: ignore[method-assign]
    await tello.start()
    say(is_on=True)
    await asyncio.to_thread(sys.stdin.readline)
    await tello.stop()
    say(heard=sorted(set(heard)))


async def watch() -> None:
    """Tells each sighting at once, the source's fact at the end."""

    def see(sighting: Sighting) -> None:
        say(key=sighting.key, present=sighting.present, facts=sighting.facts)

    source = TelloSource({"every_s": "0.2", "answer_s": "0.5"})
    running = asyncio.create_task(source.run(see))
    await asyncio.to_thread(sys.stdin.readline)
    running.cancel()
    say(status=source.fact().status.value, seen=source.fact().seen)


asyncio.run({"drone": drone, "watch": watch}[sys.argv[1]]())
