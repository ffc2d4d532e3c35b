"""libnetfilter_queue through ctypes, with a handler that looks at each packet and accepts it: nfqueue.py QUEUE.
Until SIGINT."""

import ctypes
import signal
import socket
import sys
import time

LIBRARY = ctypes.CDLL("libnetfilter_queue.so.1", use_errno=True)
Handler = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p)
NF_ACCEPT, COPY_PACKET = 1, 2
SOL_NETLINK, NETLINK_NO_ENOBUFS, SO_RCVBUFFORCE = 270, 5, 33


class PacketHeader(ctypes.BigEndianStructure):
    """struct nfqnl_msg_packet_hdr."""

    _pack_ = 1
    _fields_ = [("packet_id", ctypes.c_uint32), ("hw_protocol", ctypes.c_uint16), ("hook", ctypes.c_uint8)]


for name, result, *arguments in (
        ("nfq_open", ctypes.c_void_p),
        ("nfq_create_queue", ctypes.c_void_p, ctypes.c_void_p, ctypes.c_uint16, Handler, ctypes.c_void_p),
        ("nfq_set_mode", ctypes.c_int, ctypes.c_void_p, ctypes.c_uint8, ctypes.c_uint),
        ("nfq_set_queue_maxlen", ctypes.c_int, ctypes.c_void_p, ctypes.c_uint32),
        ("nfq_fd", ctypes.c_int, ctypes.c_void_p),
        ("nfq_handle_packet", ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int),
        ("nfq_get_msg_packet_hdr", ctypes.POINTER(PacketHeader), ctypes.c_void_p),
        ("nfq_get_payload", ctypes.c_int, ctypes.c_void_p, ctypes.POINTER(ctypes.c_void_p)),
        ("nfq_set_verdict", ctypes.c_int, ctypes.c_void_p, ctypes.c_uint32, ctypes.c_uint32, ctypes.c_uint32,
         ctypes.c_void_p)):
    function = getattr(LIBRARY, name)
    function.restype, function.argtypes = result, arguments

packets = 0
began = ended = 0.0
payload = ctypes.c_void_p()
get_payload, get_header, set_verdict = (LIBRARY.nfq_get_payload, LIBRARY.nfq_get_msg_packet_hdr,
                                        LIBRARY.nfq_set_verdict)


def take(queue, message, data, user):
    global packets, began, ended
    size = get_payload(data, payload)
    verdict = NF_ACCEPT if ctypes.string_at(payload, size)[0] >> 4 == 4 else 0
    set_verdict(queue, get_header(data).contents.packet_id, verdict, 0, None)
    if packets & 1023 == 0:
        ended = time.monotonic()
        began = began or ended
    packets += 1
    return 0


signal.signal(signal.SIGINT, signal.default_int_handler)
handler = Handler(take)
handle = LIBRARY.nfq_open()
queue = LIBRARY.nfq_create_queue(handle, int(sys.argv[1]), handler, None)
if not queue:
    sys.exit("no NFQUEUE")
LIBRARY.nfq_set_mode(queue, COPY_PACKET, 0xffff)
LIBRARY.nfq_set_queue_maxlen(queue, 65_536)
link = socket.socket(fileno=LIBRARY.nfq_fd(handle))
link.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 64 << 20)
link.setsockopt(SOL_NETLINK, NETLINK_NO_ENOBUFS, 1)
print("ready", flush=True)
buffer = bytearray(1 << 17)
address = ctypes.addressof(ctypes.c_char.from_buffer(buffer))
try:
    while True:
        LIBRARY.nfq_handle_packet(handle, address, link.recv_into(buffer))
except KeyboardInterrupt:
    link.detach()
    print("handled", packets, "in", ended - began)
