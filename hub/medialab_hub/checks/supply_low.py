"""Less is left than the lab wants to keep."""

from medialab_hub.checks.finding import Finding, Suggestion, SupplyFact
from medialab_hub.domain.supplies import is_low
from medialab_wire.texts import Text


def check(supply: SupplyFact) -> Finding | None:
    """Found when the stock is below its minimum."""
    if not is_low(supply.there, supply.minimum):
        return None
    left = f"{supply.there} {supply.unit}".strip()
    wanted = f"{supply.minimum} {supply.unit}".strip()
    return Finding(
        check="supply-low",
        subject=supply.id,
        severity="info",
        title=Text(de=f"„{supply.name}“ geht zur Neige", en=f"“{supply.name}” is running out"),
        detail=Text(
            de=f"Noch da: {left}, gewünscht: mindestens {wanted}.", en=f"Left: {left}, wanted: at least {wanted}."
        ),
        suggestions=(
            Suggestion(
                "buy",
                Text(
                    de="Nachkaufen und unter „Verbrauchsmaterial“ eintragen",
                    en="Buy some and enter it under “Supplies”",
                ),
            ),
        ),
    )
