"""pycap.constants.udp. UDP."""

HEADER_LENGTH = 8
