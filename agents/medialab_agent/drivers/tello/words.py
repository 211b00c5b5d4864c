"""What the Tello driver says to people: steps, checks, troubles."""

from medialab_agent.sdk.steps import Step
from medialab_agent.sdk.trouble import Refused, Unreachable
from medialab_wire.texts import Text

MEET = Step("meet", Text(de="Mit der Drohne sprechen", en="Talk to the drone"), deadline_s=30)
BUTTON = Step(
    "button",
    Text(de="WLAN auf Werkseinstellung", en="Wi-Fi to factory settings"),
    ask=Text(
        de="Halten Sie bei eingeschalteter Drohne die Ein-Taste 5 Sekunden, bis das Licht ausgeht, und warten Sie, "
        "bis es schnell gelb blinkt. Verbinden Sie den Computer dann wieder mit dem WLAN TELLO-…",
        en="While the drone is on, hold its power button for 5 seconds until the light goes out, and wait until it "
        "quickly flashes yellow. Then connect the computer to the Wi-Fi TELLO-… again.",
    ),
)
WIFI_NAME = Step(
    "wifi-name",
    Text(de="WLAN-Name prüfen", en="Check the Wi-Fi name"),
    ask=Text(
        de="Heißt das WLAN der Drohne, wie es auf ihrem Etikett steht (TELLO-…)? Wenn nicht: Ein-Taste 5 Sekunden "
        "halten, bis das Licht ausgeht; dann heißt es wieder so.",
        en="Is the drone's Wi-Fi called as its label says (TELLO-…)? If not: hold the power button for 5 seconds until "
        "the light goes out; then it is called so again.",
    ),
    check="wifi-name",
)
WIFI_OPEN = Step(
    "wifi-open",
    Text(de="WLAN ohne Passwort prüfen", en="Check that the Wi-Fi has no password"),
    ask=Text(
        de="Zeigt die WLAN-Liste des Computers die Drohne unter dem Namen auf ihrem Etikett, ohne Passwort?",
        en="Does the computer's Wi-Fi list show the drone by the name on its label, without a password?",
    ),
    check="wifi-open",
)
PROPELLERS = Step(
    "propellers",
    Text(de="Propeller und Schutz prüfen", en="Check propellers and guards"),
    ask=Text(
        de="Sind alle vier Propeller heil, fest und an ihrem Platz, und sitzen alle vier Schutzbügel? Bitte Haare und "
        "Fäden an den Achsen entfernen.",
        en="Are all four propellers undamaged, tight and in their places, and are all four guards on? Please remove "
        "hair and threads from the axles.",
    ),
    check="propellers",
)
BATTERIES = Step(
    "batteries",
    Text(de="Akkus zählen", en="Count the batteries"),
    ask=Text(
        de="Sind alle Akkus da, unverformt und ohne Risse? Bitte nach dem Zettel im Koffer zählen.",
        en="Are all batteries there, not swollen and without cracks? Please count by the sheet in the case.",
    ),
    check="batteries",
)
BY_LEVEL = {
    "clean": (MEET, WIFI_NAME, PROPELLERS, BATTERIES),
    "factory-wifi": (MEET, BUTTON, WIFI_OPEN, PROPELLERS, BATTERIES),
}

SAME_DRONE = Text(de="Es ist dieselbe Drohne", en="It is the same drone")
BATTERY = Text(de="Der Akkustand lässt sich lesen", en="The battery level can be read")
STILL = Text(de="Die Motoren stehen still", en="The motors stand still")
SAME = Text(de="gleich", en="the same")
OTHER = Text(de="eine andere", en="another one")
NOT_TOLD = Text(de="Das sagt die Drohne nicht.", en="The drone does not tell.")
NO_STATE = Text(de="Die Drohne sendet ihren Zustand nicht hierher.", en="The drone does not send its state here.")
AT_REST = Text(de="am Boden, Motorlaufzeit unverändert", en="on the ground, motor time unchanged")
MOVING = Text(de="Motoren laufen", en="motors run")


def other_drone() -> Unreachable:
    """All Tellos have the same address: the computer has joined another one's network."""
    return Unreachable(
        "other-device",
        Text(de="Unter dieser Adresse antwortet eine andere Drohne.", en="Another drone answers at this address."),
        Text(
            de="Den Computer mit dem WLAN dieser Drohne verbinden; der Name steht auf ihrem Etikett.",
            en="Connect the computer to this drone's Wi-Fi; its label says the name.",
        ),
    )


def cannot_show() -> Refused:
    """It has neither a sound nor a light to order; all it could do is spin its propellers."""
    return Refused(
        "cannot-show",
        Text(de="Eine Drohne kann sich nicht gefahrlos zeigen.", en="A drone cannot show itself safely."),
        Text(
            de="Ihr WLAN-Name (TELLO-…) steht auf dem Etikett im Akkufach.",
            en="Its Wi-Fi name (TELLO-…) is on the label in the battery bay.",
        ),
    )


def unknown_order(detail: str) -> Refused:
    """An order this driver does not know."""
    return Refused(
        "unknown-order", Text(de="Das kann diese Drohne nicht.", en="This drone cannot do that."), detail=detail
    )
