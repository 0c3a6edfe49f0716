#!/usr/bin/env python3
"""A heart-rate strap and the Bluetooth controller of a machine, both outside it: the strap is there at once and goes as it is told, and
the controller can be pulled out and plugged in again.

    radio.py FOLDER

Serves two sockets in FOLDER, and prints `ready` when they are there:

`adapter`   the packets of the machine's controller (Bluetooth Core, volume 4, part A), each behind its length in two bytes, the
            lower one first. An empty one: it has just been plugged in, or pulled out.
`strap`     a line for each order, answered with `done`, or with what is wrong with it:
    appear          worn and in reach: advertises whenever nobody is connected
    vanish          out of reach: the link ends by its supervision time-out
    bye             ends the link as it wishes, and advertises again
    silent, speak   sends no measurements, with the link up; sends them again
    dead, alive     answers nothing with the link up, and does not advertise when it is down; does both again
    private         lets only those subscribe who are paired with it, without a question ("Just Works")
    forget          knows nobody any more with whom it was paired
    refuse COUNT    loses that many links 50 ms after they are made, before anything was said (HCI 0x3e)
    advertise FORM  from now on, one of FORMS

While somebody is subscribed it sends a measurement a second: contact, the rate, one interval. No rate is like the one before.
Anything else that happens is printed, for whoever wonders.
"""

import asyncio
import struct
import sys
import time

from bumble import att
from bumble import hci
from bumble import ll
from bumble.controller import Controller
from bumble.core import AdvertisingData
from bumble.core import UUID
from bumble.device import Device
from bumble.device import DeviceConfiguration
from bumble.gatt import Characteristic
from bumble.gatt import Service
from bumble.hci import Address
from bumble.host import Host
from bumble.link import LocalLink
from bumble.transport.common import AsyncPipeSink

NAME = "Chest strap"
ADDRESS = "F0:00:00:00:00:02"
ADAPTER = "C0:00:00:00:00:01"
BATTERY = 77
CHEST = 1
# As with straps, between two advertisements, in milliseconds.
INTERVAL = 500
# From the end of a link until a strap advertises again, and from its beginning until one that refuses loses it, in seconds.
AGAIN = 0.3
REFUSES_AFTER = 0.05

FLAGS = (AdvertisingData.FLAGS, b"\x06")
SHORT = (AdvertisingData.COMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS, b"\x0d\x18")
LONG = (AdvertisingData.COMPLETE_LIST_OF_128_BIT_SERVICE_CLASS_UUIDS, UUID.from_16_bits(0x180D).to_bytes(force_128=True))
DATA = (AdvertisingData.SERVICE_DATA_16_BIT_UUID, b"\x0d\x18\x01")
NAMED = (AdvertisingData.COMPLETE_LOCAL_NAME, NAME.encode())
# What stands in the packet, and in the answer to a scan.
FORMS = {
    "service": ([FLAGS, SHORT, NAMED], []),
    "response": ([FLAGS, NAMED], [SHORT]),
    "long": ([FLAGS, LONG], [NAMED]),
    "data": ([FLAGS, DATA, NAMED], []),
    "name": ([FLAGS, NAMED], []),
}

BEGAN = time.monotonic()


def say(words):
    print(f"{time.monotonic() - BEGAN:8.2f} {words}", flush=True)


class Air(LocalLink):
    """What the controllers share."""

    def other_end(self, connection):
        """The same connection at its other end, where there is one still."""
        for controller in self.controllers:
            for other in controller.le_connections.values():
                ends = (other.self_address, other.peer_address)
                if ends == (connection.peer_address, connection.self_address):
                    return other
        return None

    def lose(self, connection, reason):
        """Ends a connection without a word from either side."""
        for end in (self.other_end(connection), connection):
            if end is not None:
                end.controller.on_le_disconnected(end, reason)

    # Bumble takes the random address for the sender's, whichever the link is made with.
    def send_acl_data(self, sender, destination, transport, data):
        connection = sender.le_connections.get(destination)
        other = connection and self.other_end(connection)
        if other is not None:
            send = other.controller.on_link_acl_data
            asyncio.get_running_loop().call_soon(send, connection.self_address, transport, data)

    # Nothing is wrong with a word to one that is gone.
    def send_ll_control_pdu(self, sender_address, receiver_address, packet):
        if self.find_le_controller(receiver_address) is not None:
            super().send_ll_control_pdu(sender_address, receiver_address, packet)

    def send_advertising_pdu(self, sender, packet):
        if isinstance(packet, ll.AdvInd):
            packet.response = bytes(sender.le_legacy_advertiser.scan_response_data)
        super().send_advertising_pdu(sender, packet)


