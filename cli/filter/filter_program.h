// What a filter compiles to, as text.
#pragma once

#include <string>

namespace weir::cli {

struct ProgramOptions {
  std::string filter;
  /// Host names are looked up.
  bool allow_names = true;
  /// LINKTYPE name or number.
  std::string link_type;
  /// bpf, bytes, c, ebpf or asm.
  std::string form;
  bool json = false;
};

/// Compiles the filter and prints it to standard output. Throws FilterError, UsageError.
void print_program(const ProgramOptions& options);

}  // namespace weir::cli
