"""pycap.constants.tcp. TCP: flags."""

HEADER_LENGTH = 20
TH_FIN = 0x1
TH_SYN = 0x2
TH_RST = 0x4
TH_PUSH = 0x8
TH_ACK = 0x10
TH_URG = 0x20
