"""Lists call a device what the catalogue calls it; its own code stands behind, for the label on its back."""

import pytest

from medialab_hub.services import inventory
from medialab_hub.services.model_names import model_name
from medialab_wire.texts import Text
from tests.fixtures.hub_core import HubCore


@pytest.mark.parametrize(
    ("de", "en", "code", "shown"),
    [
        ("Bambu Lab P1S", "Bambu Lab P1S", "C12", "Bambu Lab P1S (C12)"),
        ("Thymio II", "Thymio II", "Thymio II", "Thymio II"),
        ("Apple iPad (10. Generation)", "Apple iPad (10th generation)", "iPad13,18", "Apple iPad (iPad13,18)"),
        ("LEGO-Hub", "LEGO hub", "City Hub", "City Hub"),
        ("LEGO SPIKE", "LEGO SPIKE", "LEGO SPIKE Prime", "LEGO SPIKE Prime"),
        ("PICO 4", "PICO 4", "", "PICO 4"),
    ],
)
def test_a_name_is_taken_where_it_reads_alike_in_both_languages(de: str, en: str, code: str, shown: str) -> None:
    assert model_name(Text(de=de, en=en), code) == shown
    assert model_name(None, code) == code


def test_the_row_carries_the_name_and_follows_what_is_said(core: HubCore) -> None:
    device = core.find("b1", driver="bambu", kind="printer", facts={"model": "C12"})
    assert core.row(device)["model"] == "Bambu Lab P1S (C12)"
    core.find("b1", seq=2, driver="bambu", kind="printer", facts={"model": "C11"})
    assert core.row(device)["model"] == "Bambu Lab P1P (C11)"


def test_what_a_person_chose_goes_first(core: HubCore) -> None:
    device = core.find("b1", driver="bambu", kind="printer", facts={"model": "Z9"})
    assert core.row(device)["model"] == "Z9"
    version = core.read(lambda session: session.get(inventory.Device, device).version)
    core.do(inventory.change, device, version, "staff", device_class="pico-4")
    assert core.row(device)["model"] == "PICO 4 (Z9)"
