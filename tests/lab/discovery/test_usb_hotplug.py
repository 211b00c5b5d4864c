"""The real USB source on a paper bus: plugging, unplugging, hubs, no udev, another device in the same port."""

import time
from dataclasses import replace
from typing import Any

import pytest

from tests.fixtures.mock_usb import ARDUINO_UNO, HUB, MICROBIT, QUEST_3S, MockUsb, devpath
from tests.fixtures.usb_watch import Watch

pytestmark = pytest.mark.peers


def test_plug_and_unplug_are_seen_in_order(usb_bus: MockUsb, watch: Watch) -> None:
    usb_bus.plug("1-5", QUEST_3S)
    quest = watch.sighting()
    assert (quest["key"], quest["present"]) == (devpath("1-5"), True)
    assert quest["facts"]["vid"] == "2833"
    assert ":ff4201:" in quest["facts"]["interfaces"]
    assert quest["facts"]["serial"] == "2G0YC1ZF8B0M7X"

    usb_bus.plug("1-2", ARDUINO_UNO)
    uno = watch.sighting()
    assert (uno["facts"]["vid"], uno["facts"]["pid"], uno["facts"]["tty"]) == ("2341", "0043", "/dev/ttyACM0")

    usb_bus.unplug("1-5")
    gone = watch.sighting()
    assert (gone["key"], gone["present"]) == (devpath("1-5"), False)
    fact = watch.fact()
    assert (fact["status"], fact["seen"]) == ("listening", 1)


def test_a_board_tells_its_volume_and_its_hid_node(usb_bus: MockUsb, watch: Watch) -> None:
    usb_bus.plug("1-3", MICROBIT)
    facts = watch.sighting()["facts"]
    assert (facts["labels"], facts["volumes"], facts["disk"]) == (":MICROBIT:", "/dev/sdz", "/dev/sdz")
    assert (facts["hidraw"], facts["tty"]) == ("/dev/hidraw3", "/dev/ttyACM1")


def test_without_udev_the_interfaces_come_from_sysfs(usb_bus: MockUsb, watch: Watch) -> None:
    usb_bus.plug("1-5", replace(QUEST_3S, udev_properties=False))
    facts = watch.sighting()["facts"]
    assert facts["interfaces"] == ":060101:ff4201:"
    assert (facts["vid"], facts["pid"], facts["path"]) == ("2833", "0186", "1-5")


def test_a_hub_is_no_device_but_what_is_behind_it_comes_and_goes(usb_bus: MockUsb, watch: Watch) -> None:
    usb_bus.plug("1-2", HUB)
    usb_bus.plug("1-2.1", ARDUINO_UNO)
    usb_bus.plug("1-2.4", QUEST_3S)
    seen = {watch.sighting()["key"], watch.sighting()["key"]}
    assert seen == {devpath("1-2.1"), devpath("1-2.4")}
    usb_bus.unplug("1-2")
    gone = [watch.sighting(), watch.sighting()]
    assert {sighting["key"] for sighting in gone} == seen
    assert not any(sighting["present"] for sighting in gone)
    assert watch.fact()["seen"] == 0


def test_what_was_there_before_is_seen_at_the_start(usb_bus: MockUsb, watch: Watch) -> None:
    usb_bus.plug("1-5", QUEST_3S)
    watch.sighting()
    second = Watch(usb_bus.env())
    assert second.sighting()["key"] == devpath("1-5")
    second.close()


def test_an_absent_bus_is_stated_and_comes_back_by_itself(usb_bus: MockUsb, watch: Watch) -> None:
    while (absent := watch.fact())["status"] == "starting":
        time.sleep(0.05)
    assert (absent["status"], absent["seen"]) == ("absent", 0)
    assert absent["reason"]["de"]
    assert absent["remedy"]["en"]
    usb_bus.plug("1-5", QUEST_3S)
    assert watch.sighting()["present"]
    assert watch.fact()["status"] == "listening"


def test_another_device_in_the_same_port_is_first_reported_gone(usb_bus: MockUsb, watch: Watch) -> None:
    usb_bus.plug("1-5", QUEST_3S)
    watch.sighting()
    usb_bus.unplug("1-5")
    usb_bus.plug("1-5", replace(QUEST_3S, serial="OTHER", devnum=3))
    gone, new = watch.sighting(), watch.sighting()
    assert (gone["present"], gone["facts"]["serial"]) == (False, "2G0YC1ZF8B0M7X")
    assert (new["present"], new["facts"]["serial"]) == (True, "OTHER")


def test_a_replug_storm_ends_with_the_last_state(usb_bus: MockUsb, watch: Watch) -> None:
    said = []
    for round_ in range(20):
        usb_bus.plug("1-5", replace(QUEST_3S, devnum=2 + round_))
        usb_bus.plug("1-2", replace(ARDUINO_UNO, devnum=60 + round_))
        usb_bus.unplug("1-5")
        if round_ < 19:
            usb_bus.unplug("1-2")
        said += watch.catch_up()
    usb_bus.plug("1-7", replace(QUEST_3S, serial="LAST"))
    last = {sighting["key"]: told(sighting) for sighting in said}
    wanted = {"1-2": (True, "79", "/dev/ttyACM0"), "1-7": (True, "2", "")}
    while last.get(devpath("1-5"), (False,))[0] or any(last.get(devpath(p)) != state for p, state in wanted.items()):
        sighting = watch.sighting()
        last[sighting["key"]] = told(sighting)


def told(sighting: dict[str, Any]) -> tuple[bool, str, str]:
    return sighting["present"], sighting["facts"].get("devnum", ""), sighting["facts"].get("tty", "")


@pytest.mark.parametrize("rubbish", ["\\x01\\xff\\xfe", "ü" * 600, "a\\nb", "%s%n", "\\x80" * 300])
def test_rubbish_in_descriptors_is_harmless(usb_bus: MockUsb, watch: Watch, rubbish: str) -> None:
    usb_bus.plug("1-5", replace(QUEST_3S, product=rubbish, manufacturer=rubbish, serial=rubbish))
    assert watch.sighting()["facts"]["vid"] == "2833"
