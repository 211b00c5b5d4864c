"""Heaters of a printer: whether they are off, whether people may touch it, and waiting until they may."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Annotated, Any

from pydantic import BeforeValidator

from medialab_agent.sdk.evidence import listed
from medialab_agent.sdk.findings import NOT_REPORTED, Finding
from medialab_agent.sdk.patience import POLL_S
from medialab_agent.sdk.steps import Done, Say
from medialab_agent.sdk.trouble import NeedsPerson
from medialab_wire.base import Scalar
from medialab_wire.texts import Text

NOZZLE_SAFE_C, BED_SAFE_C = 50.0, 40.0
"""Below these nobody is burned at a short touch (ISO 13732-1: bare metal, 51 °C for one minute)."""
HOT_PATIENCE_S = 30.0
"""How long a heater that was ordered off may stay on before we say so."""
COLDEST_C, HOTTEST_C = -273.15, 9999.0
"""What a thermometer may tell; anything else, such as `NaN`, is no temperature."""
SILENT_PATIENCE_S = 30.0
"""How long a heater that tells no temperature is waited for; one just connected tells it within seconds."""
NOZZLE, BED = Text(de="Düse", en="nozzle"), Text(de="Druckbett", en="bed")
ALL_OFF = Text(de="alle Heizungen aus", en="all heaters off")
COOL = Text(
    de=f"Düse < {NOZZLE_SAFE_C:.0f} °C, Druckbett < {BED_SAFE_C:.0f} °C",
    en=f"nozzle < {NOZZLE_SAFE_C:.0f} °C, bed < {BED_SAFE_C:.0f} °C",
)


def finite(value: Any) -> Any:
    """None for `NaN`, an infinity and what is too large for a `float`: JSON may hold them; all else as it is."""
    try:
        return value if isfinite(float(value)) else None
    except OverflowError:
        return None
    except (TypeError, ValueError):
        return value


Told = Annotated[float | None, BeforeValidator(finite)]
"""A number in a printer's report; one that is none counts as not told, and the rest of the report stays."""


@dataclass(frozen=True)
class Heater:
    """°C; None: not reported, or no temperature. Below `limit` it is safe to touch."""

    name: Text
    actual: float | None
    target: float | None
    limit: float = BED_SAFE_C

    def __post_init__(self) -> None:
        for field in ("actual", "target"):
            value = getattr(self, field)
            if value is not None and not COLDEST_C <= value <= HOTTEST_C:
                object.__setattr__(self, field, None)


def nozzle(actual: float | None, target: float | None, name: Text = NOZZLE) -> Heater:
    """What melts the filament."""
    return Heater(name, actual, target, NOZZLE_SAFE_C)


def bed(actual: float | None, target: float | None, name: Text = BED) -> Heater:
    """What the print stands on, and everything else that is warm."""
    return Heater(name, actual, target)


@dataclass(frozen=True)
class Heaters:
    """All of a printer's heaters in one reading; none at all means that none was reported."""

    each: tuple[Heater, ...]

    @property
    def are_off(self) -> bool | None:
        """True when every target is 0; None while one is not reported, which is not `off`."""
        targets = [heater.target for heater in self.each]
        if any(targets):
            return False
        return None if not targets or None in targets else True

    @property
    def excess(self) -> float | None:
        """°C the hottest part is above its limit, 0 when safe; None while a temperature is unknown."""
        above = [None if heater.actual is None else heater.actual - heater.limit for heater in self.each]
        known = [degrees + 0.01 for degrees in above if degrees is not None]
        return None if not known or None in above else max(0.0, *known)

    @property
    def are_safe(self) -> bool:
        """True only when every temperature is known and low."""
        return self.excess == 0.0

    def off_finding(self) -> Finding:
        """For the check `heaters-off`."""
        on, number = sum(bool(heater.target) for heater in self.each), len(self.each)
        seen = Text(de=f"{on} von {number} an", en=f"{on} of {number} on")
        return self.are_off, ALL_OFF, NOT_REPORTED if self.are_off is None else seen

    def safe_finding(self) -> Finding:
        """For the check `safe-to-touch`."""
        warm = ((heater.name, heater.actual) for heater in self.each if heater.actual is not None)
        seen = listed(Text(de=f"{name.de} {c:.0f} °C", en=f"{name.en} {c:.0f} °C") for name, c in warm)
        return None if self.excess is None else self.are_safe, COOL, seen or NOT_REPORTED


def temperatures(nozzle: Heater | None, bed: Heater | None) -> dict[str, Scalar]:
    """The volatile facts `nozzle_c`, `nozzle_target_c`, `bed_c`, `bed_target_c`, in whole degrees."""
    found: Mapping[str, float | None] = {
        f"{key}_{what}": value
        for key, heater in (("nozzle", nozzle), ("bed", bed))
        if heater is not None
        for what, value in (("c", heater.actual), ("target_c", heater.target))
    }
    return {key: round(value) for key, value in found.items() if value is not None}


async def cool_down(
    read: Callable[[], Awaitable[Heaters]], say: Say, *, pause_s: float = POLL_S * 4, help_on: Text | None = None
) -> Done:
    """Wait until it may be touched; deadlines come from outside.

    One that tells no temperature is waited for `SILENT_PATIENCE_S`, then the check says so. `help_on` is for printers
    whose heaters may be on though they were ordered off: what a person does then. Such a printer is not waited for at
    all while it tells no temperature. Raises `NeedsPerson`."""
    worst = 0.0
    told_at = off_at = time.monotonic()
    while not (heaters := await read()).are_safe:
        above = heaters.excess
        if above is not None:
            worst, told_at = max(worst, above), time.monotonic()
            say(1.0 - above / worst)
        elif help_on is not None or time.monotonic() - told_at > SILENT_PATIENCE_S:
            break
        if heaters.are_off is not False:
            off_at = time.monotonic()
        elif help_on is not None and time.monotonic() - off_at > HOT_PATIENCE_S:
            raise _stays_on(help_on)
        await asyncio.sleep(pause_s)
    return Done(changed=worst > 0)


def _stays_on(remedy: Text) -> NeedsPerson:
    words = Text(de="Eine Heizung des Druckers ist noch an.", en="A heater of the printer is still on.")
    return NeedsPerson("heater-on", words, remedy)
