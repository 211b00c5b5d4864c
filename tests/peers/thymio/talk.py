"""A foreign client of Thymio robots: EPFL's thymiodirect. Takes a port and orders, prints what it found as one JSON."""

import json
import os
import sys
import threading
import time
from collections.abc import Callable

from thymiodirect.connection import Connection

PATIENCE_S = 10.0


def main() -> None:
    """Orders: `read`, `load <words>` (puts a program into the robot), `set <variable> <value>`."""
    port, order, *more = sys.argv[1:]
    # It wakes its own loop only by asking again and again who is there.
    line = Connection.serial(port, refreshing_rate=0.05, discover_rate=0.1)
    threading.Thread(target=line.loop.run_forever, daemon=True).start()
    line.wait_for_handshake(timeout=PATIENCE_S)
    node = line.one_remote_node_id()
    states: list[int] = []

    async def changed(_node: int, pc: int, flags: int) -> None:
        states.append(pc << 16 | flags)

    line.on_execution_state_changed = changed
    if order == "load":
        line.set_bytecode(node, json.loads(more[0]))
        _until(lambda: bool(states))
    if order == "set":
        line.set_var(node, more[0], int(more[1]))
    line.get_variables(node)
    remote = line.remote_nodes[node]
    _until(lambda: remote.var_received and remote.get_var("_fwversion") > 0 and remote.device_uuid is not None)
    found = {
        "name": remote.device_name,
        "uuid": remote.device_uuid,
        "firmware": remote.get_var("_fwversion"),
        "program_size": remote.bytecode_size,
        "variables": remote.var_total_size,
        "battery": remote.get_var_array("_vbat"),
        "motors": [remote.get_var("motor.left.target"), remote.get_var("motor.right.target")],
        "states": states,
    }
    sys.stdout.write(json.dumps(found) + "\n")
    sys.stdout.flush()
    line.shutting_down = True
    # Its reading thread waits for bytes for ever; the process is all there is to end.
    os._exit(0)


def _until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not holds():
        if time.monotonic() > end:
            raise TimeoutError
        time.sleep(0.02)


main()
