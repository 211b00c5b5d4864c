"""Jamf School: `POST /api/devices/{udid}/wipe` and `GET /api/devices/{udid}`.

Paths, header and answers as in Jamf's own client (github.com/Jamf-Concepts/jamfschool-go-sdk, jamfschool/device.go,
device_command.go, internal/client/client.go). Its wipe knows one option, `clearActivationLock`; none for
"Return to Service", so none is sent: an iPad assigned in Apple School Manager enrols itself at its setup assistant."""

from typing import Any
from urllib.parse import quote

import httpx
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from medialab_agent.drivers.apple_ios.mdm.state import ManagedState
from medialab_agent.sdk.trouble import DeviceTrouble, Refused
from medialab_wire.texts import Text

PROTOCOL = "3"
"""Header `X-Server-Protocol-Version`."""
ANSWER_S = 20.0
LARGEST = 1024 * 1024
"""Bytes one answer may have."""
SCHEDULED = "DeviceWipeScheduled"


class _CheckIn(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True)
    epoch: int = Field(ge=0, lt=2**40)


class _Device(BaseModel):
    """Some fields are texts in one answer and objects in another; only the object of `lastCheckin` says a moment."""

    model_config = ConfigDict(extra="ignore", strict=True)
    is_managed: bool | None = Field(default=None, alias="isManaged")
    last_checkin: Any = Field(default=None, alias="lastCheckin")


class _Answer(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True)
    message: str = ""
    device: _Device | None = None


class JamfSchool:
    """See `Connector`. `network_id` and `key` as Jamf School shows them under Organisation, Settings, API."""

    def __init__(self, url: str, network_id: str, key: str) -> None:
        self._url = url
        self._auth = httpx.BasicAuth(network_id, key)

    async def erase(self, udid: str) -> None:
        """See `Connector`."""
        answer = await self._ask("POST", udid, "/wipe", json={"clearActivationLock": "true"})
        if answer.message != SCHEDULED:
            raise _answered(answer.message[:80])

    async def state(self, udid: str) -> ManagedState:
        """See `Connector`."""
        device = (await self._ask("GET", udid)).device
        if device is None:
            raise _answered("no device")
        return ManagedState(device.is_managed, _epoch(device.last_checkin))

    async def _ask(self, method: str, udid: str, action: str = "", **more: Any) -> _Answer:
        path = f"{self._url}/api/devices/{quote(udid, safe='')}{action}"
        headers = {"X-Server-Protocol-Version": PROTOCOL, "Accept": "application/json"}
        try:
            # a redirect is not followed: it may name any host
            async with (
                httpx.AsyncClient(auth=self._auth, headers=headers, timeout=ANSWER_S, trust_env=False) as client,
                client.stream(method, path, **more) as answer,
            ):
                body = await _body(answer)
        except httpx.HTTPError as error:
            raise _unreachable(type(error).__name__) from error
        if answer.status_code != httpx.codes.OK:
            raise _denied(answer.status_code)
        try:
            return _Answer.model_validate_json(body)
        except ValidationError as error:
            raise _answered(f"{error.error_count()} fields") from error


async def _body(answer: httpx.Response) -> bytes:
    body = bytearray()
    async for part in answer.aiter_bytes():
        body += part
        if len(body) > LARGEST:
            raise _answered("too long")
    return bytes(body)


def _epoch(said: object) -> int | None:
    try:
        return _CheckIn.model_validate(said).epoch
    except ValidationError:
        return None


def _denied(status: int) -> DeviceTrouble:
    if status in (401, 403):
        return Refused(
            "mdm-credentials",
            Text(de="Die Geräteverwaltung lehnt den Zugang ab.", en="The device management denies access."),
            Text(
                de="Netzwerk-ID und Schlüssel in der Datei mdm_credentials prüfen.",
                en="Check network id and key in the file mdm_credentials.",
            ),
            str(status),
        )
    if status == 404:
        return Refused(
            "mdm-unknown-device",
            Text(
                de="Die Geräteverwaltung kennt dieses iPad nicht.", en="The device management does not know this iPad."
            ),
            Text(de="In der Geräteverwaltung nachsehen.", en="Look it up in the device management."),
        )
    return _answered(str(status))


def _answered(detail: str) -> DeviceTrouble:
    return Refused(
        "mdm-answer",
        Text(
            de="Die Geräteverwaltung hat den Auftrag nicht angenommen.",
            en="The device management did not take the order.",
        ),
        Text(de="In der Geräteverwaltung nachsehen.", en="Look it up in the device management."),
        detail,
    )


def _unreachable(detail: str) -> DeviceTrouble:
    return DeviceTrouble(
        "mdm-unreachable",
        Text(de="Die Geräteverwaltung ist nicht erreichbar.", en="The device management cannot be reached."),
        Text(de="Internetverbindung und mdm_url prüfen.", en="Check the internet connection and mdm_url."),
        detail,
    )
