"""A device that does not answer is asked again, but not for ever and not after it said no."""

import pytest

from medialab_agent.sdk.patience import patiently, until
from medialab_agent.sdk.trouble import DeviceTrouble, Refused, unreachable
from medialab_wire.texts import Text


class Device:
    """Fails with each of `troubles`, then answers."""

    def __init__(self, *troubles: DeviceTrouble) -> None:
        self.troubles = list(troubles)
        self.asked = 0

    async def ask(self) -> str:
        self.asked += 1
        if self.troubles:
            raise self.troubles.pop(0)
        return "here"


async def test_what_comes_back_in_time_is_asked_again() -> None:
    device = Device(unreachable(), unreachable())
    assert await patiently(device.ask, 60.0, 0.0) == "here"
    assert device.asked == 3


async def test_what_stays_away_is_given_up() -> None:
    device = Device(*(unreachable(str(number)) for number in range(1000)))
    with pytest.raises(DeviceTrouble) as caught:
        await patiently(device.ask, 0.05, 0.01)
    assert caught.value.trouble.code == "device-unreachable"


async def test_a_no_is_not_asked_again() -> None:
    device = Device(Refused("no", Text.same("no")))
    with pytest.raises(Refused):
        await patiently(device.ask, 60.0, 0.0)
    assert device.asked == 1


async def test_until_waits_for_anything_but_nothing() -> None:
    answers = [None, False]

    async def ask() -> bool | None:
        return answers.pop(0)

    assert await until(ask) is False
