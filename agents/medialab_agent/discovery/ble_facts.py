"""From Bluetooth LE advertisements to facts that stay still while the device stays the same; pure."""

from collections.abc import Iterable, Mapping

from medialab_agent.discovery.text import filled, short

MOST_UUIDS = 12
MOST_MAKERS = 6
MOST_DATA = 31
"""Bytes of one legacy advertisement (Bluetooth Core 5.4, vol 6, part B, 2.3.1)."""

_DATA = "manufacturer."


def facts_of(
    before: Mapping[str, str],
    address: str,
    name: str | None,
    service_uuids: Iterable[str],
    manufacturer_data: Mapping[int, bytes],
    service_data_uuids: Iterable[str] = (),
) -> dict[str, str]:
    """Facts after one more advertisement. `before` are the facts so far, for advertisements tell a part each.

    `service_uuids`, `service_data_uuids` and `manufacturer_ids` (four hex digits) are joined by spaces;
    `manufacturer.<id>` is the data in hex, kept as it was while nothing else changes, because many devices count or
    blink in it."""
    uuids = _union(before.get("service_uuids", ""), (short(uuid).lower() for uuid in service_uuids), MOST_UUIDS)
    data_uuids = (short(uuid).lower() for uuid in service_data_uuids)
    makers = _union(before.get("manufacturer_ids", ""), (_maker(m) for m in manufacturer_data), MOST_MAKERS)
    facts = filled(
        {
            "address": short(address).lower(),
            "name": short(name) or before.get("name", ""),
            "service_uuids": uuids,
            "service_data_uuids": _union(before.get("service_data_uuids", ""), data_uuids, MOST_UUIDS),
            "manufacturer_ids": makers,
        }
    )
    if facts == {key: value for key, value in before.items() if not key.startswith(_DATA)}:
        return dict(before)
    data = {f"{_DATA}{_maker(maker)}": value[:MOST_DATA].hex() for maker, value in manufacturer_data.items()}
    kept = {key: value for key, value in before.items() if key.startswith(_DATA)}
    known = {f"{_DATA}{maker}" for maker in makers.split()}
    return facts | filled({key: value for key, value in (kept | data).items() if key in known})


def _maker(number: int) -> str:
    return f"{number & 0xFFFF:04x}"


def _union(before: str, new: Iterable[str], most: int) -> str:
    """Sorted and bounded; what was there first stays."""
    known = before.split()
    fresh = sorted({word for word in new if word and " " not in word and len(word) <= 36} - set(known))
    return " ".join(sorted((known + fresh)[:most]))
