"""The opt-in connector to a school's device management: the one connection of this driver that leaves the lab."""
