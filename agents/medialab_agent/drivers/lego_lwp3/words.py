"""Steps and check results of the LWP3 driver in plain words."""

from medialab_agent.sdk.steps import Step
from medialab_wire.texts import Text

RENAME = Step("rename", Text(de="Namen zurückgeben", en="Give the name back"), deadline_s=30)
LOOK = Step("look", Text(de="Akku und Firmware lesen", en="Read battery and firmware"), deadline_s=30)

NAME = Text(de="Name wie im guten Zustand", en="Name as in the baseline")
PROGRAMS = Text(de="Keine Programme gespeichert", en="No programs stored")
SAME = Text(de="gleich", en="the same")
OTHER = Text(de="anders", en="different")
KEEPS_NONE = Text(de="Dieser Hub kann keine Programme speichern.", en="This hub cannot store programs.")
MAY_KEEP = Text(
    de="Dieser Hub kann Programme speichern; sein Protokoll lässt uns nicht nachsehen.",
    en="This hub can store programs; its protocol does not let us look.",
)
