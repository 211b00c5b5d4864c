"""Runs in an environment of its own: puts robots on bumble's air, and the guest's controller beside them.

JSON lines on standard input say who is on the air and answer what is asked on standard output. Two things of bumble
0.0.236 are set right here: its emulated controller repeats the advertisement as its scan response and ignores the
filters for duplicates and for who is waited for, and its air sends data under an address that may not be the one of the
connection."""

import asyncio
import json
import struct
import sys
from typing import Any

from bumble import hci, ll
from bumble.att import ATT_Error
from bumble.controller import Controller
from bumble.core import UUID, AdvertisingData, PhysicalTransport
from bumble.device import Connection, Device
from bumble.gatt import Characteristic, CharacteristicValue, Service
from bumble.hci import Address
from bumble.link import LocalLink
from bumble.transport import open_transport

INTERVAL = 152.5
"""Milliseconds between two advertisements: of those Apple asks of accessories (Technical Q&A QA1931) the first after
the 20 ms right after being switched on. micro:bits take 50 ms (codal-microbit-v2, inc/MicroBitConfig.h), LEGO hubs with
Pybricks 30 ms (pybricks-micropython, lib/pbio/drv/bluetooth/bluetooth_btstack.c)."""
LEGACY_BYTES = 31
"""Room in an advertisement, and again in its scan response (Bluetooth Core 5.4, 6.B.2.3.1)."""
ACTIVE = 1
"""Scan type of whoever asks for scan responses (Bluetooth Core 5.4, 4.E.7.8.10)."""
UNSUITABLE = hci.LeFeatureMask.LL_PRIVACY | hci.LeFeatureMask.LE_EXTENDED_ADVERTISING
"""Linux would wait for events of theirs that the emulated controller never sends."""
SIG = "-0000-1000-8000-00805f9b34fb"
PROPERTIES = {
    "read": Characteristic.Properties.READ,
    "write": Characteristic.Properties.WRITE,
    "write-without-response": Characteristic.Properties.WRITE_WITHOUT_RESPONSE,
    "notify": Characteristic.Properties.NOTIFY,
}
SHOWN = Characteristic.Permissions.READABLE | Characteristic.Permissions.WRITEABLE
Message = dict[str, Any]


class Air(LocalLink):
    """Delivers advertisements only to those who listen, and data under the connection's own address."""

    def __init__(self) -> None:
        super().__init__()
        self.responses: dict[str, bytes] = {}

    def send_advertising_pdu(self, sender_controller: Controller, packet: ll.AdvertisingPdu) -> None:
        loop, connects = asyncio.get_running_loop(), isinstance(packet, ll.ConnectInd)
        for one in self.controllers:
            if one is not sender_controller and (connects or one.le_scan_enable or one.pending_le_connection):
                loop.call_soon(one.on_ll_advertising_pdu, packet)

    def send_acl_data(
        self, sender_controller: Controller, destination_address: Address, transport: PhysicalTransport, data: bytes
    ) -> None:
        other = self.find_le_controller(destination_address)
        connection = sender_controller.le_connections.get(destination_address)
        if other is not None and connection is not None:
            asyncio.get_running_loop().call_soon(other.on_link_acl_data, connection.self_address, transport, data)


class GuestController(Controller):
    """The controller the guest's kernel drives."""

    _told: set[tuple[str, bytes]]
    _accepted: frozenset[str] = frozenset()

    def on_hci_le_clear_filter_accept_list_command(self, command: Any) -> Any:
        self._accepted = frozenset()
        return super().on_hci_le_clear_filter_accept_list_command(command)

    def on_hci_le_add_device_to_filter_accept_list_command(self, command: Any) -> Any:
        self._accepted |= {_plain(command.address)}
        return super().on_hci_le_add_device_to_filter_accept_list_command(command)

    def on_hci_le_remove_device_from_filter_accept_list_command(self, command: Any) -> Any:
        self._accepted -= {_plain(command.address)}
        return super().on_hci_le_remove_device_from_filter_accept_list_command(command)

    def on_hci_le_set_scan_enable_command(self, command: Any) -> Any:
        self._told, self._filters = set(), bool(command.filter_duplicates)
        return super().on_hci_le_set_scan_enable_command(command)

    def on_advertising_pdu(self, pdu: Any) -> None:
        """Reports here; to connect is left to bumble."""
        if self.le_scan_enable and self._accepts(_plain(pdu.advertiser_address)):
            kinds = hci.HCI_LE_Advertising_Report_Event.EventType
            self._report(kinds.ADV_IND, pdu.advertiser_address, bytes(pdu.data))
            answer = self.link.responses.get(_plain(pdu.advertiser_address), b"")
            if self.le_scan_type == ACTIVE:
                self._report(kinds.SCAN_RSP, pdu.advertiser_address, answer)
        scanning, self.le_scan_enable = self.le_scan_enable, 0
        try:
            super().on_advertising_pdu(pdu)
        finally:
            self.le_scan_enable = scanning

    def _accepts(self, address: str) -> bool:
        return not self.le_scanning_filter_policy & 1 or address in self._accepted

    def _report(self, kind: int, address: Address, data: bytes) -> None:
        told = (f"{kind}{address}", data)
        if self._filters and told in self._told:
            return
        self._told.add(told)
        event = hci.HCI_LE_Advertising_Report_Event
        one = event.Report(event_type=kind, address_type=address.address_type, address=address, data=data, rssi=-50)
        self.send_hci_packet(event([one]))


