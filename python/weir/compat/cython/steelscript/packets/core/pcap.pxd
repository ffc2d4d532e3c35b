# The published name.
from weir.compat.steelscript.packets.core.pcap cimport PCAPReader, PCAPSocket, PCAPWriter
