# The published name.
from weir.compat.steelscript.packets.core.inetpkt cimport PKT, Ethernet
