"""Lists what can be monitored: adapters. Needs no rights."""

from weir.compat import pcapfilter

monitor = pcapfilter.IPMonitor()
monitor.list_adapters()
for i in range(monitor.adapter_count):
    print(f"{monitor.get_adapter_name(i)}: {monitor.get_adapter_description(i)}")