class Radio(Controller):
    """A controller as straps and adapters of Bluetooth 4 have it. What Bumble's own leaves out: scan responses (it repeats the
    advertisement), the filter for duplicates, the list of those who may be connected, the end of a cancelled attempt, and a reset."""

    le_features = Controller.le_features & ~(hci.LeFeatureMask.LL_PRIVACY | hci.LeFeatureMask.LE_EXTENDED_ADVERTISING)
    rssi = -50

    def __init__(self, name, air, address):
        super().__init__(name, link=air, public_address=address)
        self.accepted = set()
        self.reported = set()

    def restart(self):
        """As after its power was off."""
        for connection in list(self.le_connections.values()):
            self.link.lose(connection, hci.HCI_ErrorCode.CONNECTION_TIMEOUT_ERROR)
        self.pending_le_connection = None
        self.le_scan_enable = False
        self.le_legacy_advertiser.stop()
        self.accepted.clear()

    def on_hci_reset_command(self, command):
        self.restart()
        return super().on_hci_reset_command(command)

    def on_hci_le_set_scan_enable_command(self, command):
        self.reported.clear()
        return super().on_hci_le_set_scan_enable_command(command)

    def on_hci_le_clear_filter_accept_list_command(self, command):
        self.accepted.clear()
        return super().on_hci_le_clear_filter_accept_list_command(command)

    def on_hci_le_add_device_to_filter_accept_list_command(self, command):
        self.accepted.add(bytes(command.address))
        return super().on_hci_le_add_device_to_filter_accept_list_command(command)

    def on_hci_le_remove_device_from_filter_accept_list_command(self, command):
        self.accepted.discard(bytes(command.address))
        return super().on_hci_le_remove_device_from_filter_accept_list_command(command)

    def on_hci_le_create_connection_cancel_command(self, command):
        pending, self.pending_le_connection = self.pending_le_connection, None
        if pending is None:
            return hci.HCI_StatusReturnParameters(hci.HCI_ErrorCode.COMMAND_DISALLOWED_ERROR)
        ended = hci.HCI_LE_Connection_Complete_Event(
            status=hci.HCI_ErrorCode.UNKNOWN_CONNECTION_IDENTIFIER_ERROR,
            connection_handle=0,
            role=hci.Role.CENTRAL,
            peer_address_type=0,
            peer_address=Address.ANY,
            connection_interval=0,
            peripheral_latency=0,
            supervision_timeout=0,
            central_clock_accuracy=0,
        )
        # Behind the answer to the command.
        asyncio.get_running_loop().call_soon(self.send_hci_packet, ended)
        return hci.HCI_StatusReturnParameters(hci.HCI_ErrorCode.SUCCESS)

    def on_advertising_pdu(self, pdu):
        sender = pdu.advertiser_address
        accepted = bytes(sender) in self.accepted
        if self.le_scan_enable and (accepted or not self.le_scanning_filter_policy & 1):
            self.report(pdu)
        pending = self.pending_le_connection
        if pending is None:
            return
        if pending.initiator_filter_policy == 1:
            if not accepted:
                return
            pending.peer_address = sender
        if pending.peer_address == sender:
            self.create_le_connection(sender)

    def report(self, pdu):
        if self.filter_duplicates and bytes(pdu.advertiser_address) in self.reported:
            return
        self.reported.add(bytes(pdu.advertiser_address))
        event = hci.HCI_LE_Advertising_Report_Event
        reports = [(event.EventType.ADV_IND, pdu.data)]
        if self.le_scan_type == 1:
            reports.append((event.EventType.SCAN_RSP, pdu.response))
        for kind, data in reports:
            address = pdu.advertiser_address
            report = event.Report(kind, address.address_type, address, data, self.rssi)
            self.send_hci_packet(event([report]))


class Adapter:
    """The machine's end of its controller."""

    def __init__(self, air):
        self.radio = Radio("adapter", air, ADAPTER)
        self.radio.set_packet_sink(self)
        self.machine = None

    def on_packet(self, packet):
        if self.machine is not None:
            self.machine.write(struct.pack("<H", len(packet)) + packet)

    async def serve(self, reader, writer):
        self.machine = writer
        try:
            while True:
                (length,) = struct.unpack("<H", await reader.readexactly(2))
                if length == 0:
                    say("adapter: plugged in or pulled out")
                    self.radio.restart()
                    continue
                packet = await reader.readexactly(length)
                try:
                    self.radio.on_packet(packet)
                except Exception as error:
                    say(f"adapter: {error!r} at {packet.hex()}")
        except asyncio.IncompleteReadError:
            say("adapter: the machine is off")


