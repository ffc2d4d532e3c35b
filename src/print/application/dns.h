// The parts of the DNS printer.
#pragma once

#include <optional>

#include "print/line.h"

namespace weir::print {

/// One message, from its first byte on (RFC 1035 4).
struct DnsMessage {
  Header bytes;
  unsigned verbosity = 0;
  bool multicast = false;
  /// Where its text has to end, as a size of the output.
  std::size_t text_end = 0;

  [[nodiscard]] bool is_too_long(Line& line) const noexcept { return line.out().size() > text_end; }
};

/// Puts the domain name at `at`; where what follows it starts, or nothing if the name is broken or
/// cut (the cause has been put).
std::optional<std::size_t> put_name(Line& line, const DnsMessage& message, std::size_t at);
/// Where what follows the name at `at` starts.
std::optional<std::size_t> skip_name(const DnsMessage& message, std::size_t at);

/// Puts a resource record; where the next starts, or nothing if it is cut.
std::optional<std::size_t> put_record(Line& line, const DnsMessage& message, std::size_t at);
/// Puts a question, likewise.
std::optional<std::size_t> put_question(Line& line, const DnsMessage& message, std::size_t at);

}  // namespace weir::print
