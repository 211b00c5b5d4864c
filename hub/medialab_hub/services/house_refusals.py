"""Why a rule of the house refuses a wish, and what to do. `detail` is the next possible moment, where there is one."""

from datetime import datetime, tzinfo

from medialab_hub.domain.institutions import KINDS, InstitutionKind
from medialab_hub.errors import Conflict
from medialab_hub.services.moment_words import in_words
from medialab_hub.services.stamps import stamp
from medialab_hub.storage.tables import Model
from medialab_wire.texts import Text

OR_EXCUSE = Text(
    de="Das Team kann mit einer Begründung eine Ausnahme machen.", en="Staff can make an exception and say why."
)


def closed_at_start(start: datetime, opens: datetime | None, zone: tzinfo) -> Conflict:
    """Nobody is there to hand it out."""
    at = in_words(start, zone)
    title = Text(
        de=f"{at.de} ist geschlossen: Abholen geht nur während der Öffnungszeiten.",
        en=f"It is closed on {at.en}: things can be collected during opening hours only.",
    )
    return Conflict("closed-at-start", title, _next(opens, zone), stamp(opens) or "")


def closed_at_end(end: datetime, opens: datetime | None, zone: tzinfo) -> Conflict:
    """Nobody is there to take it back."""
    at = in_words(end, zone)
    title = Text(
        de=f"{at.de} ist geschlossen: Zurückbringen geht nur während der Öffnungszeiten.",
        en=f"It is closed on {at.en}: things can be brought back during opening hours only.",
    )
    return Conflict("closed-at-end", title, _next(opens, zone), stamp(opens) or "")


def too_long(model: Model, most: int, latest: datetime, zone: tzinfo) -> Conflict:
    """Longer than one of this model is lent."""
    days = Text(de="1 Tag" if most == 1 else f"{most} Tage", en="1 day" if most == 1 else f"{most} days")
    title = Text(
        de=f"{model.name} wird höchstens {days.de} am Stück verliehen.",
        en=f"{model.name} is lent for at most {days.en} at a time.",
    )
    at = in_words(latest, zone)
    remedy = Text(
        de=f"Spätestens zurück: {at.de}. {OR_EXCUSE.de}", en=f"To be back by {at.en} at the latest. {OR_EXCUSE.en}"
    )
    return Conflict("too-long", title, remedy, stamp(latest))


def too_soon(model: Model, earliest: datetime, zone: tzinfo) -> Conflict:
    """The team needs time to get it ready."""
    title = Text(
        de=f"{model.name} muss mindestens {model.notice_h} Stunden vorher gebucht werden.",
        en=f"{model.name} has to be booked at least {model.notice_h} hours in advance.",
    )
    at = in_words(earliest, zone)
    remedy = Text(
        de=f"Frühestens ab: {at.de}. In eiligen Fällen bitte das Team fragen.",
        en=f"From {at.en} at the earliest. Please ask the team when it is urgent.",
    )
    return Conflict("too-soon", title, remedy, stamp(earliest))


def not_for(model: Model, *, is_known: bool) -> Conflict:
    """It is lent to certain kinds of institutions only."""
    words = [KINDS[InstitutionKind(kind)] for kind in model.lends_to]
    title = Text(
        de=f"{model.name} wird nur verliehen an: {', '.join(one.de for one in words)}.",
        en=f"{model.name} is lent only to: {', '.join(one.en for one in words)}.",
    )
    say = Text(de="Bitte ein anderes Modell wählen.", en="Please choose another model.")
    if not is_known:
        say = Text(de="Bitte die Einrichtung angeben.", en="Please name the institution.")
    return Conflict("not-for-this-kind", title, Text(de=f"{say.de} {OR_EXCUSE.de}", en=f"{say.en} {OR_EXCUSE.en}"))


def nobody_trained(model: Model) -> Conflict:
    """Somebody who has been trained has to be named."""
    remedy = Text(
        de=f"Bitte die Person angeben, die eingewiesen ist. {OR_EXCUSE.de}",
        en=f"Please name the person who has been trained. {OR_EXCUSE.en}",
    )
    return Conflict("training-needed", _training(model), remedy, model.id)


def untrained(model: Model) -> Conflict:
    """No valid training of this person is known."""
    remedy = Text(
        de=f"Zuerst die Einweisung machen und bei der Person eintragen. {OR_EXCUSE.de}",
        en=f"Train the person first and enter it with the person. {OR_EXCUSE.en}",
    )
    return Conflict("training-missing", _training(model), remedy, model.id)


def _training(model: Model) -> Text:
    return Text(
        de=f"{model.name} bekommt nur, wer eingewiesen ist.", en=f"{model.name} is lent to trained people only."
    )


def _next(opens: datetime | None, zone: tzinfo) -> Text:
    if opens is None:
        return OR_EXCUSE
    at = in_words(opens, zone)
    return Text(de=f"Nächste mögliche Zeit: {at.de}. {OR_EXCUSE.de}", en=f"Next possible: {at.en}. {OR_EXCUSE.en}")
