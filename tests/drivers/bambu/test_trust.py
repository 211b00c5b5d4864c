"""Only the printer that proves its serial number is spoken to, and nobody else hears the access code."""

import pytest

from medialab_agent.drivers.bambu.driver import DRIVER
from medialab_agent.drivers.bambu.simulated.certificates import Authority
from medialab_agent.drivers.bambu.simulator import BambuSimulator
from medialab_agent.sdk.driver import DeviceLink
from medialab_agent.sdk.steps import Order
from medialab_wire.reports import Access, IdentityKind
from medialab_wire.sightings import Sighting
from tests.drivers.bambu.conftest import MakePrinter
from tests.drivers.bambu.session import Memory, driver_for, reset_order, run


def manual(printer: BambuSimulator) -> Sighting:
    facts = {"scheme": "bambu", "address": printer.address}
    return Sighting(source="manual", key=f"bambu://{printer.address}", facts=facts)


async def test_a_typed_address_is_known_by_the_serial_number_it_proves(printer: BambuSimulator) -> None:
    driver = driver_for(manual(printer), **printer.settings)
    found = await driver.probe()
    assert found.access is Access.OK
    assert (found.identities[0].kind, found.identities[0].value) == (IdentityKind.SERIAL, printer.serial)
    await driver.close()


async def test_the_given_authority_is_what_counts(make_printer: MakePrinter) -> None:
    printer = await make_printer()
    other = await make_printer("01P00A000000022")  # of another authority with the same name
    good = driver_for(printer.sighting(), ca=str(printer.ca), **printer.settings)
    assert (await good.probe()).access is Access.OK
    bad = driver_for(printer.sighting(), ca=str(other.ca), **printer.settings)
    found = await bad.probe()
    assert found.access is Access.NEEDS_PERSON
    assert all(identity.kind is IdentityKind.PLACE for identity in found.identities)
    await good.close()
    await bad.close()


async def test_another_printer_at_its_address_is_not_spoken_to(make_printer: MakePrinter) -> None:
    authority = Authority()
    other = await make_printer("01P00A000000023", authority=authority)
    facts = {"serial": "01P00A000000024", "address": other.address}
    announced = Sighting(source="bambu", key="01P00A000000024", facts=facts)
    driver = driver_for(announced, ca=str(other.ca), **other.settings)
    found = await driver.probe()
    assert found.access is Access.NEEDS_PERSON
    assert found.help is not None and "Neu vertrauen" in found.help.de
    assert all(identity.kind is IdentityKind.PLACE for identity in found.identities)
    assert other.pushalls == 0
    await driver.close()


async def test_a_changed_certificate_is_noticed_until_somebody_trusts_it(make_printer: MakePrinter) -> None:
    memory = Memory()
    printer = await make_printer()
    driver = driver_for(printer.sighting(), memory=memory, **printer.settings)
    assert (await driver.probe()).access is Access.OK
    await driver.close()
    await printer.stop()
    again = await make_printer(printer.serial, address=printer.address)
    driver = driver_for(again.sighting(), memory=memory, **again.settings)
    assert (await driver.probe()).access is Access.NEEDS_PERSON
    assert again.pushalls == 0
    result = await run(driver, Order("x-2", "trust"))
    assert result.machine_passed()
    assert (await driver.probe()).access is Access.OK
    await driver.close()


@pytest.mark.parametrize("settings", [{}, {"code": "87654321"}])
async def test_without_the_right_code_a_person_is_asked(printer: BambuSimulator, settings: dict[str, str]) -> None:
    ports = {name: value for name, value in printer.settings.items() if name != "code"}
    driver = driver_for(printer.sighting(), **ports, **settings)
    found = await driver.probe()
    assert found.access is Access.NEEDS_PERSON
    assert found.help is not None and "Zugangscode" in found.help.de
    assert found.identities[0].value == printer.serial  # proven by its certificate, without any code
    await driver.close()


async def test_a_code_entered_for_this_printer_goes_before_settings(printer: BambuSimulator) -> None:
    link = DeviceLink("dev-1", (printer.sighting(),), Memory(), {**printer.settings, "code": "wrong-one"})
    link.access = {"code": printer.code}
    driver = DRIVER(link)
    assert (await driver.probe()).access is Access.OK
    await driver.close()


async def test_a_printer_has_a_code_of_its_own(printer: BambuSimulator) -> None:
    settings = {**printer.settings, "code": "wrong-one", f"code_{printer.serial.lower()}": printer.code}
    driver = driver_for(printer.sighting(), **settings)
    assert (await driver.probe()).access is Access.OK
    assert (await run(driver, reset_order(await driver.snapshot()))).machine_passed()
    await driver.close()
