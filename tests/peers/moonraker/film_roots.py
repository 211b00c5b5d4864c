"""A part for Moonraker that offers two storage roots, as its timelapse extension does: films may be deleted from
outside, the single pictures may not (https://github.com/mainsail-crew/moonraker-timelapse)."""

from pathlib import Path
from typing import Any


class FilmRoots:
    """Registers both folders, which lie beside the print files."""

    def __init__(self, config: Any) -> None:
        files = config.get_server().lookup_component("file_manager")
        for root, full_access in (("timelapse", True), ("timelapse_frames", False)):
            folder = Path(files.datapath) / root
            folder.mkdir(exist_ok=True)
            files.register_directory(root, str(folder), full_access=full_access)


def load_component(config: Any) -> FilmRoots:
    """What Moonraker calls."""
    return FilmRoots(config)
