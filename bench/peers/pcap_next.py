"""A loop of pcap_next_ex through ctypes that reads the same: pcap_next.py ADAPTER. Ends at SIGINT with its counts."""

import ctypes
import select
import sys

lib = ctypes.CDLL("libpcap.so.0.8")


class Time(ctypes.Structure):
    _fields_ = [("tv_sec", ctypes.c_long), ("tv_usec", ctypes.c_long)]


class Header(ctypes.Structure):
    _fields_ = [("ts", Time), ("caplen", ctypes.c_uint32), ("len", ctypes.c_uint32)]


class Statistics(ctypes.Structure):
    _fields_ = [("received", ctypes.c_uint), ("dropped", ctypes.c_uint), ("by_adapter", ctypes.c_uint)]


lib.pcap_open_live.restype = ctypes.c_void_p
error = ctypes.create_string_buffer(256)
handle = ctypes.c_void_p(lib.pcap_open_live(sys.argv[1].encode(), 262144, 0, 1000, error))
# A wait in pcap_next_ex would go on after SIGINT.
lib.pcap_setnonblock(handle, 1, error)
descriptor = lib.pcap_get_selectable_fd(handle)
next_packet = lib.pcap_next_ex
header = ctypes.POINTER(Header)()
data = ctypes.c_void_p()
header_at, data_at = ctypes.byref(header), ctypes.byref(data)
packets = 0
try:
    while True:
        if next_packet(handle, header_at, data_at) == 1:
            packets += 1
            at = header.contents
            time = at.ts
            seen = time.tv_sec, time.tv_usec, at.len, data.value
        else:
            select.select([descriptor], [], [])
except KeyboardInterrupt:
    counts = Statistics()
    lib.pcap_stats(handle, ctypes.byref(counts))
    print("packets", packets, "dropped", counts.dropped, "received", counts.received)
