"""The package steelscript.packets as published."""
