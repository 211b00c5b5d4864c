"""What a device management says about one device."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ManagedState:
    """`checked_in`: seconds since 1970 at the device's last word, by the management's clock; None: it does not say."""

    is_managed: bool | None = None
    checked_in: int | None = None
