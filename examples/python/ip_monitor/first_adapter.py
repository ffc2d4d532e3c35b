"""Monitors the first adapter that is listed, and ends that: first_adapter.py"""

from weir.compat import pcapfilter

monitor = pcapfilter.IPMonitor()
monitor.list_adapters()
name = monitor.get_adapter_name(0)
monitor.activate(name)
print(f"monitoring {name}: {'yes' if monitor.active else 'no'}")
monitor.deactivate()
print(f"monitoring {name}: {'yes' if monitor.active else 'no'}")
