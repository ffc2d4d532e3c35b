"""The package steelscript.packets.protos as published."""
