"""What a reset of any 3D printer consists of: the steps' words, what a group left and may keep, and two refusals."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from medialab_agent.sdk.driver import Memory
from medialab_agent.sdk.evidence import count, listed
from medialab_agent.sdk.findings import Finding
from medialab_agent.sdk.steps import Done, Order, Step
from medialab_agent.sdk.trouble import Refused
from medialab_wire.texts import Text

END_JOB = Text(de="Laufenden Druck abbrechen", en="Cancel the running print")
HEATERS_OFF = Text(de="Heizungen ausschalten", en="Switch the heaters off")
DESELECT = Text(de="Ausgewählte Datei abwählen", en="Deselect the file")
FILES = Text(de="Fremde Druckdateien löschen", en="Delete foreign print files")
TIMELAPSES = Text(de="Zeitraffer löschen", en="Delete timelapses")
COOL_DOWN = Text(de="Abkühlen lassen", en="Let it cool down")
COOL_DOWN_S = 2700.0
"""Deadline: a large bed in a closed chamber needs most of an hour."""
CLEAR_BED = Text(de="Druckbett leer räumen", en="Clear the print bed")
BED_CLEAR = "bed-clear"
"""The check a person ticks, for no sensor sees the bed."""


@dataclass(frozen=True)
class Steps:
    """The steps of a reset in their order, each with its title and deadline in seconds; `ask` is said for the bed."""

    each: Mapping[str, tuple[Text, float | None]]
    ask: Text

    def of(self, wanted: Iterable[str]) -> tuple[Step, ...]:
        """Those that are wanted, in their order."""
        names = set(wanted)
        return tuple(self._step(name) for name in self.each if name in names)

    def _step(self, name: str) -> Step:
        title, deadline = self.each[name]
        if name == BED_CLEAR:
            return Step(name, title, ask=self.ask, check=BED_CLEAR)
        return Step(name, title, deadline_s=deadline)


def deleted(number: int, de: str = "Dateien", en: str = "files") -> Done:
    """What is gone by the last list, not what was ordered."""
    number = max(number, 0)
    return Done(bool(number), Text(de=f"{number} {de} gelöscht.", en=f"{number} {en} deleted."))


def digest(mark: Sequence[object]) -> str:
    """What a file is recognised by, without its name: for the agent's memory."""
    return hashlib.sha256(json.dumps(mark).encode()).hexdigest()[:16]


def remember_kept(memory: Memory, name: str, marks: Iterable[Sequence[object]]) -> None:
    """Note which files belong to the good state, so that a reading can count the others."""
    memory.put(name, " ".join(sorted(map(digest, marks))))


def remembered_kept(memory: Memory, name: str) -> frozenset[str]:
    """The digests noted last; none before the first reset."""
    return frozenset((memory.get(name) or "").split())


def files_finding(foreign: int, missing: int, more: Iterable[Text] = ()) -> Finding:
    """For the check `learner-files`: how many are foreign, and how many of the good state are gone."""
    gone = (count("fehlt vom guten Zustand", "missing from the good state", missing),) if missing else ()
    return foreign == 0, foreign_files(0), listed((foreign_files(foreign), *more, *gone))


def foreign_files(number: int) -> Text:
    """How many files do not belong to the good state."""
    return count("fremde Dateien", "foreign files", number)


def require_clean(order: Order) -> None:
    """Printers know one level. Raises `Refused` for anything but its reset."""
    if order.action != "reset" or order.level != "clean":
        words = Text(de="Das kann dieser Drucker nicht.", en="This printer cannot do that.")
        raise Refused("unknown-order", words, detail=f"{order.action} {order.level or ''}")


SHOWN_UNSEEN = Text(
    de="Gesendet, aber nicht nachgeprüft: Ob der Drucker piept oder etwas anzeigt, sieht nur, wer davor steht.",
    en="Sent, but not read back: only somebody in front of the printer sees whether it beeps or shows something.",
)


def not_shown() -> Refused:
    """It took the order to show itself and does not, by its own account."""
    return Refused(
        "not-shown",
        Text(de="Der Drucker hat sich nicht gezeigt.", en="The printer did not show itself."),
        Text(
            de="Warten, bis er nicht mehr beschäftigt ist, dann noch einmal versuchen.",
            en="Wait until it is no longer busy, then try again.",
        ),
    )


def no_baseline(detail: str = "") -> Refused:
    """The order's baseline is missing or of another kind."""
    return Refused(
        "no-baseline",
        Text(
            de="Für diesen Drucker ist noch kein guter Zustand festgehalten.",
            en="No baseline is recorded for this printer.",
        ),
        Text(
            de="Den Drucker vorbereiten und „Guten Zustand festhalten“ wählen.",
            en="Prepare the printer and record its baseline.",
        ),
        detail,
    )
