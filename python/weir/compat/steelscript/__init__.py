"""steelscript.packets as published: `from weir.compat.steelscript.packets.core import pcap`."""