class Robot:
    """One peripheral: a bumble device whose values live on the other side of the line."""

    def __init__(self, line: "Line", air: Air, told: Message) -> None:
        self.address: str = told["address"]
        self._line, self._air, self._told = line, air, told
        self._values: dict[str, Characteristic[bytes]] = {}
        controller = Controller(self.address, link=air)
        self.device = Device.with_hci(self.address, Address(self.address), controller, controller)
        self.device.gatt_server.max_mtu = told["mtu"]
        self.device.advertising_interval_min = self.device.advertising_interval_max = INTERVAL
        self.device.add_services([self._service(one) for one in told["table"]])
        self.device.on("connection", self._connected)

    async def start(self) -> None:
        await self.device.power_on()
        await self.advertise(self._told)

    async def advertise(self, told: Message) -> None:
        """Say this from now on, or nothing."""
        advertisement, answer = packed(told)
        if self.device.is_advertising:
            await self.device.stop_advertising()
        self._air.responses[self.address] = answer
        if told["is_on"]:
            await self.device.start_advertising(
                advertising_data=advertisement, scan_response_data=answer, auto_restart=True
            )

    async def notify(self, uuid: str, value: bytes) -> None:
        await self.device.notify_subscribers(self._values[uuid], value)

    async def hang_up(self) -> None:
        for connection in list(self.device.connections.values()):
            await connection.disconnect()

    def _connected(self, connection: Connection) -> None:
        self._line.say({"connected": self.address})
        connection.on("disconnection", lambda _reason: self._line.say({"disconnected": self.address}))

    def _service(self, told: Message) -> Service:
        return Service(told["uuid"], [self._characteristic(one) for one in told["characteristics"]])

    def _characteristic(self, told: Message) -> "Characteristic[bytes]":
        uuid, may = told["uuid"], Characteristic.Properties(0)
        for word in told["properties"]:
            may |= PROPERTIES[word]

        async def read(_connection: Connection) -> bytes:
            return bytes.fromhex((await self._line.ask({"read": uuid, "of": self.address}))["value"])

        async def write(_connection: Connection, value: bytes) -> None:
            await self._line.ask({"write": uuid, "of": self.address, "value": bytes(value).hex()})

        self._values[uuid] = Characteristic(uuid, may, SHOWN, CharacteristicValue(read=read, write=write))
        return self._values[uuid]


class Line:
    """Standard input and output: one line of JSON a message."""

    def __init__(self) -> None:
        self._asked: dict[int, asyncio.Future[Message]] = {}
        self._count = 0

    def say(self, message: Message) -> None:
        sys.stdout.write(json.dumps(message) + "\n")
        sys.stdout.flush()

    async def ask(self, message: Message) -> Message:
        """Raises ATT_Error with the code of a refusal."""
        self._count += 1
        number, answered = self._count, asyncio.get_running_loop().create_future()
        self._asked[number] = answered
        self.say({"id": number, **message})
        answer: Message = await answered
        if "error" in answer:
            raise ATT_Error(answer["error"])
        return answer

    def answered(self, message: Message) -> None:
        self._asked.pop(message["id"]).set_result(message)


def packed(told: Message) -> tuple[bytes, bytes]:
    """The advertisement and the scan response: what does not fit into the first goes into the second."""
    parts = [(AdvertisingData.FLAGS, b"\x06")]
    for uuid in told["services"]:
        short = uuid.endswith(SIG) and uuid.startswith("0000")
        kind = AdvertisingData.COMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS
        kind = kind if short else AdvertisingData.COMPLETE_LIST_OF_128_BIT_SERVICE_CLASS_UUIDS
        parts.append((kind, _uuid(uuid)))
    for maker, data in told["manufacturers"].items():
        parts.append((AdvertisingData.MANUFACTURER_SPECIFIC_DATA, struct.pack("<H", int(maker)) + bytes.fromhex(data)))
    for uuid, data in told["service_data"].items():
        kind = (
            AdvertisingData.SERVICE_DATA_16_BIT_UUID
            if uuid.endswith(SIG)
            else AdvertisingData.SERVICE_DATA_128_BIT_UUID
        )
        parts.append((kind, _uuid(uuid) + bytes.fromhex(data)))
    if told["name"]:
        parts.append((AdvertisingData.COMPLETE_LOCAL_NAME, told["name"].encode()))
    halves: list[list[tuple[int, bytes]]] = [[], []]
    for kind, data in parts:
        fits = sum(len(one) + 2 for _, one in halves[0]) + len(data) + 2 <= LEGACY_BYTES
        halves[0 if fits else 1].append((int(kind), data))
    first, second = (b"".join(bytes([len(data) + 1, kind]) + data for kind, data in half) for half in halves)
    if len(second) > LEGACY_BYTES:
        raise ValueError(f"{told['address']} says more than an advertisement and its scan response hold")
    return first, second


def _uuid(text: str) -> bytes:
    return bytes(UUID(text[4:8] if text.endswith(SIG) and text.startswith("0000") else text).to_bytes())


def _plain(address: Address) -> str:
    return str(address).partition("/")[0].lower()


async def serve(where: str) -> None:
    """Until standard input ends."""
    air, line, robots = Air(), Line(), dict[str, Robot]()
    transport = await open_transport(where)
    guest = GuestController("guest", host_source=transport.source, host_sink=transport.sink, link=air)
    guest.le_features &= ~UNSUITABLE
    line.say({"ready": True})
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while words := await reader.readline():
        told = json.loads(words)
        if "id" in told:
            line.answered(told)
        elif "add" in told:
            robot = Robot(line, air, told["add"])
            robots[robot.address] = robot
            await robot.start()
        elif "advertise" in told:
            await robots[told["advertise"]["address"]].advertise(told["advertise"])
        elif "notify" in told:
            await robots[told["of"]].notify(told["notify"], bytes.fromhex(told["value"]))
        elif "hang_up" in told:
            await robots[told["hang_up"]].hang_up()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1]))
