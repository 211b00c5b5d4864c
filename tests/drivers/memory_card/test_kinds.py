"""Cameras and recorders are told apart by what their cable says; where it says nothing, nothing is claimed."""

import pytest

from medialab_agent.drivers.memory_card.driver import MANIFEST
from medialab_agent.drivers.memory_card.kinds import kind_of


@pytest.mark.parametrize(
    ("vendor", "product", "labels", "kind"),
    [
        ("Canon, Inc.", "EOS 600D", ":EOS_DIGITAL:", "camera"),
        ("Sony Corp.", "DSC-HX90", "", "camera"),
        ("GoPro", "HERO9 Black", "", "camera"),
        ("Olympus Corp.", "Digital Camera", "", "camera"),
        ("ZOOM Corporation", "Q2n Handy Video Recorder", "", "camera"),
        ("Generic", "Mass Storage", ":EOS_DIGITAL:", "camera"),
        ("ZOOM", "H4n Handy Recorder", ":H4N_SD:", "audio"),
        ("TEAC Corp.", "TASCAM DR-05", ":DR-05:", "audio"),
        ("Olympus Corp.", "Digital Voice Recorder", "", "audio"),
        ("Sony Corp.", "ICD-PX470", ":IC RECORDER:", "audio"),
        ("Generic", "Mass Storage", ":H1N_SD:", "audio"),
        ("Olympus Corp.", "Mass Storage", "", "card"),
        ("Generic", "USB3.0 Card Reader", ":NO_NAME:", "card"),
        ("", "", "", "card"),
    ],
)
def test_a_recorder_is_no_camera(vendor: str, product: str, labels: str, kind: str) -> None:
    assert kind_of({"vendor": vendor, "product": product, "labels": labels}) == kind
    assert kind in MANIFEST.device_kinds
