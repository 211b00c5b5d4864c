"""Pairing by one click: OctoPrint's application keys
(https://docs.octoprint.org/en/master/bundledplugins/appkeys.html)."""

import asyncio
from urllib.parse import quote

from medialab_agent.drivers.octoprint import models
from medialab_agent.drivers.octoprint.client import Client, bad_answer
from medialab_agent.drivers.octoprint.words import PAIR_HELP
from medialab_agent.sdk.trouble import NeedsPerson
from medialab_wire.texts import Text

APP = "MediaLab Hub"
POLL_S = 1.0
"""OctoPrint drops a request that was not polled for 5 seconds."""


def _denied() -> NeedsPerson:
    return NeedsPerson(
        "pairing-denied",
        Text(de="In OctoPrint wurde nicht „Erlauben“ geklickt.", en="“Allow” was not clicked in OctoPrint."),
        PAIR_HELP,
    )


def _too_often() -> NeedsPerson:
    return NeedsPerson(
        "pairing-too-often",
        Text(de="OctoPrint wurde zu oft um Erlaubnis gefragt.", en="OctoPrint was asked to pair too often."),
        Text(
            de="Zehn Minuten warten, dann noch einmal „Verbinden“ wählen.",
            en="Wait ten minutes, then choose “Connect” again.",
        ),
    )


async def accepted_by(client: Client) -> str | None:
    """The version of the OctoPrint that accepts the present key; None: it does not, or there is none."""
    if not client.key:
        return None
    answer = await client.raw("GET", "/api/version")
    return client.parse(models.Version, answer).server if answer.status_code == 200 else None


async def is_paired(client: Client) -> bool:
    """Whether OctoPrint accepts the present key."""
    return await accepted_by(client) is not None


async def ask_for_key(client: Client) -> str:
    """Ask, and wait until a person clicks “Allow”. Raises `NeedsPerson` when it is denied or ignored."""
    answer = await client.raw("POST", "/plugin/appkeys/request", json={"app": APP})
    if answer.status_code == 429:
        raise _too_often()
    if answer.status_code != 201:
        raise bad_answer(f"appkeys {answer.status_code}")
    token = client.parse(models.AppRequest, answer).app_token
    while True:
        # the Location header is not followed: it may name any host
        answer = await client.raw("GET", f"/plugin/appkeys/request/{quote(token, safe='')}")
        if answer.status_code == 200:
            return client.parse(models.AppKey, answer).api_key
        if answer.status_code != 202:
            raise _denied()
        await asyncio.sleep(POLL_S)
