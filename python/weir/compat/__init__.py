"""The published APIs, under the names their documents use.

    from weir.compat import pcapfilter

Programs that import them by their published names run unchanged by `python -m weir.compat PROGRAM`.
"""

import importlib
import os
import sys

__all__ = ["CYTHON_PATH", "PUBLISHED", "publish"]

#: Published name of each module, and the module that it is.
PUBLISHED = {
    "fparser": "weir.compat.fparser",
    "pcapfilter": "weir.compat.pcapfilter",
    "pycap": "weir.compat.pycap",
    "pycap.capture": "weir.compat.pycap.capture",
    "pycap.constants": "weir.compat.pycap.constants",
    "pycap.constants.arp": "weir.compat.pycap.constants.arp",
    "pycap.constants.ethernet": "weir.compat.pycap.constants.ethernet",
    "pycap.constants.icmp": "weir.compat.pycap.constants.icmp",
    "pycap.constants.ip": "weir.compat.pycap.constants.ip",
    "pycap.constants.tcp": "weir.compat.pycap.constants.tcp",
    "pycap.constants.udp": "weir.compat.pycap.constants.udp",
    "pycap.inject": "weir.compat.pycap.inject",
    "pycap.protocol": "weir.compat.pycap.protocol",
    "steelscript": "weir.compat.steelscript",
    "steelscript.packets": "weir.compat.steelscript.packets",
    "steelscript.packets.core": "weir.compat.steelscript.packets.core",
    "steelscript.packets.core.inetpkt": "weir.compat.steelscript.packets.core.inetpkt",
    "steelscript.packets.core.pcap": "weir.compat.steelscript.packets.core.pcap",
    "steelscript.packets.protos": "weir.compat.steelscript.packets.protos",
    "steelscript.packets.protos.dns": "weir.compat.steelscript.packets.protos.dns",
}

#: The folder that Cython is given (`cython -I`) to cimport from the published names.
CYTHON_PATH = os.path.join(os.path.dirname(os.path.abspath(__file__)), "cython")


def publish() -> None:
    """Makes the published module names importable, in this process: afterwards `import pcapfilter` is weir's.

    Cython finds them, too: `%%cython` cells may cimport from them.

    Raises ImportError, and makes none of them importable, if another module has been imported by such a name.
    """
    modules = {name: importlib.import_module(module) for name, module in PUBLISHED.items()}
    for name, module in modules.items():
        if sys.modules.get(name, module) is not module:
            raise ImportError(f"another module {name} has been imported: publish() has to come before it", name=name)
    sys.modules.update(modules)
    # Where Cython looks for what is cimported, behind everything else.
    if CYTHON_PATH not in sys.path:
        sys.path.append(CYTHON_PATH)
