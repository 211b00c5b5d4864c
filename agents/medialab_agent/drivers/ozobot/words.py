"""Steps and check results of the Ozobot driver in plain words."""

from medialab_agent.sdk.steps import Step
from medialab_wire.texts import Text

STOP = Step("stop", Text(de="Anhalten", en="Stop"), deadline_s=30)
RENAME = Step("rename", Text(de="Namen zurückgeben", en="Give the name back"), deadline_s=30)
SET_UP = Step(
    "set-up", Text(de="Lautstärke und Helligkeit zurückstellen", en="Set volume and brightness back"), deadline_s=30
)
PROGRAM = Step(
    "program",
    Text(de="Kein Programm der letzten Gruppe", en="No program of the last group"),
    ask=Text(
        de="Den Ozobot auf ein leeres Blatt stellen und die Taste zweimal kurz drücken. Startet ein Programm der "
        "letzten Gruppe, im Ozobot-Editor ein leeres Programm aufspielen. Bestätigen, wenn keines mehr startet.",
        en="Put the Ozobot on an empty sheet and press its button twice, briefly. If a program of the last group "
        "starts, store an empty program from the Ozobot editor. Confirm when none starts any more.",
    ),
    check="program",
)

STILL = Text(de="Der Ozobot steht still", en="The Ozobot stands still")
NAME = Text(de="Name wie im guten Zustand", en="Name as in the baseline")
SETTINGS = Text(de="Lautstärke und Helligkeit wie im guten Zustand", en="Volume and brightness as in the baseline")
SAME = Text(de="gleich", en="the same")
OTHER = Text(de="anders", en="different")
STANDS = Text(de="die Räder drehen sich nicht", en="the wheels do not turn")
MOVES = Text(de="die Räder drehen sich", en="the wheels turn")
OLD_FIRMWARE = Text(
    de="Diese Firmware sagt es nicht; ab Version 3 ginge es.",
    en="This firmware does not say; from version 3 on it would.",
)
