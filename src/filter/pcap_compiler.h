// libpcap's compiler of pcap-filter expressions: the only place that knows it.
#pragma once

#include <expected>
#include <string>

#include "weir/filter/compile.h"

namespace weir::filter {

/// Optimised where the program is short enough for libpcap's optimiser, whose time grows faster
/// than the program. Fails with the compiler's words. Safe in several threads at once since
/// libpcap 1.8 (pcap_compile(3PCAP)).
[[nodiscard]] std::expected<Compiled, std::string> compile_with_libpcap(const std::string& text,
                                                                        LinkType link_type);

}  // namespace weir::filter
