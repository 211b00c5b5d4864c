"""Steps and check results of the SPIKE driver in plain words."""

from medialab_agent.sdk.steps import Step
from medialab_wire.texts import Text

STOP = Step("stop", Text(de="Laufendes Programm anhalten", en="Stop the running program"), deadline_s=30)
CLEAR = Step("clear", Text(de="Alle Programmplätze leeren", en="Empty all program slots"), deadline_s=60)
RENAME = Step("rename", Text(de="Namen zurückgeben", en="Give the name back"), deadline_s=30)
UPLOAD = Step("upload", Text(de="Programm aufspielen", en="Store the program"), deadline_s=180)

PROGRAMS = Text(de="Kein Programm gespeichert", en="No program stored")
STILL = Text(de="Die Motoren stehen still", en="The motors stand still")
NAME = Text(de="Name wie im guten Zustand", en="Name as in the baseline")
STAGED = Text(de="Der Hub hat das Programm angenommen", en="The hub has taken the program")

SLOT_TELLS_NOTHING = Text(
    de="Der Hub sagt nicht bei jedem Platz, ob er leer ist.",
    en="The hub does not say of every slot whether it is empty.",
)
TAKEN_UNREAD = Text(
    de="Jedes Stück wurde mit Prüfsumme bestätigt; zurücklesen lässt sich ein Programm nicht.",
    en="Each piece was acknowledged with its checksum; a program cannot be read back.",
)
NOT_TOLD = Text(de="Der Hub sagt nichts über seine Motoren.", en="The hub says nothing about its motors.")
SAME = Text(de="gleich", en="the same")
OTHER = Text(de="anders", en="different")
