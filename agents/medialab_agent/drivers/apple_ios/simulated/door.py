"""lockdownd of a simulated iPad."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol
from uuid import uuid4

from medialab_agent.drivers.apple_ios.lockdown import TYPE
from medialab_agent.drivers.apple_ios.simulated.keys import context_for, device_key
from medialab_agent.drivers.apple_ios.simulated.state import IPadState
from medialab_agent.drivers.apple_ios.simulated.stream import DeviceStream


class House(Protocol):
    """What lockdownd needs of the iPad it belongs to."""

    @property
    def state(self) -> IPadState:
        """What it holds."""

    @property
    def is_locked(self) -> bool:
        """Whether a passcode keeps everybody out now."""

    async def answer(self, stream: DeviceStream, message: Mapping[str, Any]) -> None:
        """Answer, or misbehave."""

    def ask_trust(self) -> bool | None:
        """What the person said to “Trust this computer?”; None: nothing yet."""

    def port_for(self, service: str, host_id: str) -> int | None:
        """A port on which that service waits for that host now; None: there is no such service."""

    def note(self, verb: str, subject: str = "") -> None:
        """Something was done to it."""


class Door:
    """One conversation."""

    def __init__(self, house: House, stream: DeviceStream) -> None:
        self._house, self._stream = house, stream
        self._host: str | None = None
        self._requests: Mapping[str, Callable[[Mapping[str, Any]], Mapping[str, Any]]] = {
            "QueryType": lambda _request: {"Type": TYPE},
            "GetValue": self._value,
            "SetValue": lambda _request: {"Error": "SetProhibited"},
            "Pair": self._pair,
            "ValidatePair": self._validate,
            "Unpair": self._unpair,
            "StopSession": lambda _request: {"Result": "Success"},
            "StartService": self._service,
        }

    async def serve(self) -> None:
        """Until the other end leaves."""
        while True:
            request = await self._stream.receive()
            name = str(request.get("Request"))
            if name == "StartSession":
                await self._start_session(request)
                continue
            handle = self._requests.get(name)
            told = handle(request) if handle is not None else {"Error": "InvalidRequest"}
            await self._house.answer(self._stream, {"Request": name, **told})

    async def _start_session(self, request: Mapping[str, Any]) -> None:
        host_id = str(request.get("HostID"))
        record = self._house.state.hosts.get(host_id)
        if record is None:
            await self._house.answer(self._stream, {"Request": "StartSession", "Error": "InvalidHostID"})
            return
        self._host = host_id
        more = {"EnableSessionSSL": True, "SessionID": str(uuid4()).upper()}
        await self._house.answer(self._stream, {"Request": "StartSession", **more})
        await self._stream.secure(context_for(record))

    def _value(self, request: Mapping[str, Any]) -> Mapping[str, Any]:
        domains = self._house.state.values(device_key()[1])
        domain = str(request.get("Domain") or ("*" if self._host else ""))
        if domain != "" and self._host is None:
            return {"Error": "GetProhibited"}
        key, values = request.get("Key"), domains.get(domain, {})
        told = {name: request[name] for name in ("Domain", "Key") if name in request}
        if key is None:
            return {**told, "Value": values}
        if key not in values:
            return {**told, "Error": "MissingValue" if self._host else "GetProhibited"}
        return {**told, "Value": values[key]}

    def _pair(self, request: Mapping[str, Any]) -> Mapping[str, Any]:
        if self._house.is_locked:
            return {"Error": "PasswordProtected"}
        if self._house.state.setup_done:  # the setup assistant lets every computer in (usbmuxd, src/preflight.c)
            said = self._house.ask_trust()
            if said is None:
                return {"Error": "PairingDialogResponsePending"}
            if not said:
                return {"Error": "UserDeniedPairing"}
        record = dict(request["PairRecord"])
        self._house.state.hosts[str(record["HostID"])] = record
        self._house.note("trust")
        return {"EscrowBag": b"bag-" + self._house.state.udid.encode()}

    def _validate(self, request: Mapping[str, Any]) -> Mapping[str, Any]:
        known = str(request["PairRecord"]["HostID"]) in self._house.state.hosts
        return {} if known else {"Error": "InvalidHostID"}

    def _unpair(self, request: Mapping[str, Any]) -> Mapping[str, Any]:
        self._house.state.hosts.pop(str(request["PairRecord"]["HostID"]), None)
        return {}

    def _service(self, request: Mapping[str, Any]) -> Mapping[str, Any]:
        service = str(request.get("Service"))
        if self._host is None:
            return {"Error": "SessionInactive"}
        if self._house.is_locked:
            return {"Service": service, "Error": "PasswordProtected"}
        port = self._house.port_for(service, self._host)
        if port is None:
            return {"Service": service, "Error": "InvalidService"}
        return {"Service": service, "Port": port, "EnableServiceSSL": True}
