"""Why a photo is not taken or not there, in the words people read; nothing of it ever keeps anybody from answering."""

from medialab_hub.domain.jpeg import Flaw
from medialab_hub.domain.photos import LARGEST, LONGEST_SIDE
from medialab_hub.errors import Conflict, Forbidden, HubError, NotFound, TooMany
from medialab_wire.texts import Text

AGAIN = Text(
    de="Bitte noch einmal fotografieren. Ohne Foto können Sie den Schritt auch bestätigen.",
    en="Please take another photo. You can also confirm the step without one.",
)


class Unusable(HubError):
    """What was sent is no photo that can be kept."""

    status = 422


class TooLarge(HubError):
    """More bytes than a photo needs."""

    status = 413


class Full(HubError):
    """No room for more photos."""

    status = 507


NO_JPEG = Unusable(
    "photo-no-jpeg",
    Text(de="Das ist kein Foto im Format JPEG.", en="This is no photo in the JPEG format."),
    AGAIN,
)
FLAWS = {
    Flaw.NO_JPEG: NO_JPEG,
    Flaw.DAMAGED: Unusable(
        "photo-damaged",
        Text(de="Das Foto ist beschädigt oder unvollständig.", en="The photo is damaged or incomplete."),
        AGAIN,
    ),
    Flaw.UNUSUAL: Unusable(
        "photo-unusual",
        Text(de="Diese Art von JPEG wird nicht angenommen.", en="This kind of JPEG is not taken."),
        AGAIN,
    ),
    Flaw.TOO_MANY_PIXELS: Unusable(
        "photo-too-many-pixels",
        Text(
            de=f"Das Foto hat zu viele Bildpunkte: höchstens {LONGEST_SIDE} auf jeder Seite.",
            en=f"The photo has too many pixels: at most {LONGEST_SIDE} on each side.",
        ),
        AGAIN,
    ),
}
TOO_LARGE = TooLarge(
    "photo-too-large",
    Text(de=f"Das Foto ist größer als {LARGEST // 1_000_000} MB.", en=f"The photo is over {LARGEST // 1_000_000} MB."),
    AGAIN,
)
FULL = Full(
    "photos-full",
    Text(de="Für weitere Fotos ist kein Platz.", en="There is no room for more photos."),
    Text(
        de="Bestätigen Sie den Schritt ohne Foto. Das Team kann alte Fotos löschen oder mehr Platz erlauben.",
        en="Confirm the step without a photo. Staff can delete old photos or allow more room.",
    ),
)
TOO_OFTEN = TooMany(
    "photos-too-often",
    Text(de="Das waren viele Fotos in kurzer Zeit.", en="That were many photos in a short time."),
    Text(de="Bitte eine Minute warten.", en="Please wait a minute."),
)
NOT_WAITING = Conflict(
    "step-does-not-wait",
    Text(de="Dieser Schritt wartet nicht auf jemanden.", en="This step does not wait for anybody."),
)
OTHER_PHOTO = Conflict(
    "photo-differs",
    Text(de="Unter dieser Nummer liegt schon ein anderes Foto.", en="There is another photo of that number."),
    AGAIN,
)
ERASED = Conflict(
    "photo-erased",
    Text(de="Dieses Foto gibt es nicht mehr.", en="This photo is not there any more."),
    AGAIN,
)
GONE = NotFound(
    "photo-erased",
    Text(de="Dieses Foto wurde gelöscht.", en="This photo was deleted."),
    Text(de="Im Nachweis steht weiterhin, dass es eines gab.", en="The record still says that there was one."),
)
NOT_YOURS = Forbidden(
    "photo-not-yours",
    Text(de="Dieses Foto dürfen Sie nicht löschen.", en="You may not delete this photo."),
    Text(de="Bitte jemanden aus dem Team fragen.", en="Please ask staff."),
)
