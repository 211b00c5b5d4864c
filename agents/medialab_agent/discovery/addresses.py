"""The IPv4 addresses of this machine that are worth searching for devices."""

from collections.abc import Iterable

import ifaddr

FOR_CONTAINERS = ("docker", "br-", "veth", "virbr", "lxc", "lxd", "podman", "cni", "flannel")
"""Names of bridges that programs make for containers; searching there finds every answer twice."""


def local_addresses(interfaces: Iterable[str] = ()) -> tuple[str, ...]:
    """Addresses of the named interfaces, or of all but container bridges; sorted, loopback included."""
    wanted = frozenset(interfaces)
    found = {
        str(ip.ip)
        for adapter in ifaddr.get_adapters()
        if (adapter.name in wanted if wanted else not adapter.name.startswith(FOR_CONTAINERS))
        for ip in adapter.ips
        if ip.is_IPv4
    }
    return tuple(sorted(found))


def is_only_here(addresses: Iterable[str]) -> bool:
    """Whether none of them leads off this machine."""
    return all(address.startswith("127.") for address in addresses)
