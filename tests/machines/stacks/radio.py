#!/usr/bin/env python3
"""Heart-rate straps and the Bluetooth controllers of a machine, all outside it: a strap is there at once and goes as it is told, and
a controller can be pulled out and plugged in again.

    radio.py FOLDER

Serves three sockets in FOLDER, and prints `ready` when they are there:

`adapter`   the packets of the machine's controller (Bluetooth Core, volume 4, part A), each behind its length in two bytes, the
            lower one first. An empty one: it has just been plugged in, or pulled out.
`second`    the same of a second controller
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
    send FORM       from now on, one of PACKETS
    every SECONDS   between two measurements, from the next one on
    often COUNT     so many measurements a second, from the next one on
    battery LEVEL   it is so full, in percent, and says so to those who are subscribed
    name WORDS      its name from now on
    address ADDRESS the same; random, and private where it is of that kind; not while it is connected or advertises
    taken           worn and in reach, and a phone that it knows connects to it before anybody else hears it
    join            it has a link free, and a phone connects to it beside whoever is connected
    free            the phone ends its link; it advertises again where that was the last
    signal DBM      how strongly it is heard from now on
    another ORDER   one of these to a second strap, which has a name and an address of its own

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
from bumble.profiles.gap import GenericAccessService
from bumble.transport.common import AsyncPipeSink

NAME = "Chest strap"
ADDRESS = "F0:00:00:00:00:02"
ANOTHER_NAME = "Another strap"
ANOTHER_ADDRESS = "F0:00:00:00:00:03"
ADAPTER = "C0:00:00:00:00:01"
SECOND = "C0:00:00:00:00:02"
PHONE = "C0:00:00:00:00:03"
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
# What stands in the packet, and in the answer to a scan, beside the name.
FORMS = {
    "service": lambda name: ([FLAGS, SHORT, name], []),
    "response": lambda name: ([FLAGS, name], [SHORT]),
    "long": lambda name: ([FLAGS, LONG], [name]),
    "data": lambda name: ([FLAGS, DATA, name], []),
    "name": lambda name: ([FLAGS, name], []),
}

# A measurement of this rate, and of intervals of this length in 1/1024 s (Heart Rate Service 1.0, section 3.1.1).
PACKETS = {
    "plain": lambda rate, interval: struct.pack("<BBH", 0x16, rate, interval),
    # The rate in 16 bits; with the energy; with as many intervals as there is room for; without anything but the rate.
    "wide": lambda rate, interval: struct.pack("<BHH", 0x17, rate, interval),
    "energy": lambda rate, interval: struct.pack("<BBHH", 0x1E, rate, 1000, interval),
    "nine": lambda rate, interval: struct.pack("<BB9H", 0x16, rate, *[interval] * 9),
    "bare": lambda rate, interval: struct.pack("<BB", 0x00, rate),
    # No contact: with a rate still, and without one.
    "lost": lambda rate, interval: struct.pack("<BBH", 0x14, rate, interval),
    "zero": lambda rate, interval: struct.pack("<BB", 0x04, 0),
    # Contact, and no rate, or one that no heart has.
    "none": lambda rate, interval: struct.pack("<BB", 0x06, 0),
    "impossible": lambda rate, interval: struct.pack("<BB", 0x06, 0xFF),
    # Not as the standard has them: two bytes that no flag announces, behind the same rate each time, and an odd one behind the interval.
    "unannounced": lambda rate, interval: struct.pack("<BBH", 0x00, 70, 0),
    "odd": lambda rate, interval: struct.pack("<BBHB", 0x16, rate, interval, 1),
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
            packet.rssi = sender.rssi
        if sender.heard_by is None:
            super().send_advertising_pdu(sender, packet)
        else:
            asyncio.get_running_loop().call_soon(sender.heard_by.on_ll_advertising_pdu, packet)


class Radio(Controller):
    """A controller as straps and adapters of Bluetooth 4 have it. What Bumble's own leaves out: scan responses (it repeats the
    advertisement), the filter for duplicates, the list of those who may be connected, the end of a cancelled attempt, and a reset."""

    le_features = Controller.le_features & ~(hci.LeFeatureMask.LL_PRIVACY | hci.LeFeatureMask.LE_EXTENDED_ADVERTISING)
    # How strongly it is heard, in dBm.
    rssi = -50
    # The only one that its advertisements are for, if they are.
    heard_by = None

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
            report = event.Report(kind, address.address_type, address, data, pdu.rssi)
            self.send_hci_packet(event([report]))


class Adapter:
    """The machine's end of a controller."""

    def __init__(self, air, name, address):
        self.name = name
        self.radio = Radio(name, air, address)
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
                    say(f"{self.name}: plugged in or pulled out")
                    self.radio.restart()
                    continue
                packet = await reader.readexactly(length)
                try:
                    self.radio.on_packet(packet)
                except Exception as error:
                    say(f"{self.name}: {error!r} at {packet.hex()}")
        except (asyncio.IncompleteReadError, ConnectionResetError):
            say(f"{self.name}: the machine is off")


