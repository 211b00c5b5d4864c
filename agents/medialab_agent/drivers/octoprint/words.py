"""Sentences several parts of this driver share."""

from medialab_agent.sdk.trouble import NeedsPerson
from medialab_wire.texts import Text

PAIR_HELP = Text(
    de="Der Drucker muss einmal verbunden werden: hier „Verbinden“ wählen, dann in OctoPrint auf „Erlauben“ klicken.",
    en="The printer has to be paired once: choose “Connect” here, then click “Allow” in OctoPrint.",
)


def not_paired() -> NeedsPerson:
    """No key yet, or OctoPrint no longer accepts it."""
    return NeedsPerson(
        "not-paired", Text(de="Der Drucker ist noch nicht verbunden.", en="The printer is not paired."), PAIR_HELP
    )
