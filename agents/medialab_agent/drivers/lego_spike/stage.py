"""Storing a program of the lab on a hub; it is never started."""

from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from medialab_agent.drivers.lego_spike import words
from medialab_agent.drivers.lego_spike.hub import Hub
from medialab_agent.drivers.lego_spike.messages import FILE_NAME_MOST, SLOTS, fitting
from medialab_agent.sdk.steps import Done, Order, Say
from medialab_agent.sdk.trouble import Refused
from medialab_wire.progress import Check, CheckResult
from medialab_wire.texts import Text

PROGRAM_MOST = 65_536
"""Bytes of one program."""


class _Params(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    slot: int = Field(ge=0, lt=SLOTS)
    content: str = Field(min_length=1, max_length=PROGRAM_MOST)
    name: str = Field(default="program.py", min_length=1, max_length=FILE_NAME_MOST)


@dataclass(frozen=True)
class Program:
    """What is to be stored where."""

    slot: int
    name: str
    content: bytes

    @classmethod
    def of(cls, order: Order) -> "Program":
        """From an order's params: `slot` 0 to 19, `content` (Python source), `name`. Raises `Refused`."""
        try:
            told = _Params.model_validate(dict(order.params))
        except ValidationError as error:
            raise Refused(
                "bad-order",
                Text(de="Der Auftrag ist unvollständig.", en="The order is incomplete."),
                Text(
                    de="Platz (0 bis 19) und Programm (höchstens 64 kB) angeben.",
                    en="Name a slot (0 to 19) and a program (64 kB at most).",
                ),
                "; ".join(".".join(map(str, one["loc"])) for one in error.errors()),
            ) from error
        return cls(told.slot, fitting(told.name, FILE_NAME_MOST), told.content.encode())

    async def upload(self, hub: Hub, say: Say) -> Done:
        """Empty the slot and store it there."""
        await hub.clear(self.slot)
        await hub.upload(self.name, self.slot, self.content, say)
        return Done()

    async def verify(self, hub: Hub) -> tuple[Check, ...]:
        """The protocol reads no program back; that the hub is still there and answers is all that can be said."""
        await hub.state()
        unread = Check(id="stored", title=words.STAGED, result=CheckResult.UNKNOWN, observed=words.TAKEN_UNREAD)
        return (unread,)
