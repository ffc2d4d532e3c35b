// The parts of the ICMPv6 printer.
#pragma once

#include "print/printer.h"

namespace weir::print {

/// What a neighbour discovery message says (RFC 4861), from its first byte on; with verbosity its
/// options too.
void put_discovery(Line& line, const Header& header, unsigned verbosity);

}  // namespace weir::print
