"""The hub's end of the wire: announces the hub, listens to all agents, publishes what they should know."""

from collections.abc import Callable

from medialab_hub.clock import Clock
from medialab_wire import topics
from medialab_wire.base import WireModel
from medialab_wire.outgoing import Publication
from medialab_wire.presence import HubState
from medialab_wire.session import Ack, Broker, Handlers, Session

OnMessage = Callable[[str, bytes, Ack], None]


class HubLink:
    """One session with the broker. `epoch` is new at each start of the hub."""

    def __init__(self, broker: Broker, epoch: str, clock: Clock) -> None:
        self._epoch = epoch
        self._clock = clock
        self._on_message: OnMessage = lambda _topic, _payload, _ack: None
        self._on_connected: Callable[[], None] = lambda: None
        handlers = Handlers(
            on_message=lambda topic, payload, ack: self._on_message(topic, payload, ack),
            on_connected=lambda _lost: self._announce(),
            will=lambda: Publication(topics.HUB, self._state(False), retain=True),
        )
        self._session = Session(broker, [topics.ALL_UP], handlers)

    def start(self, on_message: OnMessage, on_connected: Callable[[], None]) -> None:
        """Connect, and stay connected. `on_connected`: publish everything retained again, the broker may be new."""
        self._on_message, self._on_connected = on_message, on_connected
        self._session.connect()

    @property
    def is_connected(self) -> bool:
        """True while the broker has us."""
        return self._session.is_connected

    def publish(self, topic: str, payload: bytes, retain: bool = False) -> bool:
        """Queue one message. False: no broker, or too much waits already; try again later.

        Nothing is queued without a broker, so that after a reconnection everything leaves in its right order."""
        return self.is_connected and self._session.publish(topic, payload, retain=retain)

    def ask(self, agent: str, question: WireModel) -> bool:
        """Ask an agent something; not retained, so only an agent that listens now hears it."""
        return self._session.publish(topics.ask(agent), question.encode())

    def drop(self) -> None:
        """Connect anew, so that everything unacknowledged comes again."""
        self._session.drop()

    async def close(self) -> None:
        """Say that the hub goes, then disconnect."""
        self._session.publish(topics.HUB, self._state(False), retain=True)
        await self._session.close()

    def _announce(self) -> None:
        self._session.publish(topics.HUB, self._state(True), retain=True)
        self._on_connected()

    def _state(self, online: bool) -> bytes:
        return HubState(online=online, epoch=self._epoch, time=self._clock.now()).encode()
