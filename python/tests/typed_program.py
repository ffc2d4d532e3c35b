"""Typical use, as a type checker sees it: mypy --strict accepts it. What it must refuse is marked: an
"ignore" that nothing needs is an error too. It is never run.
"""

import pathlib
import threading
from datetime import datetime
from typing import assert_type

import weir
from weir import headers
from weir.compat.pcapfilter import IPMonitor, IPMonitorPacketEventParams
from weir.compat.steelscript.packets.core.pcap import PCAPReader, PCAPSocket, PCAPWriter, get_pkts_header


def read(path: pathlib.Path) -> list[weir.Packet]:
    kept = []
    with weir.open(path, "tcp port 443", merge=True) as source:
        assert_type(source, weir.Source[weir.Packet])
        for packet in source:
            assert_type(packet, weir.Packet)
            assert_type(packet.time, datetime | None)
            assert_type(packet.data, memoryview)
            assert_type(packet.ip, headers.IpHeader | None)
            assert_type(packet.sll, headers.SllHeader | headers.Sll2Header | None)
            if packet.ip and packet.tcp:
                assert_type(packet.ip.src, weir.IpAddress | None)
                assert_type(packet.tcp.dport, int | None)
            for header in packet.layers:
                if isinstance(header, headers.DnsHeader):
                    assert_type(header.id, int | None)
            kept.append(packet)
    return kept


def watch(adapter: str) -> None:
    for packet in weir.capture(adapter, direction="in"):
        assert_type(packet, weir.Packet)
    for perhaps in weir.capture(adapter, timeout=0.5):
        assert_type(perhaps, weir.Packet | None)
        if perhaps is None:
            break
    for flow in weir.flows(weir.capture(adapter, timeout=1)):
        assert_type(flow, weir.Flow | None)


def follow(paths: list[str]) -> int:
    total = 0
    for flow in weir.flows(paths, idle=60, on_end=lambda flow: print(flow.end_reason)):
        assert_type(flow, weir.Flow)
        total += flow.orig_packets or 0
    return total


def hold(held: weir.HeldPacket) -> None:
    assert_type(held.packet, weir.Packet)
    assert_type(held.bytes, memoryview)
    assert_type(held.time_left, float | None)
    held.edit(room=10)[0] = 5
    if held.accept_modified(repair=True) == "late":
        held.drop(rest_of_flow=True)
    held.len = 3  # type: ignore[misc]


def gate(adapters: list[str]) -> int:
    errors: list[weir.GateError] = []
    with weir.Gate(adapters, rules=["hold in", weir.Rule(action="drop", filter="arp")], on_held=hold,
                   on_notified=lambda packet, rule: print(packet.ip, rule.upper()), on_error=errors.append,
                   policy={"deadline": "closed"}, workers=(1, 4)) as running:
        assert_type(running.add("drop out"), str)
        assert_type(running.rules()[0].hits.packets, int)
    weir.Gate(on_held=lambda packet, rule: None)  # type: ignore[misc, arg-type]
    weir.Gate(policy="ajar")  # type: ignore[arg-type]
    return running.counters().held.accepted.bytes


def copy(packets: list[weir.Packet]) -> None:
    wanted = weir.Filter("udp")
    with weir.write("out.pcapng.zst") as out:
        for packet in packets:
            if wanted.matches(packet) and wanted.why(packet).matches:
                out.write(packet)
        out.write(b"\x45\x00", time_ns=1)


def monitor() -> None:
    one = IPMonitor()

    def on_packet(event: IPMonitorPacketEventParams) -> None:
        assert_type(event.time_stamp, datetime)

    one.on_packet = on_packet
    one.direction = IPMonitor.PACKET_DIRECTION_INCOMING
    one.activate("lo")


def explain(path: str) -> None:
    try:
        weir.open(path)
    except weir.FormatError as error:
        assert_type(error.offset, int)
    except weir.FilterError as error:
        assert_type(error.position, int | None)
    except FileNotFoundError:
        pass


def wrong(packet: weir.Packet) -> None:
    weir.open(1)  # type: ignore[call-overload]
    weir.open("a.pcap", filter=3)  # type: ignore[call-overload]
    weir.open("a.pcap", speed=3)  # type: ignore[call-overload]
    weir.capture("eth0", direction="up")  # type: ignore[call-overload]
    weir.write("a.pcap", format="pacp")  # type: ignore[arg-type]
    weir.Filter("tcp").matches(b"")  # type: ignore[arg-type]
    packet.len = 3  # type: ignore[misc]
    packet.quic  # type: ignore[attr-defined]
    packet.ip.ttl  # type: ignore[union-attr]
    weir.Packet()  # type: ignore[call-arg]
    IPMonitor().direction = "in"  # type: ignore[assignment]
    weir.IpAddress(3.5)  # type: ignore[arg-type]


def copy_with_steelscript(path: pathlib.Path, device: str) -> int:
    reader = PCAPReader(filename=str(path))
    writer = PCAPWriter(path.with_suffix(".copy"))
    for ts, hdr, pkt in reader:
        assert_type(ts, float)
        assert_type(pkt, bytes)
        assert_type(hdr["ts"]["tv_sec"] + hdr["ts"]["tv_nsec"] + hdr["caplen"], int)
        writer.dump_hdr_pkt(hdr, pkt, tv_usec=7)
        writer.dump_hdr_pkt({"ts": {"tv_sec": 1, "tv_usec": 2}, "caplen": 3, "len": 4}, bytearray(pkt))
        writer.dump_hdr_pkt(get_pkts_header(ts, pkt), pkt)
    writer.dump_hdr_pkt({"caplen": 3}, b"")  # type: ignore[typeddict-item]
    sock = PCAPSocket(devicename=device, to_ms=100)
    threading.Timer(1.0, sock.stop_event.set).start()
    sock.stop_event = threading.Event()
    for _, header, pkt in sock:
        if header is not None:
            writer.dump_hdr_pkt(header, pkt)
    sock.network = "192.0.2.0"  # type: ignore[misc]
    return sock.sendpacket(b"") + sock.getnonblock()
