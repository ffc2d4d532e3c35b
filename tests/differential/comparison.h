// Compares what weir and libpcap make of a pcap file, and knows where they may differ.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "reading.h"

namespace weir::differential {

/// Where the two legitimately differ.
enum class Rule : std::uint8_t {
  minor_version,
  reserved_link_type_bits,
  cut_to_snapshot_length,
  record_over_libpcap_limit,
  record_over_weir_limit,
  host_order_pseudo_header,
  isochronous_usb_length,
  count,
};

/// What a rule is for, and how often it was needed.
struct RuleUse {
  const char* name;
  const char* reason;
  std::uint64_t needed = 0;
};

/// Compares readings and keeps the books of the rules.
class Comparison {
 public:
  Comparison();

  /// Empty if they agree, or differ where they may; else the first difference in words. `file` is
  /// what both have read.
  [[nodiscard]] std::string difference(Bytes file, const Reading& ours, const Reading& theirs);

  [[nodiscard]] const auto& rules() const noexcept { return rules_; }

 private:
  /// Always true: marks the rule as needed.
  bool excused_by(Rule rule) noexcept;
  [[nodiscard]] std::string header_difference(Bytes file, const Reading& ours,
                                              const Reading& theirs);
  [[nodiscard]] std::string record_difference(const Reading& ours, const Reading& theirs,
                                              std::size_t index);
  [[nodiscard]] std::string end_difference(const Reading& ours, const Reading& theirs);

  std::array<RuleUse, static_cast<std::size_t>(Rule::count)> rules_;
};

}  // namespace weir::differential
