"""Reads a calendar from stdin with vobject, which shares no code with the writer, and says what it found as JSON."""

import json
import sys
from datetime import UTC

import vobject

calendar = vobject.readOne(sys.stdin.read())
events = [
    {
        "uid": event.uid.value,
        "summary": event.summary.value,
        "starts": event.dtstart.value.astimezone(UTC).isoformat(),
        "ends": event.dtend.value.astimezone(UTC).isoformat(),
        "status": event.status.value,
        "sequence": event.sequence.value,
    }
    for event in calendar.vevent_list
]
print(json.dumps({"zones": [zone.tzid.value for zone in calendar.vtimezone_list], "events": events}))
