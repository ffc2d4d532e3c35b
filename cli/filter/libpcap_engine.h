// libpcap's interpreter, to compare the engines with.
#pragma once

#include <cstdint>

#include "weir/bpf/instruction.h"
#include "weir/bytes.h"

namespace weir::cli {

/// A filter::Interpreter. Precondition: libpcap compiled the program: it has no bound on loops.
[[nodiscard]] std::uint32_t run_with_libpcap(bpf::ProgramView program, Bytes data,
                                             std::uint32_t wire_length);

}  // namespace weir::cli