class Strap:
    def __init__(self, air):
        self.air = air
        self.radio = Radio("strap", air, "00:00:00:00:00:00")
        self.worn = self.is_silent = self.is_dead = self.is_private = False
        self.refusals = 0
        self.rate = 60
        host = Host(self.radio, AsyncPipeSink(self.radio))
        self.device = Device(
            config=DeviceConfiguration(
                name=NAME,
                address=Address(ADDRESS),
                advertising_interval_min=INTERVAL,
                advertising_interval_max=INTERVAL,
            ),
            host=host,
        )
        self.measurement = characteristic(0x2A37, Characteristic.Properties.NOTIFY, b"\0\0")
        place = characteristic(0x2A38, Characteristic.Properties.READ, bytes([CHEST]))
        battery = Characteristic.Properties.READ | Characteristic.Properties.NOTIFY
        level = characteristic(0x2A19, battery, bytes([BATTERY]))
        self.device.add_services(
            [
                Service(UUID.from_16_bits(0x180D), [self.measurement, place]),
                Service(UUID.from_16_bits(0x180F), [level]),
            ]
        )
        subscribe = self.device.gatt_server.write_cccd

        def subscribe_where_allowed(bearer, what, value):
            if self.is_private and what is self.measurement and not bearer.is_encrypted:
                say("strap: not paired")
                raise att.ATT_Error(att.ATT_INSUFFICIENT_AUTHENTICATION_ERROR)
            subscribe(bearer, what, value)

        self.device.gatt_server.write_cccd = subscribe_where_allowed
        self.device.on("connection", self.on_connection)
        hear = self.radio.on_link_acl_data
        self.radio.on_link_acl_data = lambda *data: None if self.is_dead else hear(*data)
        self.advertise("service")

    def on_connection(self, connection):
        say("strap: connected")
        connection.on("disconnection", self.on_disconnection)
        if self.refusals > 0:
            self.refusals -= 1
            reason = hci.HCI_ErrorCode.CONNECTION_FAILED_TO_BE_ESTABLISHED_ERROR
            asyncio.get_running_loop().call_later(REFUSES_AFTER, self.lose, reason)

    def on_disconnection(self, reason):
        say(f"strap: disconnected, {reason:#x}")
        asyncio.get_running_loop().call_later(AGAIN, lambda: asyncio.ensure_future(self.show()))

    async def show(self):
        """Advertises, where it is to."""
        if self.worn and not self.is_dead and not self.radio.le_connections:
            own = hci.OwnAddressType.RANDOM
            await self.device.start_advertising(own_address_type=own, auto_restart=False)

    def lose(self, reason):
        for connection in list(self.radio.le_connections.values()):
            self.air.lose(connection, reason)

    async def appear(self):
        self.worn = True
        await self.show()

    async def vanish(self):
        self.worn = False
        await self.device.stop_advertising()
        self.lose(hci.HCI_ErrorCode.CONNECTION_TIMEOUT_ERROR)

    async def bye(self):
        for connection in list(self.device.connections.values()):
            await connection.disconnect()

    def silent(self):
        self.is_silent = True

    def speak(self):
        self.is_silent = False

    def dead(self):
        self.is_dead = True

    async def alive(self):
        self.is_dead = False
        await self.show()

    def private(self):
        self.is_private = True

    async def forget(self):
        await self.device.keystore.delete_all()

    def refuse(self, count):
        self.refusals = int(count)

    def advertise(self, form):
        self.device.advertising_data, self.device.scan_response_data = (
            bytes(AdvertisingData(part)) for part in FORMS[form]
        )

    async def run(self):
        await self.device.power_on()
        while True:
            await asyncio.sleep(1)
            self.rate = 60 + (self.rate - 59) % 40
            interval = 60 * 1024 // self.rate
            packet = struct.pack("<BBH", 0x16, self.rate, interval)
            if not self.is_silent and not self.is_dead:
                await self.device.notify_subscribers(self.measurement, packet)

    async def serve(self, reader, writer):
        while line := await reader.readline():
            order, *arguments = line.decode().split()
            say(f"strap: {line.decode().strip()}")
            try:
                if order not in ORDERS:
                    raise ValueError(f"{order}: no such order")
                done = getattr(self, order)(*arguments)
                if done is not None:
                    await done
                # One that advertises does so in its new form.
                if order == "advertise":
                    await self.show()
                answer = "done"
            except Exception as error:
                answer = repr(error)
            writer.write(f"{answer}\n".encode())


ORDERS = ("appear", "vanish", "bye", "silent", "speak", "dead", "alive", "private", "forget", "refuse", "advertise")


def characteristic(uuid, properties, value):
    return Characteristic(UUID.from_16_bits(uuid), properties, Characteristic.READABLE, value)


async def main(folder):
    air = Air()
    adapter, strap = Adapter(air), Strap(air)
    running = asyncio.create_task(strap.run())
    await asyncio.start_unix_server(adapter.serve, f"{folder}/adapter")
    await asyncio.start_unix_server(strap.serve, f"{folder}/strap")
    print("ready", flush=True)
    await running


asyncio.run(main(sys.argv[1]))
