"""What an Evo lets us read back after a reset; never uses what the steps returned."""

from dataclasses import dataclass

from medialab_agent.drivers.ozobot import words
from medialab_agent.drivers.ozobot.evo import Evo
from medialab_agent.sdk.steps import Order
from medialab_wire.progress import Check, CheckResult
from medialab_wire.texts import Text


@dataclass(frozen=True)
class Good:
    """How it is in its baseline; without settings where its firmware does not tell them."""

    name: str
    settings: tuple[int, int]

    @classmethod
    def of(cls, order: Order) -> "Good":
        """From the order's baseline; bounded, for it was read from a device once."""
        told = order.baseline or {}
        return cls(str(told.get("name", "")), (_byte(told.get("volume")), _byte(told.get("brightness"))))


async def all_of(evo: Evo | None, good: Good, advertised: str) -> tuple[Check, ...]:
    """Standing still, name and settings; an Evo with old firmware only tells its name."""
    if evo is None:
        return (_unknown("still", words.STILL), _same("name", words.NAME, advertised == good.name),
                _unknown("settings", words.SETTINGS))  # fmt: skip
    return (
        _same("still", words.STILL, await evo.stands_still(), words.STANDS, words.MOVES),
        _same("name", words.NAME, await evo.name() == good.name),
        _same("settings", words.SETTINGS, await evo.settings() == good.settings),
    )


def _same(check: str, title: Text, is_well: bool, well: Text = words.SAME, else_: Text = words.OTHER) -> Check:
    result = CheckResult.PASSED if is_well else CheckResult.FAILED
    return Check(id=check, title=title, result=result, expected=well, observed=well if is_well else else_)


def _unknown(check: str, title: Text) -> Check:
    return Check(id=check, title=title, result=CheckResult.UNKNOWN, observed=words.OLD_FIRMWARE)


def _byte(value: object) -> int:
    return value if isinstance(value, int) and 0 <= value <= 255 else 0
