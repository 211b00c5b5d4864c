"""A foreign client of Tello drones: djitellopy. Takes host, port, state port and orders; prints what it found."""

import json
import os
import sys

from djitellopy_reduced import Tello, TelloException


def main() -> None:
    """Orders: `read`, or the name of one of its methods that sends a command, such as `takeoff`."""
    host, port, state_port, order = sys.argv[1:]
    # Its own port is as free as the drone's here, for both are on one machine.
    Tello.CONTROL_UDP_PORT, Tello.STATE_UDP_PORT = 0, int(state_port)
    drone = Tello(host, retry_count=1)
    drone.address = (host, int(port))
    drone.connect()
    found = {"battery": drone.get_battery(), "height": drone.get_height(), "motor_time": drone.get_flight_time()}
    if order == "read":
        found |= {
            "asked_battery": drone.query_battery(),
            "serial": drone.query_serial_number(),
            "sdk": drone.query_sdk_version(),
            "wifi": drone.query_wifi_signal_noise_ratio(),
        }
    else:
        try:
            getattr(drone, order)()
        except TelloException:
            found["refused"] = order
    sys.stdout.write(json.dumps(found) + "\n")
    sys.stdout.flush()
    # Its listening threads never end by themselves, and its destructor would send one more command.
    os._exit(0)


main()
