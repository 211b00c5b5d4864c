"""What a firmware script would put into the flash of one board, and how that compares with what is there."""

from dataclasses import dataclass

from medialab_agent.drivers.arduino.boards import Board, Way
from medialab_agent.sdk import intel_hex
from medialab_agent.sdk.firmware import Firmware, Found, Library
from medialab_agent.sdk.firmware_script import bad_script

BLANK = bytes([intel_hex.BLANK])


@dataclass(frozen=True)
class Wanted:
    """A whole application area: the program, and blank flash behind it, so that nothing of a learner stays there.

    `used` is where the program ends."""

    firmware: Firmware
    flash: bytes
    used: int
    sha256: str

    def differing(self, flash: bytes) -> tuple[int, int]:
        """How many bytes differ within the program, and how many behind it are not blank."""
        program = sum(a != b for a, b in zip(self.flash[: self.used], flash[: self.used], strict=False))
        missing = max(0, len(self.flash) - len(flash))
        rest = flash[self.used : len(self.flash)]
        return program + missing, len(rest) - rest.count(BLANK)


def wanted(firmware: Firmware, board: Board, way: Way, signature: str) -> Wanted:
    """Open the image for this board, and make sure that it belongs there. Blocking. Raises `Refused`."""
    firmware.admit(Found(board.id, chip=board.chip, signature=signature))
    image = firmware.open()
    if image.artifact.format == "hex":
        flash = intel_hex.flat(image.data, way.application)
    elif image.artifact.format == "bin" and image.artifact.offset + len(image.data) <= way.application:
        flash = (BLANK * image.artifact.offset + image.data).ljust(way.application, BLANK)
    else:
        raise bad_script(f"{firmware.id}: {image.artifact.format} does not fit this board")
    return Wanted(firmware, flash, len(flash.rstrip(BLANK)), image.sha256)


def choose(library: Library, board: Board, script_id: str | None) -> Firmware:
    """The firmware of that id, or the default for this class of boards. Raises `Refused`."""
    return library.get(script_id, board.id) if script_id else library.default(board.id)
