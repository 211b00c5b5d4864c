"""Moments as people say them in the time zone of the lab."""

from datetime import datetime, tzinfo

from medialab_wire.texts import Text

_DE = ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag")
_EN = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def in_words(moment: datetime, zone: tzinfo) -> Text:
    """`Dienstag, 24.11.2026, 9:00 Uhr`, `Tuesday 24/11/2026, 9:00`."""
    local = moment.astimezone(zone)
    time = f"{local.hour}:{local.minute:02}"
    return Text(
        de=f"{_DE[local.weekday()]}, {local:%d.%m.%Y}, {time} Uhr",
        en=f"{_EN[local.weekday()]} {local:%d/%m/%Y}, {time}",
    )
