// steelscript.packets, as its published document names it.
#pragma once

#include "weir/compat/steelscript/inetpkt.h"
#include "weir/compat/steelscript/pcap.h"
