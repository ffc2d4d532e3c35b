// libpcap as the judge: its compiler and its interpreter, for Ethernet frames.
#pragma once

#include <string>

#include "weir/bpf/instruction.h"
#include "weir/bytes.h"

namespace weir::test {

/// Throws std::invalid_argument with the compiler's words. libpcap's optimiser may be left out.
[[nodiscard]] bpf::Program compile(const std::string& expression, bool optimise = true);

/// libpcap's bpf_validate.
[[nodiscard]] bool is_valid(bpf::ProgramView program);

/// libpcap's pcap_offline_filter on a whole frame. The program must be valid.
[[nodiscard]] bool matches(bpf::ProgramView program, Bytes frame);

}  // namespace weir::test
