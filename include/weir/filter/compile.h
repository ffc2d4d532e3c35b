// From pcap-filter(7) text to a classic BPF program.
#pragma once

#include <cstddef>
#include <string>

#include "weir/api.h"
#include "weir/bpf/instruction.h"
#include "weir/error.h"
#include "weir/link_type.h"

namespace weir::filter {

/// Longer expressions are refused.
inline constexpr std::size_t max_expression = std::size_t{16} << 10;

struct CompileOptions {
  /// Look host names up (hosts file, DNS); otherwise only addresses are understood.
  bool allow_names = false;
};

struct Compiled {
  bpf::Program program;
  /// The compiler has found that the expression can never match; the program then refuses all.
  bool rejects_all = false;
};

/// Compiles through libpcap, for packets of one link type. Long expressions are compiled in pieces
/// and joined, which means the same and takes time in proportion to their length; libpcap alone
/// takes the square of it. May be called in several threads at once.
///
/// Throws FilterError with the compiler's words and, where it can be told, the position of what
/// they are about: filter_link_type if that is right for other link types, otherwise filter_syntax;
/// also for text over max_expression or with a NUL octet. A syntax error is told before any name is
/// looked up, and asks for the keyword that was meant.
[[nodiscard]] WEIR_API Compiled compile(const std::string& expression, LinkType link_type,
                                        CompileOptions options = {});

}  // namespace weir::filter
