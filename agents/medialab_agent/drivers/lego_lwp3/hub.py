"""One conversation with a hub over one connection."""

from medialab_agent.drivers.lego_lwp3 import messages as m
from medialab_agent.drivers.lego_lwp3.messages import Action, BadMessage, Property, Update
from medialab_agent.sdk.gatt import Gatt, Inbox, garbled, refused, silent

MOST_OTHERS = 100
"""Messages that are no answer, while one is awaited: a hub tells of all its ports when somebody connects."""


class Hub:
    """Made by `Hub.meet`. All methods raise `DeviceTrouble`."""

    def __init__(self, gatt: Gatt, inbox: Inbox) -> None:
        self._gatt, self._inbox = gatt, inbox

    @classmethod
    async def meet(cls, gatt: Gatt) -> "Hub":
        """Listen."""
        return cls(gatt, await gatt.listen(m.CHARACTERISTIC))

    async def name(self) -> str:
        """What it is called."""
        return (await self._ask(Property.NAME)).rstrip(b"\0").decode("utf-8", "replace")

    async def firmware(self) -> str:
        """Version, as LEGO writes it."""
        try:
            return m.version(await self._ask(Property.FIRMWARE))
        except BadMessage as error:
            raise garbled(str(error)) from error

    async def battery(self) -> int:
        """Percent."""
        value = await self._ask(Property.BATTERY)
        if len(value) != 1 or value[0] > 100:
            raise garbled("battery")
        return value[0]

    async def rename(self, name: str) -> None:
        """Call it so; the protocol acknowledges nothing, but an error would come before the next answer."""
        await self._gatt.write(m.CHARACTERISTIC, m.set_name(name))
        await self.battery()

    async def show(self, *, is_busy: bool) -> None:
        """Let the light tell that it is busy, or what it told before."""
        await self._gatt.write(m.CHARACTERISTIC, m.action(Action.SHOW_BUSY if is_busy else Action.SHOW_NORMAL))

    async def _ask(self, wanted: Property) -> bytes:
        await self._gatt.write(m.CHARACTERISTIC, m.request(wanted))
        for _ in range(MOST_OTHERS):
            try:
                told = m.read(await self._inbox.next())
            except BadMessage as error:
                raise garbled(str(error)) from error
            if isinstance(told, int):
                raise refused(f"error {told}")
            if isinstance(told, Update) and told.property == wanted:
                return told.value
        raise silent(f"no answer about property {wanted}")
