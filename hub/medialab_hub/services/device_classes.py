"""Which class of the catalogue a device is of: what a person chose, else what its connections say. Never stored."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from medialab_hub.catalogue.areas import AREAS
from medialab_hub.catalogue.loader import shipped
from medialab_hub.catalogue.matcher import Match
from medialab_hub.catalogue.model import DeviceClass
from medialab_hub.catalogue.told import Told, told
from medialab_hub.services.refusals import no_such, not_understood
from medialab_hub.storage import devices
from medialab_hub.storage.session import Session
from medialab_hub.storage.tables import Connection, Device, DeviceIdentity, Model
from medialab_wire.texts import Text

Row = dict[str, Any]


def known_class(class_id: str | None) -> str | None:
    """The id, when the catalogue has it; None for None. Raises `HubError`."""
    if class_id is not None and class_id not in shipped().classes:
        text = Text(de="Diesen Gerätetyp kennt der Katalog nicht.", en="The catalogue does not know this device type.")
        raise not_understood("no-such-class", text, class_id)
    return class_id


def drivers_of(class_id: str) -> tuple[str, ...]:
    """Drivers that may serve a class; none for one the catalogue does not know."""
    one = shipped().classes.get(class_id)
    return () if one is None else one.drivers


def class_of(device: Device, connections: Iterable[Connection], identities: Sequence[DeviceIdentity]) -> Match:
    """A choice goes before everything reported, unless the catalogue has lost that class since."""
    if device.chosen_class in shipped().classes:
        return Match(decided=device.chosen_class)
    return shipped().matcher.match(_told(connection, identities) for connection in connections)


def classes_of(session: Session, things: Mapping[str, Device]) -> dict[str, str]:
    """Class of the catalogue by device: what a person chose, else its model's, else what its connections say."""
    ways, signs = devices.connections_of(session, things), devices.identities_of(session, things)
    known = shipped().classes
    found: dict[str, str] = {}
    for key, device in things.items():
        match = class_of(
            device, [way for way in ways if way.device_id == key], [sign for sign in signs if sign.device_id == key]
        )
        model = None if device.model_id is None else session.get(Model, device.model_id)
        said = (device.chosen_class, None if model is None else model.class_id, match.decided)
        decided = next((one for one in said if one in known), None)
        if decided is not None:
            found[key] = decided
    return found


def holds_recordings(session: Session, device: Device) -> bool:
    """True for cameras and recorders, as far as the catalogue knows them."""
    found = classes_of(session, {device.id: device}).get(device.id)
    return found is not None and shipped().classes[found].recordings


def _told(connection: Connection, identities: Iterable[DeviceIdentity]) -> Told:
    own = ((identity.kind, identity.shown) for identity in identities if identity.connection_id == connection.id)
    return told(connection.driver, connection.kind, connection.name, connection.sources, connection.facts, own)


def class_view(device: Device, connections: Iterable[Connection], identities: Sequence[DeviceIdentity]) -> Row:
    """The fields of `ClassAnswer`."""
    match = class_of(device, connections, identities)
    return {
        "of": None if match.decided is None else _name(match.decided),
        "chosen": match.decided is not None and match.decided == device.chosen_class,
        "candidates": [_name(candidate) for candidate in match.candidates],
    }


def _name(class_id: str) -> Row:
    return {"id": class_id, "name": shipped().classes[class_id].name.model_dump()}


def every_class() -> list[Row]:
    """The whole catalogue: the fields of `DeviceClassView`."""
    return [_shown(one) for one in shipped().classes.values()]


def one_class(class_id: str) -> Row:
    """One class. Raises `NotFound`."""
    one = shipped().classes.get(class_id)
    if one is None:
        raise no_such("class", class_id)
    return _shown(one)


def _shown(one: DeviceClass) -> Row:
    fields = one.model_dump(mode="json", exclude={"tells", "mkr", "recordings"})
    return {**fields, "areas": [{"id": area, "name": AREAS[area].model_dump()} for area in one.mkr]}
