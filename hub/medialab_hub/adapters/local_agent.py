"""How the agent of the hub's own machine is started."""

import shutil
import sys
from pathlib import Path

from medialab_hub.adapters import broker as brokers
from medialab_hub.adapters.child import Command
from medialab_hub.paths import DataFolder, write_private


def agent_command(
    subcommand: str, name: str, broker: brokers.LocalBroker | brokers.ExternalBroker, folder: DataFolder
) -> Command:
    """How the agent of this machine is started; its password goes through a file only its owner can read."""
    home = folder.agent(name)
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    access = broker.access(name)
    if access.password is not None:
        write_private(home / "mqtt-credentials", f"{access.username}\n{access.password}\n")
    env = {"MEDIALAB_AGENT_ID": name, "MEDIALAB_MQTT_URL": access.url, "MEDIALAB_DATA_DIR": str(home)}
    program = Path(sys.executable).with_name("medialab-agent")
    found = str(program) if program.is_file() else shutil.which("medialab-agent")
    if found is None:
        raise FileNotFoundError("medialab-agent is not installed")
    return Command(f"agent {name}", [found, subcommand], env)
