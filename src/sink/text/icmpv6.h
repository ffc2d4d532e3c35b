// The parts of the ICMPv6 printer.
#pragma once

#include "printer.h"

namespace weir::sink::text {

/// What a neighbour discovery message says (RFC 4861), from its first byte on; with verbosity its
/// options too.
void put_discovery(Line& line, const Header& header, unsigned verbosity);

}  // namespace weir::sink::text
