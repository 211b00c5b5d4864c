"""Writes calendars as iCalendar (RFC 5545, names and pace by RFC 7986), the same bytes for the same bookings."""

import hashlib
from datetime import date, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from icalendar import Calendar, Event

from medialab_hub.domain.calendars import CalendarEvent, Feed
from medialab_hub.domain.typed_words import visible

PRODUCT = "-//MediaLab Hub//Calendar feed//EN"
LOOK_AGAIN = timedelta(hours=1)
"""How often calendars are asked to look."""
_LAYOUT = "1"
"""Of what is written; another one means another tag."""


class CalendarWriter:
    """Writes feeds in the time of the lab, with the rules of its time zone beside them."""

    def tag_of(self, feed: Feed, zone: ZoneInfo) -> str:
        """The ETag of the calendar (RFC 9110 section 8.8.3), known before it is written."""
        return f'"{hashlib.blake2b(repr((_LAYOUT, zone.key, feed)).encode(), digest_size=16).hexdigest()}"'

    def write(self, feed: Feed, zone: ZoneInfo) -> bytes:
        """The file. Slow for many events; call it in a thread."""
        calendar = _empty(feed, zone)
        for event in feed.events:
            calendar.add_component(_event(event, zone))
        return bytes(calendar.to_ical())


def _empty(feed: Feed, zone: ZoneInfo) -> "Calendar":
    from icalendar import Calendar, Timezone  # here because most hubs never write one

    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    for name in ("name", "x-wr-calname"):
        calendar.add(name, visible(feed.name))
    calendar.add("x-wr-timezone", zone.key)
    calendar.add("refresh-interval", LOOK_AGAIN, {"value": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    if feed.events:
        first = date(min(event.starts for event in feed.events).year - 1, 1, 1)
        last = date(max(event.ends for event in feed.events).year + 2, 1, 1)
        calendar.add_component(Timezone.from_tzinfo(zone, zone.key, first_date=first, last_date=last))
    return calendar


def _event(event: CalendarEvent, zone: ZoneInfo) -> "Event":
    from icalendar import Event

    written = Event()
    written.add("uid", f"{event.key}@medialab-hub")
    written.add("dtstamp", event.made)
    written.add("dtstart", event.starts.astimezone(zone))
    written.add("dtend", event.ends.astimezone(zone))
    written.add("sequence", event.revision)
    written.add("summary", visible(event.summary))
    state = "CANCELLED" if event.is_canceled else "TENTATIVE" if event.is_tentative else "CONFIRMED"
    written.add("status", state)
    written.add("transp", "TRANSPARENT" if event.is_canceled else "OPAQUE")
    return written
