"""lockdownd, the door of an iPad: values, sessions, services, pairing (libimobiledevice, src/lockdown.c)."""

from collections.abc import Mapping
from typing import Any

from medialab_agent.drivers.apple_ios.mux import PROGRAM
from medialab_agent.drivers.apple_ios.pairing import SENT, Trust
from medialab_agent.drivers.apple_ios.troubles import garbled, of_lockdown
from medialab_agent.drivers.apple_ios.wire import PlistStream

PORT = 62078
TYPE = "com.apple.mobile.lockdown"


class Lockdown:
    """One conversation with lockdownd. Raises `DeviceTrouble`."""

    def __init__(self, stream: PlistStream) -> None:
        self._stream = stream

    async def is_up(self) -> bool:
        """Whether the device has started normally; it is in recovery otherwise."""
        return (await self._stream.ask({"Label": PROGRAM, "Request": "QueryType"})).get("Type") == TYPE

    async def value(self, key: str | None = None, domain: str | None = None) -> Any:
        """One value, or all of a domain; None where the device has none or keeps it to itself."""
        asked = {"Domain": domain, "Key": key}
        answer = await self._ask("GetValue", {name: said for name, said in asked.items() if said is not None})
        return answer.get("Value")

    async def values(self, domain: str | None = None) -> dict[str, Any]:
        """All values of a domain; empty where there are none."""
        found = await self.value(domain=domain)
        return found if isinstance(found, dict) else {}

    async def open_session(self, trust: Trust) -> None:
        """From now on this computer is known to the device. Raises `NotTrusted`."""
        error, is_secure = await self.knock(trust.host_id, trust.buid)
        if error:
            raise of_lockdown(error)
        if is_secure:
            await self._stream.secure(trust.context)

    async def knock(self, host_id: str, buid: str) -> tuple[str, bool]:
        """Ask for a session: the error's word, empty when there is none; whether the rest is under TLS."""
        answer = await self._ask("StartSession", {"HostID": host_id, "SystemBUID": buid})
        return _error(answer), answer.get("EnableSessionSSL") is True

    async def pair(self, record: Mapping[str, Any]) -> tuple[str, bytes | None]:
        """Ask to be trusted: the error's word, empty when trusted; the key bag for a locked device, if it gives one."""
        told = {
            "PairRecord": {name: record[name] for name in SENT},
            "ProtocolVersion": "2",
            "PairingOptions": {"ExtendedPairingErrors": True},
        }
        answer = await self._ask("Pair", told)
        bag = answer.get("EscrowBag")
        return _error(answer), bag if isinstance(bag, bytes) else None

    async def start_service(self, name: str) -> tuple[int, bool]:
        """The port a service listens on now, and whether it speaks TLS. Raises `NeedsPerson` when locked."""
        answer = await self._ask("StartService", {"Service": name})
        if error := _error(answer):
            raise of_lockdown(error)
        port = answer.get("Port")
        if not isinstance(port, int) or not 0 < port < 65536:
            raise garbled(f"StartService {name}")
        return port, answer.get("EnableServiceSSL") is True

    async def _ask(self, request: str, more: Mapping[str, Any]) -> dict[str, Any]:
        answer = await self._stream.ask({"Label": PROGRAM, "Request": request, **more})
        if answer.get("Request") not in (request, None):
            raise garbled(f"answer to {answer.get('Request')!r} instead of {request}")
        return answer


def _error(answer: Mapping[str, Any]) -> str:
    if "Error" in answer:
        return str(answer["Error"])[:100] or "unknown"
    return "" if answer.get("Result", "Success") == "Success" else "Failure"
