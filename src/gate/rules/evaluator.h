// Which rule decides about a packet, found out in the process: for filters that the kernel cannot
// run, and as what the kernel's programs are compared with.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "gate/rules/neighbors.h"
#include "weir/filter/filter.h"
#include "weir/gate/rule.h"
#include "weir/packet.h"

namespace weir::gate {

/// In the order they are asked: those that pass first, else as they are.
[[nodiscard]] std::vector<Rule> asked_order(std::vector<Rule> rules);

/// Bytes that length limits are about: the packet's on the wire, or of one that stands for several
/// segments those of a full one. `segment_size`: payload bytes of each, 0 for a single packet.
[[nodiscard]] std::uint32_t limited_length(const Packet& packet,
                                           std::uint32_t segment_size) noexcept;

/// Const calls from several threads at once.
class Evaluator {
 public:
  /// Index of an adapter that is not there.
  static constexpr std::uint32_t no_adapter = UINT32_MAX;

  /// Behind those that are there. `adapter`: ifindex of the adapter it names, 0 where it names
  /// none. `filter`: the rule's.
  void add(const Rule& rule, std::uint32_t adapter, filter::Filter filter);

  /// The number of the first rule from `from` on that matches, counted from 0 in the order they
  /// were added; nothing if none does. The packet's interface_index is the ifindex, its direction
  /// is known, its link type is Ethernet or raw IP.
  [[nodiscard]] std::optional<std::size_t> decide(const Packet& packet,
                                                  std::uint32_t segment_size = 0,
                                                  std::size_t from = 0) const noexcept;

 private:
  struct Entry {
    std::uint32_t adapter;
    Direction direction;
    std::uint32_t min_length;
    std::uint32_t max_length;
    Neighbors neighbors;
    filter::Filter filter;
  };

  std::vector<Entry> entries_{};
};

}  // namespace weir::gate
