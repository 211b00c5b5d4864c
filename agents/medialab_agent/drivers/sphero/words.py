"""Steps and check results of the Sphero driver in plain words."""

from medialab_agent.sdk.steps import Step
from medialab_wire.texts import Text

PICTURES = Step("pictures", Text(de="Gespeicherte Bilder löschen", en="Delete stored pictures"), deadline_s=30)
RENAME = Step("rename", Text(de="Namen zurückgeben", en="Give the name back"), deadline_s=30)
REST = Step("rest", Text(de="Schlafen legen", en="Put to sleep"), deadline_s=30)
LOOK = Step(
    "look",
    Text(de="Nachsehen: still und dunkel", en="Look: still and dark"),
    ask=Text(
        de="Bitte nachsehen: Der Roboter steht still und leuchtet nicht. Dann bestätigen.",
        en="Please look: the robot stands still and does not shine. Then confirm.",
    ),
    check="asleep",
)

NAME = Text(de="Name wie im guten Zustand", en="Name as in the baseline")
NO_PICTURES = Text(de="Keine gespeicherten Bilder", en="No stored pictures")
SAME = Text(de="gleich", en="the same")
OTHER = Text(de="anders", en="different")
