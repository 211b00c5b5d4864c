"""Sightings from usbmuxd: its news wake us, its device list is the truth. States the one outbound connection."""

import asyncio
import contextlib
import logging
from collections.abc import Mapping
from pathlib import Path

from medialab_agent.drivers.apple_ios.identity import IPADS, USBMUX, udid_of
from medialab_agent.drivers.apple_ios.mdm.connector import MdmSettings
from medialab_agent.drivers.apple_ios.mux import SOCKET, Mux, MuxDevice
from medialab_agent.sdk.source import See, Source
from medialab_agent.sdk.trouble import DeviceTrouble
from medialab_wire.sightings import BusFact, BusStatus, Sighting
from medialab_wire.texts import Text

_log = logging.getLogger(__name__)
PROGRAM = "/usr/sbin/usbmuxd"
"""Where Debian puts it."""
BACKOFF_S = (0.5, 1.0, 2.0)
"""Seconds to wait after the first, second, … failure in a row: a look at a socket costs next to nothing."""
_ABSENT = Text(de="Der Dienst „usbmuxd“ antwortet nicht.", en="The service “usbmuxd” does not answer.")
_INSTALL = Text(
    de="Im Terminal eingeben: sudo apt install usbmuxd. Er startet, sobald ein iPad angesteckt wird.",
    en="Type in a terminal: sudo apt install usbmuxd. It starts as soon as an iPad is plugged in.",
)


class UsbmuxSource(Source):
    """Settings: usbmuxd (socket path or `host:port`), mdm_kind, mdm_url, mdm_credentials."""

    name = USBMUX

    def __init__(self, settings: Mapping[str, str]) -> None:
        self._mux = Mux.from_settings(settings)
        self._title = _title(MdmSettings.of(settings))
        self._known: dict[str, Sighting] = {}
        self._is_listening = False
        self._failures = 0

    def fact(self) -> BusFact:
        """Whether an iPad would be seen; names the device management's host where one is configured.

        The system starts usbmuxd when an iPad is plugged in, and ends it with the last one: until then it sleeps."""
        would_see = self._is_listening or (self._mux.address == SOCKET and Path(PROGRAM).exists())
        return BusFact(
            source=self.name,
            status=BusStatus.LISTENING if would_see else BusStatus.ABSENT,
            title=self._title,
            reason=None if would_see else _ABSENT,
            remedy=None if would_see else _INSTALL,
            seen=len(self._known),
        )

    async def run(self, see: See) -> None:
        """Report everything present at once, then every change, through restarts of usbmuxd."""
        while True:
            try:
                async with contextlib.aclosing(self._mux.news()) as news:
                    async for _ in news:
                        self._reconcile(await self._mux.devices(), see)
                        self._is_listening, self._failures = True, 0
            except DeviceTrouble as error:
                _log.debug("usbmuxd: %s", error)
            self._is_listening = False
            self._reconcile((), see)
            self._failures += 1
            await asyncio.sleep(BACKOFF_S[min(self._failures, len(BACKOFF_S)) - 1])

    def _reconcile(self, devices: tuple[MuxDevice, ...], see: See) -> None:
        now = {sighting.key: sighting for sighting in map(_sighting, filter(_is_ipad, devices))}
        for key, sighting in now.items():
            if self._known.get(key) != sighting:
                self._known[key] = sighting
                see(sighting)
        for key in [key for key in self._known if key not in now]:
            see(self._known.pop(key).model_copy(update={"present": False}))


def _is_ipad(device: MuxDevice) -> bool:
    return device.product in IPADS and udid_of(device.udid) is not None


def _sighting(device: MuxDevice) -> Sighting:
    udid = udid_of(device.udid) or ""
    facts = {"udid": udid, "product": f"{device.product:04x}", "attachment": str(device.number)}
    return Sighting(source=USBMUX, key=udid, facts=facts | {"location": f"{device.location:x}"})


def _title(mdm: MdmSettings | None) -> Text:
    if mdm is None:
        return Text(de="iPads (usbmuxd)", en="iPads (usbmuxd)")
    if (problem := mdm.problem()) is not None:
        return Text(
            de=f"iPads (usbmuxd); Geräteverwaltung falsch eingestellt: {problem.de}",
            en=f"iPads (usbmuxd); device management set up wrongly: {problem.en}",
        )
    return Text(
        de=f"iPads (usbmuxd); Verbindung nach außen: {mdm.host} ({mdm.title})",
        en=f"iPads (usbmuxd); outbound connection: {mdm.host} ({mdm.title})",
    )


SOURCE = UsbmuxSource
