// Packets of a batch that are yet to be walked, and the filter that chooses among them.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "weir/compat/steelscript/pcap.h"
#include "weir/filter/filter.h"

namespace weir::compat::steelscript {

/// A filter as the published calls take it, with its names looked up. Throws FilterError where it
/// is wrong for every link type.
[[nodiscard]] filter::Filter filter_of(const std::string& text);

/// Packets one by one; each is judged when its turn comes, so that the filter may change meanwhile.
class Feed {
 public:
  /// Those of a batch, valid as long as that. `judge`: the filter has yet to look at them.
  void take(std::span<const Packet> packets, bool judge) noexcept {
    rest_ = packets;
    judge_ = judge;
  }
  void set_filter(filter::Filter filter) noexcept {
    filter_ = std::move(filter);
    judge_ = true;
  }
  /// Bytes handed out of each packet; 0 is all.
  void cut(std::uint32_t length) noexcept { longest_ = length == 0 ? SIZE_MAX : length; }
  /// The next that is wanted; false if there is none left.
  [[nodiscard]] bool next(PCAPItem& item) noexcept;
  [[nodiscard]] bool is_empty() const noexcept { return rest_.empty(); }
  /// Of the packet that was walked last.
  [[nodiscard]] LinkType link_type() const noexcept { return link_type_; }

 private:
  std::span<const Packet> rest_{};
  filter::Filter filter_{};
  std::size_t longest_ = SIZE_MAX;
  LinkType link_type_{};
  bool judge_ = false;
};

}  // namespace weir::compat::steelscript
