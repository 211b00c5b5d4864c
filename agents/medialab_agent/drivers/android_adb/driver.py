"""The driver: one Android tablet or headset through the adb server."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from medialab_agent.drivers.android_adb import checks, describe, plan, reset
from medialab_agent.drivers.android_adb.access import OK, Hint, hint, silence
from medialab_agent.drivers.android_adb.advice import advice
from medialab_agent.drivers.android_adb.awake import Awake
from medialab_agent.drivers.android_adb.client import AdbClient, AdbDevice
from medialab_agent.drivers.android_adb.device import READ_S, THOROUGH_S, AdbHandle, garbled, key_of
from medialab_agent.drivers.android_adb.evidence import UNKNOWN, Evidence
from medialab_agent.drivers.android_adb.find import find_me
from medialab_agent.drivers.android_adb.inventory import COMMANDS, PROPS_COMMAND, Inventory, parse, parse_props
from medialab_agent.drivers.android_adb.profiles import Profile, choose
from medialab_agent.drivers.android_adb.trust import KEEP_TRUST, keep_trust, keep_trust_plan, trust_kept
from medialab_agent.drivers.android_adb.wipe import Wipe
from medialab_agent.drivers.android_adb.work import Work, stopped_apps
from medialab_agent.sdk.driver import DeviceLink, Driver
from medialab_agent.sdk.evidence import Advised
from medialab_agent.sdk.manifest import load_manifest
from medialab_agent.sdk.steps import Done, Order, Probe, Reading, Say, Step
from medialab_agent.sdk.trouble import DeviceTrouble, NeedsPerson, Refused
from medialab_wire.progress import Check, CheckResult
from medialab_wire.reports import Presence
from medialab_wire.sightings import Sighting
from medialab_wire.texts import Text

_log = logging.getLogger(__name__)
MANIFEST = load_manifest(Path(__file__).with_name("manifest.toml"))
FRESH_S = 1.0
"""Seconds a reading serves both probe and report."""
STOP_S = 5.0
"""Seconds `stop` may spend on a device that does not answer."""
_LONG_STEPS = {"remove-apps", "clear-data", "delete-files"}


class AndroidDriver(Driver):
    """See `Driver`. Settings: adb_host, adb_port, find_url."""

    poll_s = 60.0

    def __init__(self, link: DeviceLink) -> None:
        super().__init__(link)
        self._handle = AdbHandle(AdbClient.from_settings(link.settings), link.key)
        self._awake = Awake(self._handle, link.memory)
        self._cached: tuple[float, str, Inventory] | None = None

    @classmethod
    def key(cls, sighting: Sighting) -> str | None:
        """The serial, for adb and USB sightings alike; `port-…` where serials tell nothing."""
        return key_of(sighting) if sighting.source in ("adb", "usb") else None

    async def probe(self) -> Probe:
        """Class, name and identities; with only what adb knows while the device does not let us in."""
        device, state = await self._look()
        place = device.place if device else ""
        if state.presence is Presence.SILENT:
            raise silence(state, device.state if device else "not listed")
        if state is not OK:
            serials = (device.serial,) if device else (self.link.key,)
            model = (device.model if device else "").replace("_", " ")
            return Probe(model or "Android", "tablet", describe.identities(serials, place), state.access, state.help)
        now = await self._inventory(device)
        profile = choose(now.props)
        serial = device.serial if device else ""
        return Probe(
            name=describe.name(now, profile) or "Android",
            kind=profile.kind,
            identities=describe.identities((serial, now.serial), place),
            help=profile.note,
            facts=describe.facts(now, profile, place),
        )

    async def report(self) -> Reading:
        """The device as it is now."""
        device, state = await self._look()
        if state is not OK:
            return Reading(state.presence, state.access, state.help)
        now = await self._inventory(device)
        place = device.place if device else ""
        return Reading(
            facts=describe.facts(now, choose(now.props), place),
            volatile=describe.volatile(now),
            traces=describe.traces(now),
        )

    async def plan(self, order: Order) -> tuple[Step, ...]:
        """Steps for a reset level; none for other actions but `find-me`."""
        if order.action == "find-me":
            return (Step("find-me", Text(de="Gerät zeigt sich", en="Device shows itself"), deadline_s=30),)
        if order.action == KEEP_TRUST:
            return keep_trust_plan()
        if order.action != "reset":
            return ()
        if order.level == "full":
            return plan.full()
        now, profile = await self._fresh(THOROUGH_S)
        if order.level == "tidy":
            return plan.tidy(now, profile)
        return plan.session(now, self._baseline(order, profile), profile)

    async def do(self, order: Order, step: Step, say: Say) -> Done:
        """One step, reading afresh what is left of it."""
        if step.id == "find-me":
            await self.find_me()
            return Done()
        self._cached = None
        if order.action == KEEP_TRUST:
            return await keep_trust(self._handle)
        if order.level == "full":
            return await self._erase(order, step, say)
        profile = await self._profile()
        if step.id in _LONG_STEPS:
            await self._awake.keep(profile)
        work = Work(self._handle, profile, order.baseline or {})
        steps = {
            "close-apps": work.close_apps,
            "remove-apps": work.remove_apps,
            "delete-files": work.delete_files,
            "restore-settings": work.restore_settings,
            "forget-wifi": work.forget_wifi,
            "clear-data": work.clear_data,
        }
        if step.id == "go-home":
            return await self._awake.settle(profile, order.baseline or {})
        if step.id not in steps:
            raise _unknown(step)
        return await steps[step.id](say)

    async def _erase(self, order: Order, step: Step, say: Say) -> Done:
        """A step of the full erase. From its beginning on the device may be away: only what can wait asks it."""
        wipe = Wipe(self._handle, self.link.memory, order.exec)
        if step.id == "wait-for-start":
            return await wipe.wait(say)
        if step.id != "wipe":
            raise _unknown(step)
        if not wipe.has_begun:
            await self._awake.keep(await self._profile())
        return await wipe.start(say)

    async def verify(self, order: Order) -> tuple[Check, ...]:
        """Every check of the level from a reading of its own; what cannot be read is unknown."""
        if order.action == KEEP_TRUST:
            return await trust_kept(self._handle)
        level = MANIFEST.level(order.level or "")
        if level is None:
            return ()
        judges = checks.JUDGES[level.id]
        evidence = await self._evidence(order)
        findings = {spec.id: judges[spec.id](evidence) if evidence else UNKNOWN for spec in level.checks}
        made = (
            Check(
                id=spec.id,
                title=spec.title,
                result=found.result,
                expected=found.expected,
                observed=found.observed,
            )
            for spec in level.checks
            for found in (findings[spec.id],)
        )
        failed = {name for name, found in findings.items() if found.result is CheckResult.FAILED}
        return Advised(made, advice(level.id, failed, evidence) if failed else None)

    async def find_me(self) -> None:
        """Wake, vibrate, sound and show a page; sleep again afterwards."""
        profile = await self._profile()
        await self._awake.keep(profile)
        try:
            await find_me(self._handle, self.link.settings.get("find_url", ""))
        finally:
            await self.stop()

    async def stop(self) -> None:
        """Let the device sleep again, if a run kept it awake."""
        with contextlib.suppress(DeviceTrouble, TimeoutError):
            async with asyncio.timeout(STOP_S):
                await self._awake.release()

    async def snapshot(self) -> Mapping[str, Any]:
        """Apps with versions, settings, fingerprints of networks, pairings and files."""
        now, profile = await self._fresh(THOROUGH_S)
        return reset.baseline_of(now, profile)

    async def _look(self) -> tuple[AdbDevice | None, Hint]:
        device = await self._handle.find()
        return device, hint(device.state if device else None)

    async def _inventory(self, device: AdbDevice | None) -> Inventory:
        """A reading not older than `FRESH_S`, of this very connection."""
        transport = device.transport_id if device else ""
        if self._cached and self._cached[1] == transport and time.monotonic() - self._cached[0] < FRESH_S:
            return self._cached[2]
        now, _ = await self._fresh()
        self._cached = (time.monotonic(), transport, now)
        return now

    async def _fresh(self, limit_s: float = READ_S) -> tuple[Inventory, Profile]:
        now = parse(await self._handle.read(COMMANDS, limit_s))
        if not now.props:
            raise garbled()
        self._handle.serialno = now.serial
        return now, choose(now.props)

    async def _profile(self) -> Profile:
        """Asked anew for each step: on a shared port another device may have come."""
        props = parse_props((await self._handle.read(PROPS_COMMAND)).get("props"))
        if not props:
            raise garbled()
        self._handle.serialno = props.get("ro.serialno", "")
        return choose(props)

    async def _evidence(self, order: Order) -> Evidence | None:
        try:
            now, profile = await self._fresh(THOROUGH_S)
            baseline = order.baseline if order.baseline is not None and reset.is_usable(order.baseline) else {}
            names = reset.Wanted(now, baseline, profile).apps_to_clear() if order.level == "session" else []
            stopped = await stopped_apps(self._handle, names)
            wiped = (
                await Wipe(self._handle, self.link.memory, order.exec).is_proven(now) if order.level == "full" else None
            )
        except DeviceTrouble as error:
            _log.warning("%s: nothing could be checked: %s", self.link.key, error)
            return None
        return Evidence(now, baseline, profile, stopped, wiped)

    def _baseline(self, order: Order, profile: Profile) -> Mapping[str, Any]:
        baseline = order.baseline
        if baseline is None or not reset.is_usable(baseline) or baseline.get("profile") != profile.id:
            raise NeedsPerson(
                "no-baseline",
                Text(
                    de="Für dieses Gerät ist noch kein guter Zustand festgehalten.",
                    en="No good state is recorded for this device yet.",
                ),
                Text(
                    de="Gerät vorbereiten und „Guten Zustand festhalten“ wählen.",
                    en="Prepare it and choose “Record the good state”.",
                ),
            )
        return baseline


def _unknown(step: Step) -> Refused:
    return Refused("unknown-step", Text(de="Dieser Schritt ist unbekannt.", en="This step is unknown."), None, step.id)


DRIVER = AndroidDriver
