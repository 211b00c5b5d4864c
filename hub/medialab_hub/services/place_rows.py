"""What is shown of locations and stations, and that they changed; who looks at them fetches them again."""

from collections.abc import Collection, Sequence

from medialab_hub.storage import places
from medialab_hub.storage.noun import Noun, Row
from medialab_hub.storage.session import Session

ALL_PLACES = ""
"""They are told as one."""


def _rows(_session: Session, ids: Collection[str], _seq: int) -> dict[str, Row]:
    return {key: {} for key in ids}


def places_view(session: Session) -> dict[str, Sequence[Row]]:
    """The fields of `Places`."""
    at_location, at_station = places.devices_by_location(session), places.devices_by_station(session)
    return {
        "locations": [
            {"id": place.id, "name": place.name, "devices": at_location.get(place.id, 0)}
            for place in places.locations(session)
        ],
        "stations": [
            {"id": p.id, "name": p.name, "location": p.location_id, "devices": at_station.get(p.id, 0)}
            for p in places.stations(session)
        ],
    }


PLACES = Noun("places", _rows)
