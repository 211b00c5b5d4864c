"""Which names the hub answers to, and which pages may send it changes."""

import ipaddress
import socket
from functools import lru_cache
from urllib.parse import urlsplit

from medialab_hub.settings import Settings

LONGEST_HOST = 300
"""Characters: a name has at most 253 (RFC 1035), and a port or the brackets of an address come with it."""


class KnownHosts:
    """Guards against pages that make a browser speak to the hub under their own name (DNS rebinding).

    An address is always fine: a name is what such a page needs."""

    def __init__(self, settings: Settings) -> None:
        machine = socket.gethostname().lower()
        public = urlsplit(settings.public_url)
        names = {"localhost", machine, f"{machine}.local", settings.http_host.lower(), *settings.allowed_hosts}
        self._names = {name.lower() for name in (*names, public.hostname or "") if name}
        self._knows = lru_cache(maxsize=256)(self._is_known)
        self._public_origin = f"{public.scheme}://{public.netloc}".lower() if public.hostname else ""

    def knows(self, host: str) -> bool:
        """True for a Host header the hub answers to."""
        return len(host) <= LONGEST_HOST and self._knows(host)

    def _is_known(self, host: str) -> bool:
        try:
            name = urlsplit(f"//{host}").hostname or ""
        except ValueError:
            return False
        return name in self._names or _is_address(name)

    def is_own_origin(self, origin: str, scheme: str, host: str) -> bool:
        """True when a change comes from one of the hub's own pages."""
        return origin.lower() in {f"{scheme}://{host}".lower(), self._public_origin}


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
