"""Exports the contract for other languages: JSON Schema of every model, and an AsyncAPI 3.0 document of every topic."""

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from medialab_wire import PROTO, topics
from medialab_wire.commands import AckReports, AskLog, AskPing, AskRebirth, Config, NextWork
from medialab_wire.presence import AgentState, HubState
from medialab_wire.progress import ExecutionReport
from medialab_wire.reports import Event, Inventory, Report

Json = dict[str, object]


@dataclass(frozen=True)
class Channel:
    """One topic: its address with `{…}` for what varies, its messages, its direction as the hub sees it."""

    name: str
    address: str
    messages: tuple[type[BaseModel], ...]
    hub_sends: bool
    retained: bool
    summary: str


CHANNELS = (
    Channel("hub", topics.HUB, (HubState,), True, True, "The hub is there; a new epoch makes agents send all again."),
    Channel("state", topics.state("{agent}"), (AgentState,), False, True, "An agent's phase, also its last will."),
    Channel("inventory", topics.inventory("{agent}"), (Inventory,), False, True, "Drivers, buses and connections."),
    Channel("report", topics.report("{agent}", "{dev}"), (Report,), False, True, "Reported state, on change only."),
    Channel("event", topics.event("{agent}", "{dev}"), (Event,), False, False, "A hint; nothing relies on it."),
    Channel("execution", topics.execution("{agent}", "{exec}"), (ExecutionReport,), False, False, "Steps, evidence."),
    Channel("config", topics.config("{agent}"), (Config,), True, True, "What an agent owns and where it looks."),
    Channel("next_work", topics.next_work("{agent}"), (NextWork,), True, True, "All unfinished executions."),
    Channel(
        "ask", topics.ask("{agent}"), (AskRebirth, AskPing, AskLog, AckReports), True, False, "Questions and receipts."
    ),
)
"""Every topic of the protocol; a test compares it with `topics`."""


def message_models() -> Mapping[str, type[BaseModel]]:
    """Each message by its name."""
    return {model.__name__: model for channel in CHANNELS for model in channel.messages}


def _definitions(ref: str) -> Json:
    """JSON Schemas of all messages and their parts, referring to each other by `ref`."""
    models: list[tuple[type[BaseModel], JsonSchemaMode]] = [(m, "validation") for m in message_models().values()]
    _, schema = models_json_schema(models, ref_template=ref)
    return dict(schema["$defs"])


def json_schema() -> Json:
    """One JSON Schema document (2020-12); each message stands under `$defs`."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"MediaLab wire protocol {PROTO}",
        "$defs": _definitions("#/$defs/{model}"),
    }


def _channel(channel: Channel) -> Json:
    names = [level[1:-1] for level in channel.address.split("/") if level.startswith("{")]
    document: Json = {
        "address": channel.address,
        "summary": channel.summary,
        "messages": {m.__name__: {"$ref": f"#/components/messages/{m.__name__}"} for m in channel.messages},
    }
    if names:
        document["parameters"] = {name: {"$ref": f"#/components/parameters/{name}"} for name in names}
    return document


def _operation(channel: Channel) -> Json:
    return {
        "action": "send" if channel.hub_sends else "receive",
        "channel": {"$ref": f"#/channels/{channel.name}"},
        "summary": channel.summary,
        "bindings": {"mqtt": {"qos": 1, "retain": channel.retained, "bindingVersion": "0.2.0"}},
    }


def asyncapi() -> Json:
    """The AsyncAPI 3.0 document, written from the hub's point of view."""
    messages = {
        name: {"name": name, "contentType": "application/json", "payload": {"$ref": f"#/components/schemas/{name}"}}
        for name in message_models()
    }
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "MediaLab wire protocol",
            "version": PROTO.partition("/")[2] + ".0.0",
            "description": "Between hub and agents, over MQTT with QoS 1. Reports go up, commands go down.",
            "license": {"name": "EUPL-1.2"},
        },
        "defaultContentType": "application/json",
        "channels": {channel.name: _channel(channel) for channel in CHANNELS},
        "operations": {f"on_{c.name}" if not c.hub_sends else f"send_{c.name}": _operation(c) for c in CHANNELS},
        "components": {
            "messages": messages,
            "parameters": {
                "agent": {"description": "Id of the agent; equals its MQTT client id."},
                "dev": {"description": "The agent's own id of one connection to a device."},
                "exec": {"description": "Id of one execution: one job for one connection."},
            },
            "schemas": _definitions("#/components/schemas/{model}"),
        },
    }


def documents() -> Mapping[str, str]:
    """File name → content of every exported document."""
    stem = PROTO.replace("/", "-")
    made = {f"{stem}.schema.json": json_schema(), f"{stem}.asyncapi.json": asyncapi()}
    return {name: json.dumps(body, indent=1, sort_keys=True, ensure_ascii=False) + "\n" for name, body in made.items()}


def main() -> None:
    """Write the documents into the folder named on the command line, or into `docs/generated`."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "docs/generated")
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in documents().items():
        (folder / name).write_text(content, encoding="utf-8")


if __name__ == "__main__":
    main()
