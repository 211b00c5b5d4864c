"""The driver of one micro:bit or Calliope mini in the air: it says which one that is, and nothing more."""

import re

from medialab_agent.sdk.driver import Driver
from medialab_agent.sdk.microbit.friendly_name import is_friendly_name
from medialab_agent.sdk.steps import Done, Order, Probe, Reading, Say, Step
from medialab_agent.sdk.trouble import NeedsPerson, Refused
from medialab_wire.progress import Check
from medialab_wire.reports import Access, Identity, IdentityKind
from medialab_wire.sightings import Sighting
from medialab_wire.texts import Text

SCOPE = "microbit-name"
"""Of the identity that a board tells over USB, too: five letters made of its chip's number."""
_BY_USB = Text(
    de="Über Bluetooth ist diese Platine nur zu sehen. Zum Zurücksetzen mit einem USB-Kabel anstecken.",
    en="Over Bluetooth this board can only be seen. Plug it in with a USB cable to reset it.",
)
_LETTERS = re.compile(r"\[([a-z]{5})\]")


class MicrobitBleDriver(Driver):
    """See `Driver`. Settings: none."""

    poll_s = 3_600.0

    @classmethod
    def key(cls, sighting: Sighting) -> str | None:
        """Its five letters, for some boards change their address with each start; its address where it has none."""
        if sighting.source != "ble":
            return None
        return _letters(sighting.facts.get("name", "")) or sighting.facts.get("address")

    async def probe(self) -> Probe:
        """Its name."""
        facts = next((one.facts for one in self.link.sightings if one.present), {})
        name = facts.get("name", "")
        place = Identity(kind=IdentityKind.PLACE, value=facts.get("address", self.link.key), scope="ble")
        letters = _letters(name)
        asset = (Identity(kind=IdentityKind.ASSET, value=letters, scope=SCOPE),) if letters else ()
        model = "Calliope mini" if name.lower().startswith("calliope") else "BBC micro:bit"
        return Probe(name or model, "board", (*asset, place), Access.NONE, _BY_USB, {"model": model})

    async def report(self) -> Reading:
        """It is there."""
        return Reading()

    async def plan(self, order: Order) -> tuple[Step, ...]:
        """Nothing can be done over the air. Raises `Refused`."""
        raise _not_over_the_air(order.action)

    async def do(self, order: Order, step: Step, say: Say) -> Done:  # noqa: ARG002 - there are no steps
        """Raises `Refused`."""
        raise _not_over_the_air(step.id)

    async def verify(self, order: Order) -> tuple[Check, ...]:
        """Raises `Refused`."""
        raise _not_over_the_air(order.action)

    async def find_me(self) -> None:
        """Whether its lights can be set depends on the learners' program. Raises `NeedsPerson`."""
        raise NeedsPerson(
            "look-at-the-board",
            Text(
                de="Über Bluetooth kann sich diese Platine nicht zeigen.",
                en="This board cannot show itself over Bluetooth.",
            ),
            Text(
                de="Ihr Name aus fünf Buchstaben erscheint beim Koppeln auf der Anzeige; oder mit USB anstecken.",
                en="Its name of five letters appears on its display while pairing; or plug it in by USB.",
            ),
        )

    async def stop(self) -> None:
        """Nothing was begun."""


def _letters(name: str) -> str | None:
    found = _LETTERS.search(name.lower())
    return found.group(1) if found and is_friendly_name(found.group(1)) else None


def _not_over_the_air(detail: str) -> Refused:
    return Refused(
        "only-by-usb",
        Text(de="Das geht nur über USB.", en="This works by USB only."),
        Text(de="Die Platine mit einem USB-Kabel anstecken.", en="Plug the board in with a USB cable."),
        detail,
    )


DRIVER = MicrobitBleDriver
