"""What goes wrong with every board: plugs, cancellations, restarts, worn memory, images that are not what they were."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from medialab_agent.sdk.firmware import library
from medialab_agent.sdk.firmware_signing import Origin, Part, take_in
from medialab_agent.sdk.simulator import Fault
from tests.lab.flashing.boards import Board, own_image
from tests.lab.flashing.case import Case, kind

OWN = "lab/own"


def _sometime(case: Case, during: str) -> None:
    case.at_s, case.during, case.may_be_clean = case.chance.uniform(0, case.board.run_s), during, True


def _at_a_phase(case: Case, during: str) -> None:
    case.phase = case.chance.choice(("plan", *case.board.steps, "proof"))
    case.during, case.may_be_clean = during, True


@kind()
def unplugged_at_any_time(case: Case) -> None:
    _sometime(case, "unplug")


@kind()
def cancelled_at_any_time(case: Case) -> None:
    _sometime(case, "cancel")


@kind()
def agent_restarted_at_any_time(case: Case) -> None:
    _sometime(case, "restart")


@kind()
def unplugged_as_a_phase_begins(case: Case) -> None:
    _at_a_phase(case, "unplug")


@kind()
def cancelled_as_a_phase_begins(case: Case) -> None:
    _at_a_phase(case, "cancel")


@kind()
def agent_restarted_as_a_phase_begins(case: Case) -> None:
    _at_a_phase(case, "restart")


@kind()
def plug_pulled_at_a_write(case: Case) -> None:
    case.at_some_write(case.board.pull)


@kind()
def falls_silent_at_a_write(case: Case) -> None:
    begin(case, Fault.HANG)


@kind()
def talks_rubbish_from_a_write_on(case: Case) -> None:
    begin(case, Fault.GARBAGE)


@kind()
def refuses_to_write(case: Case) -> None:
    have(case, Fault.REFUSE)


@kind()
def does_not_wake(case: Case) -> None:
    have(case, Fault.LOCKED)
    case.must_not_write = True


@kind()
def worn_memory(case: Case) -> None:
    case.heal = case.board.wear(case.chance)
    case.may_be_clean = True


@kind()
def bit_flipped_while_writing(case: Case) -> None:
    """A tool may find it and repair it; where it is written after that, nothing is wrong."""
    case.at_some_write(lambda: case.board.flip(case.chance))
    case.may_be_clean = True


def begin(case: Case, fault: Fault) -> None:
    """From some write on."""
    case.at_some_write(lambda: case.board.simulator.faults.add(fault))
    case.settings["stall_s"] = str(case.board.stall_s)
    case.heal = case.board.simulator.faults.clear


def have(case: Case, fault: Fault) -> None:
    """All the time."""
    case.board.simulator.faults.add(fault)
    case.heal = case.board.simulator.faults.clear


def own(case: Case, content: bytes | None = None) -> Path:
    """The lab's own signed firmware, of the right bytes or others; gives its image's path."""
    folder = case.home / "own"
    file, place = own_image(case.home, case.board, content)
    take_in(folder, [Part(file, place)], origin(case.board))
    demand_own(case, folder)
    return next((folder / OWN).glob("image-0.*"))


def origin(board: Board) -> Origin:
    """As somebody would sign it who knows this board."""
    words = ("Prüfstück", "Test piece")
    return Origin(OWN, "1.0", (board.device_class,), board.chip, "none", "test", words, words)


def demand_own(case: Case, folder: Path) -> None:
    """The good state was recorded with it."""
    case.settings["firmware"], case.baseline["firmware"] = str(folder), OWN
    case.must_not_write = True


def cut(case: Case, content: bytes) -> bytes:
    """Somewhere, not only at its last line."""
    return content[: case.chance.randrange(1, len(content) - 13)]


@kind("image")
def image_truncated_after_signing(case: Case) -> None:
    image = own(case)
    content = image.read_bytes()
    image.write_bytes(content[: case.chance.randrange(1, len(content))])


@kind("image")
def image_with_a_flipped_bit(case: Case) -> None:
    image = own(case)
    content = bytearray(image.read_bytes())
    content[case.chance.randrange(len(content))] ^= 1 << case.chance.randrange(8)
    image.write_bytes(content)


@kind("image")
def image_longer_than_signed(case: Case) -> None:
    image = own(case)
    image.write_bytes(image.read_bytes() + bytes(case.chance.randrange(1, 5000)))


@kind("image")
def image_missing(case: Case) -> None:
    own(case).unlink()


@kind("image")
def image_truncated_before_signing(case: Case) -> None:
    own(case, cut(case, case.board.image[1]))


@kind("image")
def image_of_noise_signed(case: Case) -> None:
    own(case, case.chance.randbytes(case.chance.randrange(20, 5000)))


@kind("image")
def manifest_changed_after_signing(case: Case) -> None:
    script = own(case).with_name("script.toml")
    script.write_text(script.read_text().replace(case.board.chip, f"{case.board.chip}X"))


@kind("image")
def catalogue_signed_by_a_stranger(case: Case) -> None:
    own(case)
    for file in (case.home / "own/keys").glob("*.pub"):
        file.write_text("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n")


@kind("image")
def firmware_for_another_chip(case: Case) -> None:
    """Signed for boards of this class, but for another chip than this one carries."""
    own_changed(case, lambda known: replace(known, chip="nRF9999"))


@kind("image")
def firmware_for_another_board(case: Case) -> None:
    """The good state names a script for other boards."""
    strangers = [one for one in library() if case.board.device_class not in one.script.classes]
    case.baseline["firmware"], case.must_not_write = case.chance.choice(strangers).id, True


def own_changed(case: Case, change: Callable[[Origin], Origin]) -> None:
    """The lab's own firmware with another word in its manifest."""
    file, place = own_image(case.home, case.board)
    take_in(case.home / "own", [Part(file, place)], change(origin(case.board)))
    demand_own(case, case.home / "own")