class Phone:
    """Somebody else who may be connected to a strap."""

    def __init__(self, air):
        self.radio = Radio("phone", air, PHONE)
        host = Host(self.radio, AsyncPipeSink(self.radio))
        self.device = Device(config=DeviceConfiguration(name="Phone"), host=host)
        self.connection = None

    async def take(self, address):
        own = hci.OwnAddressType.PUBLIC
        self.connection = await self.device.connect(address, own_address_type=own, timeout=10)

    async def free(self):
        await self.connection.disconnect()


class Strap:
    def __init__(self, air, phone, name, address):
        self.air = air
        self.phone = phone
        self.name_said = name
        self.form = "service"
        self.packet = PACKETS["plain"]
        self.pause = 1
        self.radio = Radio(name, air, "00:00:00:00:00:00")
        self.worn = self.is_silent = self.is_dead = self.is_private = False
        self.refusals = 0
        self.rate = 60
        host = Host(self.radio, AsyncPipeSink(self.radio))
        self.device = Device(
            config=DeviceConfiguration(
                name=name,
                address=Address(address),
                advertising_interval_min=INTERVAL,
                advertising_interval_max=INTERVAL,
            ),
            host=host,
        )
        self.measurement = characteristic(0x2A37, Characteristic.Properties.NOTIFY, b"\0\0")
        place = characteristic(0x2A38, Characteristic.Properties.READ, bytes([CHEST]))
        battery = Characteristic.Properties.READ | Characteristic.Properties.NOTIFY
        self.level = characteristic(0x2A19, battery, bytes([BATTERY]))
        self.device.add_services(
            [
                Service(UUID.from_16_bits(0x180D), [self.measurement, place]),
                Service(UUID.from_16_bits(0x180F), [self.level]),
            ]
        )
        subscribe = self.device.gatt_server.write_cccd

        def subscribe_where_allowed(bearer, what, value):
            if self.is_private and what is self.measurement and not bearer.is_encrypted:
                self.say("not paired")
                raise att.ATT_Error(att.ATT_INSUFFICIENT_AUTHENTICATION_ERROR)
            subscribe(bearer, what, value)

        self.device.gatt_server.write_cccd = subscribe_where_allowed
        self.device.on("connection", self.on_connection)
        hear = self.radio.on_link_acl_data
        self.radio.on_link_acl_data = lambda *data: None if self.is_dead else hear(*data)
        self.set_advertisement()

    def say(self, words):
        say(f"{self.radio.name}: {words}")

    def on_connection(self, connection):
        self.say(f"connected to {connection.peer_address}")
        connection.on("disconnection", self.on_disconnection)
        if self.refusals > 0:
            self.refusals -= 1
            reason = hci.HCI_ErrorCode.CONNECTION_FAILED_TO_BE_ESTABLISHED_ERROR
            asyncio.get_running_loop().call_later(REFUSES_AFTER, self.lose, reason)

    def on_disconnection(self, reason):
        self.say(f"disconnected, {reason:#x}")
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

    async def advertise(self, form):
        self.form = form
        self.set_advertisement()
        # One that advertises does so in its new form.
        await self.show()

    def set_advertisement(self):
        name = (AdvertisingData.COMPLETE_LOCAL_NAME, self.name_said.encode())
        self.device.advertising_data, self.device.scan_response_data = (
            bytes(AdvertisingData(part)) for part in FORMS[self.form](name)
        )

    def send(self, form):
        self.packet = PACKETS[form]

    def every(self, seconds):
        self.pause = int(seconds)

    def often(self, count):
        self.pause = 1 / int(count)

    def signal(self, strength):
        self.radio.rssi = int(strength)

    async def battery(self, level):
        self.level.value = bytes([int(level)])
        await self.device.notify_subscribers(self.level, self.level.value)

    def name(self, *words):
        self.name_said = " ".join(words)
        for service in self.device.gatt_server.services:
            if isinstance(service, GenericAccessService):
                service.device_name_characteristic.value = self.name_said.encode()
        self.set_advertisement()

    async def address(self, address):
        self.device.random_address = Address(address)
        order = hci.HCI_LE_Set_Random_Address_Command(random_address=self.device.random_address)
        await self.device.send_sync_command(order)

    async def taken(self):
        self.radio.heard_by = self.phone.radio
        await self.appear()
        await self.phone.take(self.device.random_address)
        self.radio.heard_by = None

    async def join(self):
        self.radio.heard_by = self.phone.radio
        await self.device.start_advertising(own_address_type=hci.OwnAddressType.RANDOM, auto_restart=False)
        await self.phone.take(self.device.random_address)
        self.radio.heard_by = None

    async def free(self):
        await self.phone.free()

    async def run(self):
        await self.device.power_on()
        while True:
            await asyncio.sleep(self.pause)
            self.rate = 60 + (self.rate - 59) % 40
            packet = self.packet(self.rate, 60 * 1024 // self.rate)
            if not self.is_silent and not self.is_dead:
                await self.device.notify_subscribers(self.measurement, packet)


async def serve(straps, reader, writer):
    """Takes orders to the first strap, and through it those to the second."""
    while line := await reader.readline():
        say(f"order: {line.decode().strip()}")
        order, *arguments = line.decode().split()
        strap, another = straps
        if order == "another":
            strap, (order, *arguments) = another, arguments
        try:
            if order not in ORDERS:
                raise ValueError(f"{order}: no such order")
            done = getattr(strap, order)(*arguments)
            if done is not None:
                await done
            answer = "done"
        except Exception as error:
            answer = repr(error)
        writer.write(f"{answer}\n".encode())


ORDERS = (
    *("appear", "vanish", "bye", "silent", "speak", "dead", "alive", "private", "forget", "refuse", "advertise"),
    *("send", "every", "often", "battery", "name", "address", "taken", "join", "free", "signal"),
)


def characteristic(uuid, properties, value):
    return Characteristic(UUID.from_16_bits(uuid), properties, Characteristic.READABLE, value)


async def main(folder):
    air = Air()
    adapters = {"adapter": Adapter(air, "adapter", ADAPTER), "second": Adapter(air, "second", SECOND)}
    phone = Phone(air)
    straps = [Strap(air, phone, NAME, ADDRESS), Strap(air, phone, ANOTHER_NAME, ANOTHER_ADDRESS)]
    running = [asyncio.create_task(strap.run()) for strap in straps]
    await phone.device.power_on()
    for name, adapter in adapters.items():
        await asyncio.start_unix_server(adapter.serve, f"{folder}/{name}")
    await asyncio.start_unix_server(lambda *ends: serve(straps, *ends), f"{folder}/strap")
    print("ready", flush=True)
    await asyncio.gather(*running)


asyncio.run(main(sys.argv[1]))
