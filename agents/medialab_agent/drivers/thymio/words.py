"""What the Thymio driver says to people: steps, checks, troubles."""

from medialab_agent.sdk.steps import Step
from medialab_agent.sdk.trouble import NeedsPerson, Refused, Unreachable
from medialab_wire.texts import Text

CARD_OUT = Step(
    "card",
    Text(de="Speicherkarte herausnehmen", en="Take the memory card out"),
    ask=Text(
        de="Im Thymio steckt eine Speicherkarte. Nehmen Sie sie bitte heraus und löschen Sie ihren Inhalt an "
        "einem Computer: Darauf können Tonaufnahmen und Programme liegen.",
        en="There is a memory card in the Thymio. Please take it out and erase it at a computer: it may hold sound "
        "recordings and programs.",
    ),
)
STOP = Step("stop", Text(de="Programm und Motoren anhalten", en="Stop program and motors"), deadline_s=30)
CLEAR = Step("clear", Text(de="Programm löschen", en="Erase the program"), deadline_s=60)
STORE = Step("store", Text(de="Auch den Dauerspeicher leeren", en="Empty the permanent memory, too"), deadline_s=30)
RENAME = Step("rename", Text(de="Namen zurückgeben", en="Give the name back"), deadline_s=30)

PROGRAM = Text(de="Kein Programm im Arbeitsspeicher", en="No program in working memory")
STORED = Text(de="Kein Programm im Dauerspeicher", en="No program in permanent memory")
VALUES = Text(de="Keine Werte eines Programms", en="No values of a program")
STILL = Text(de="Die Motoren stehen still", en="The motors stand still")
NAME = Text(de="Name wie im guten Zustand", en="Name as in the baseline")
CARD = Text(de="Keine Speicherkarte steckt", en="No memory card is in")

EMPTY = Text(de="leer", en="empty")
A_PROGRAM = Text(de="ein Programm, das von selbst beginnt", en="a program that starts by itself")
TELLS_NOTHING = Text(
    de="Der Roboter sagt nicht, was in seinem Speicher steht.", en="The robot does not say what its memory holds."
)
COMPARED = Text(
    de="Der Roboter hat beide Speicher verglichen: gleich leer.",
    en="The robot compared both memories: equally empty.",
)
NOT_EQUAL = Text(de="Der Dauerspeicher ließ sich nicht leeren.", en="The permanent memory could not be emptied.")
NOT_TOLD = Text(de="Das sagt diese Firmware nicht.", en="This firmware does not tell.")
NO_NAMES = Text(de="Diese Firmware kennt keine Namen.", en="This firmware knows no names.")
SAME = Text(de="gleich", en="the same")
OTHER = Text(de="anders", en="different")
CARD_IN = Text(
    de="Eine Karte steckt; was darauf liegt, kann niemand von hier aus sehen.",
    en="A card is in; nobody can see from here what is on it.",
)
CARD_NONE = Text(de="keine Karte", en="no card")


def unplugged(detail: str = "") -> Unreachable:
    """The port is gone."""
    return Unreachable(
        "device-unplugged",
        Text(de="Der Thymio oder sein Funkstick wurde abgezogen.", en="The Thymio or its dongle was unplugged."),
        Text(de="Wieder anstecken.", en="Plug it in again."),
        detail,
    )


def garbled() -> Unreachable:
    """What comes is no Aseba."""
    return Unreachable(
        "garbled-answer",
        Text(de="Die Antworten des Roboters sind unverständlich.", en="The robot's answers make no sense."),
        Text(de="Den Thymio aus- und wieder einschalten.", en="Switch the Thymio off and on again."),
    )


def not_allowed() -> NeedsPerson:
    """The port belongs to a group the agent is not in."""
    return NeedsPerson(
        "port-not-allowed",
        Text(de="Der Agent darf diesen Anschluss nicht benutzen.", en="The agent may not use this port."),
        Text(
            de="Das Konto des Agenten in die Gruppe „dialout“ aufnehmen lassen.",
            en="Have the agent's account added to the group “dialout”.",
        ),
    )


def busy() -> Unreachable:
    """Another program holds the port."""
    return Unreachable(
        "port-busy",
        Text(de="Ein anderes Programm benutzt diesen Thymio gerade.", en="Another program is using this Thymio."),
        Text(de="Thymio Suite schließen.", en="Close Thymio Suite."),
    )


def silent() -> Unreachable:
    """The port is there, the robot says nothing."""
    return Unreachable(
        "thymio-silent",
        Text(de="Der Thymio antwortet nicht.", en="The Thymio does not answer."),
        Text(
            de="Einschalten (mittlere Taste drei Sekunden). Firmware vor Version 10 in Thymio Suite aktualisieren.",
            en="Switch it on (middle button for three seconds). Update firmware older than version 10 in Thymio Suite.",
        ),
    )


def several() -> NeedsPerson:
    """A dongle that serves a whole group; an order must reach one robot only."""
    return NeedsPerson(
        "several-robots",
        Text(de="Dieser Funkstick erreicht mehrere Thymios.", en="This dongle reaches several Thymios."),
        Text(de="Jeden Thymio einzeln mit dem Kabel anstecken.", en="Plug in each Thymio by cable."),
    )


def other_robot() -> Unreachable:
    """The robot an order is for was unplugged, and another one plugged in where it was."""
    return Unreachable(
        "other-device",
        Text(de="An diesem Anschluss steckt jetzt ein anderer Thymio.", en="Another Thymio is at this port now."),
        Text(
            de="Den richtigen wieder anstecken und den Auftrag neu geben.", en="Plug the right one in and order again."
        ),
    )


def not_stored(detail: str) -> Refused:
    """The robot says its permanent memory took no new content."""
    return Refused(
        "memory-refused",
        Text(de="Der Thymio konnte seinen Dauerspeicher nicht leeren.", en="The Thymio could not empty its memory."),
        Text(de="Laden, aus- und einschalten, noch einmal.", en="Charge it, switch it off and on, try again."),
        detail,
    )


def cannot_show() -> Refused:
    """Its firmware has no lights that can be set from outside."""
    return Refused(
        "cannot-show",
        Text(de="Die Firmware dieses Thymio ist dafür zu alt.", en="This Thymio's firmware is too old for that."),
        Text(
            de="In Thymio Suite auf Version 13 oder neuer aktualisieren.",
            en="Update to version 13 or newer in Thymio Suite.",
        ),
    )


def unknown_order(detail: str) -> Refused:
    """An order this driver does not know."""
    return Refused(
        "unknown-order", Text(de="Das kann dieser Roboter nicht.", en="This robot cannot do that."), detail=detail
    )
