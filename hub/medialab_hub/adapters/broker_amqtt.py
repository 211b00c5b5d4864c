"""The broker for machines without mosquitto: amqtt as a program of its own, with the same passwords and rules.

It speaks MQTT 3.1.1, keeps everything in memory and is enough to try the hub out (about 700 messages a second)."""

import asyncio
import contextlib
import hmac
import json
import logging
import signal
import sys
from collections.abc import Awaitable, Callable, ItemsView, Iterator
from pathlib import Path
from typing import Any, ClassVar

import amqtt.broker
from amqtt.adapters import ReaderAdapter, WriterAdapter
from amqtt.contexts import Action, BrokerConfig, ListenerConfig
from amqtt.errors import MQTTError
from amqtt.mqtt.connack import NOT_AUTHORIZED, ConnackPacket
from amqtt.mqtt.protocol.broker_handler import BrokerProtocolHandler
from amqtt.plugins.base import BaseAuthPlugin, BaseTopicPlugin
from amqtt.plugins.manager import PluginManager
from amqtt.session import Session

from medialab_hub.adapters import broker_rules

log = logging.getLogger(__name__)

HANG_UP_S = 2.0
"""Seconds a replaced connection may take to end."""
AGAIN_S = 0.1
"""Seconds until a reader that goes on is asked again to end."""

_passwords: dict[str, str] = {}


def _is_known(session: Session) -> bool:
    known, given = _passwords.get(session.username or ""), session.password or ""
    return known is not None and hmac.compare_digest(known, given) and session.client_id == session.username


class PasswordPlugin(BaseAuthPlugin):  # type: ignore[misc]
    """Lets in who knows the password, under a client id equal to the user name."""

    async def authenticate(self, *, session: Session) -> bool | None:
        """False for everybody else."""
        return _is_known(session)


class BoundedReader(ReaderAdapter):  # type: ignore[misc]
    """Refuses a packet that is too large before reading it, as mosquitto does; amqtt would hold all of it."""

    def __init__(self, reader: ReaderAdapter) -> None:
        self._reader = reader

    async def read(self, n: int = -1) -> bytes:
        """Exactly that many bytes. Raises ValueError, which ends the connection."""
        if n > broker_rules.LARGEST_MESSAGE:
            raise ValueError(f"a packet of {n} bytes")
        data: bytes = await self._reader.read(n)
        return data

    def feed_eof(self) -> None:
        """Nothing more will come."""
        self._reader.feed_eof()


class EarlyCheck(BrokerProtocolHandler):  # type: ignore[misc]
    """Asks for the password before anything else: amqtt ends the connection of an equal client id before it asks.
    Then `hang_up` ends that connection in order."""

    hang_up: ClassVar[Callable[[str], Awaitable[None]]]

    @classmethod
    async def init_from_connect(
        cls,
        reader: ReaderAdapter,
        writer: WriterAdapter,
        plugins_manager: PluginManager[amqtt.broker.BrokerContext],
        loop: asyncio.AbstractEventLoop | None = None,
    ) -> tuple[BrokerProtocolHandler, Session]:
        """Read the first packet. Raises MQTTError for a wrong name or password."""
        handler, session = await super().init_from_connect(reader, writer, plugins_manager, loop)
        if not _is_known(session):
            await ConnackPacket.build(0, NOT_AUTHORIZED).to_stream(writer)
            await writer.close()
            raise MQTTError(f"wrong name or password for {session.client_id!r}")
        await cls.hang_up(session.client_id or "")
        return handler, session

    def attach(self, session: Session, reader: ReaderAdapter, writer: WriterAdapter) -> None:
        """Read no packet without bounds."""
        super().attach(session, BoundedReader(reader), writer)

    async def stop(self) -> None:
        """End the reading first: amqtt asks for that once, `wait_for` of Python 3.11 can lose it, and who waits for the
        end of this connection would do so for ever."""
        reading = self._reader_task
        while reading not in (None, asyncio.current_task()) and not reading.done():
            reading.cancel()
            await asyncio.wait({reading}, timeout=AGAIN_S)
        await super().stop()


class Subscriptions(dict[str, list[tuple[Session, int]]]):
    """Filter → who listens. Looked through as it is at the beginning: amqtt waits in the midst of it, and what it was
    sending is lost to the rest when somebody comes or goes meanwhile."""

    def __iter__(self) -> Iterator[str]:
        return iter(tuple(super().__iter__()))

    def items(self) -> ItemsView[str, list[tuple[Session, int]]]:  # type: ignore[override]
        """A copy, lists included."""
        return {topic: list(listeners) for topic, listeners in super().items()}.items()


class QuietBroker(amqtt.broker.Broker):  # type: ignore[misc]
    """Sends retained messages to those only who asked for them and may read them: amqtt sends each newcomer those of
    everybody.

    Hangs up on whoever is replaced by a client of the same name, before that one gets in. amqtt itself takes away the
    subscriptions of the replaced, or calls the session of both disconnected, and then one of them is deaf for ever."""

    def __init__(self, config: BrokerConfig) -> None:
        super().__init__(config)
        self._subscriptions = Subscriptions()

    async def hang_up(self, client_id: str) -> None:
        """End a connection of that name, as if it had broken, and wait a moment until it is over."""
        session, handler = self._sessions.get(client_id, (None, None))
        if session is None or not session.transitions.is_connected():
            return
        await handler.handle_connection_closed()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(HANG_UP_S):
                while session.transitions.is_connected():  # noqa: ASYNC110 - amqtt tells nobody
                    await asyncio.sleep(0.01)

    async def _publish_retained_messages_for_subscription(
        self, subscription: tuple[str, int], session: Session
    ) -> None:
        listeners = self._subscriptions.get(subscription[0], ())
        is_own = any(known.client_id == session.client_id for known, _qos in listeners)
        if is_own and broker_rules.may_read(session.username or "", subscription[0]):
            await super()._publish_retained_messages_for_subscription(subscription, session)


class RulePlugin(BaseTopicPlugin):  # type: ignore[misc]
    """The pattern rules of `broker_rules`."""

    async def topic_filtering(
        self, *, session: Session | None = None, topic: str | None = None, action: Action | None = None
    ) -> bool | None:
        """False for what the user may not publish, subscribe to or receive."""
        user, topic = (session.username or "") if session else "", topic or ""
        if action == Action.PUBLISH:
            return broker_rules.may_publish(user, topic)
        return broker_rules.may_read(user, topic)


def _config(port: int) -> BrokerConfig:
    plugins: dict[str, object] = {f"{__name__}.{plugin.__name__}": {} for plugin in (PasswordPlugin, RulePlugin)}
    return BrokerConfig(listeners={"default": ListenerConfig(bind=f"127.0.0.1:{port}")}, plugins=plugins)


async def run(content: dict[str, Any]) -> None:
    """Serve until SIGTERM. `content` holds port and passwords."""
    _passwords.update(content["passwords"])
    amqtt.broker.BrokerProtocolHandler = EarlyCheck
    broker = QuietBroker(_config(content["port"]))
    EarlyCheck.hang_up = broker.hang_up
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await broker.start()
    await stop.wait()
    await broker.shutdown()


def main() -> None:
    """Started by `broker.py` as `python -c` with the path of the secrets as its argument."""
    logging.basicConfig(level=logging.WARNING)
    asyncio.run(run(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))))
