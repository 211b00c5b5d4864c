"""What each user of the hub's own broker may do, said once for both brokers that can run."""

from dataclasses import dataclass

from medialab_wire import PROTO, topics

HUB_USER = "hub"
"""User name of the hub; no agent may have it."""
LARGEST_MESSAGE = 8 * 1024 * 1024
"""Bytes; pending work of one agent carries the baselines of its devices."""


@dataclass(frozen=True)
class Secrets:
    """Port and passwords of the hub's own broker; kept, so that agents find it again after a restart."""

    port: int
    passwords: dict[str, str]


def mosquitto_acl() -> str:
    """The access list of mosquitto: an agent writes its own reports, reads its own work and the state of the hub."""
    return (
        f"user {HUB_USER}\ntopic readwrite {PROTO}/#\n\n"
        f"pattern write {PROTO}/a/%u/up/#\npattern read {PROTO}/a/%u/dn/#\npattern read {topics.HUB}\n"
    )


def may_publish(user: str, topic: str) -> bool:
    """The same rule for a message."""
    return _is_below(topic, f"{PROTO}/") if user == HUB_USER else _is_below(topic, f"{PROTO}/a/{user}/up/")


def may_read(user: str, topic_filter: str) -> bool:
    """The same rule for a subscription, which may hold wildcards, and for a message to be delivered."""
    if user == HUB_USER:
        return _is_below(topic_filter, f"{PROTO}/")
    return topic_filter == topics.HUB or _is_below(topic_filter, f"{PROTO}/a/{user}/dn/")


def _is_below(topic: str, prefix: str) -> bool:
    return topic.startswith(prefix) and len(topic) > len(prefix)
