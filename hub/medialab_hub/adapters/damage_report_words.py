"""The words of a damage report."""

from medialab_hub.domain.damages import DamageKind, DamageOutcome
from medialab_wire.texts import Text

LABELS = {
    "title": Text(de="Schadensmeldung", en="Damage report"),
    "page": Text(de="Seite", en="Page"),
    "device": Text(de="Das Gerät", en="The device"),
    "event": Text(de="Was geschehen ist", en="What happened"),
    "said": Text(de="Beschreibung", en="Description"),
    "photos": Text(de="Fotos", en="Photos"),
    "photo": Text(de="Foto des Schadens", en="Photo of the damage"),
    "state": Text(de="Stand", en="State"),
    "signs": Text(de="Datum, Unterschrift", en="Date, signature"),
}
DEVICE = Text(de="Gerät", en="Device")
MODEL = Text(de="Modell", en="Model")
TAG = Text(de="Etikett", en="Label")
SERIAL = Text(de="Seriennummer", en="Serial number")
OWNED = Text(de="Im Bestand seit", en="In stock since")
VALUE = Text(de="Ersatzwert", en="Replacement value")
KIND = Text(de="Art", en="Kind")
REPORTED = Text(de="Gemeldet", en="Reported")
INSTITUTION = Text(de="Entliehen an", en="On loan to")
BOOKING = Text(de="Buchung", en="Booking")
LOAN = Text(de="Leihzeit", en="Time of the loan")
KINDS = {
    DamageKind.DAMAGED: Text(de="Beschädigt", en="Damaged"),
    DamageKind.LOST: Text(de="Verloren", en="Lost"),
    DamageKind.PART: Text(de="Ein Teil fehlt", en="A part is missing"),
}
OPEN = Text(de="Noch nicht abgeschlossen.", en="Not settled yet.")
OUTCOMES = {
    DamageOutcome.REPAIRED: Text(de="Repariert", en="Repaired"),
    DamageOutcome.FOUND: Text(de="Wieder da", en="Found again"),
    DamageOutcome.NOTHING: Text(de="Kein Schaden", en="No damage"),
    DamageOutcome.REPLACED: Text(de="Ersetzt", en="Replaced"),
    DamageOutcome.WRITTEN_OFF: Text(de="Ausgebucht", en="Written off"),
}
