"""The package steelscript.packets.core as published."""
