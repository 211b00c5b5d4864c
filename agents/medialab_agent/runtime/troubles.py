"""What the runtime itself has to say when something goes wrong: codes, words, remedies."""

from medialab_wire.progress import Trouble
from medialab_wire.texts import Text

_TRY_AGAIN = Text(
    de="Noch einmal versuchen. Wenn es wieder geschieht, das Gerät aus- und einschalten.",
    en="Try again. If it happens again, switch the device off and on.",
)
_TELL_US = Text(
    de="Bitte mit dem Protokoll des Agenten melden: Das ist ein Fehler im Programm.",
    en="Please report it together with the agent's log: this is a defect of the program.",
)

NOT_OWNED = Trouble(
    code="not-owned",
    text=Text(de="Dieses Gerät gehört nicht zu diesem Agenten.", en="This device does not belong to this agent."),
    remedy=Text(de="Das Gerät zuerst aufnehmen.", en="Adopt the device first."),
)
NO_DRIVER = Trouble(
    code="no-driver",
    text=Text(de="Für dieses Gerät ist kein Treiber zuständig.", en="No driver is responsible for this device."),
    remedy=Text(de="Einen Treiber auswählen oder hinzufügen.", en="Choose or add a driver."),
)
NO_BASELINE = Trouble(
    code="no-baseline",
    text=Text(
        de="Für dieses Gerät ist noch kein guter Zustand festgehalten. Es wird nichts gelöscht.",
        en="No baseline is recorded for this device yet. Nothing is erased.",
    ),
    remedy=Text(de="Zuerst den guten Zustand festhalten.", en="Record the baseline first."),
)
UNKNOWN_LEVEL = Trouble(
    code="unknown-level",
    text=Text(de="Diese Stufe des Zurücksetzens kennt der Treiber nicht.", en="The driver has no such reset level."),
)
UNKNOWN_ACTION = Trouble(
    code="unknown-action", text=Text(de="Das kann dieses Gerät nicht.", en="This device cannot do that.")
)
DEVICE_ABSENT = Trouble(
    code="device-absent",
    text=Text(
        de="Das Gerät ist gerade nicht da. Es geht weiter, sobald es wieder angeschlossen ist.",
        en="The device is not there right now. Work goes on as soon as it is connected again.",
    ),
    remedy=Text(de="Gerät anschließen und einschalten.", en="Connect the device and switch it on."),
)
STEP_DEADLINE = Trouble(
    code="step-deadline",
    text=Text(de="Dieser Schritt hat zu lange gedauert.", en="This step took too long."),
    remedy=_TRY_AGAIN,
)
RUN_DEADLINE = Trouble(
    code="run-deadline",
    text=Text(de="Die Aufgabe hat insgesamt zu lange gedauert.", en="The job as a whole took too long."),
    remedy=_TRY_AGAIN,
)
CANCELED = Trouble(
    code="canceled", text=Text(de="Jemand hat die Aufgabe abgebrochen.", en="Somebody canceled the job.")
)
PERSON_SAID_NO = Trouble(
    code="person-said-no",
    text=Text(de="Jemand hat gemeldet, dass das nicht möglich war.", en="Somebody said that this was not possible."),
)
SNAPSHOT_UNUSABLE = Trouble(
    code="snapshot-unusable",
    text=Text(de="Der gute Zustand lässt sich nicht festhalten.", en="The baseline cannot be recorded."),
    remedy=_TELL_US,
)


def checks_failed(advice: Text | None) -> Trouble:
    """The read-back found something wrong; `advice`: what helps, where the driver knows."""
    return Trouble(
        code="checks-failed",
        text=Text(
            de="Beim Nachprüfen war nicht alles so, wie es sein soll.", en="Not everything was right at the read-back."
        ),
        remedy=advice
        or Text(
            de="Noch einmal zurücksetzen oder eine höhere Stufe wählen.", en="Reset again or choose a higher level."
        ),
    )


def defect(error: BaseException) -> Trouble:
    """An exception a driver should not have raised; names its type only, for messages may hold personal data."""
    return Trouble(
        code="driver-defect",
        text=Text(de="Im Treiber ist ein Fehler aufgetreten.", en="The driver has a defect."),
        remedy=_TELL_US,
        detail=type(error).__name__,
    )
