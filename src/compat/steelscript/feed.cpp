// Packets as items of the published iteration.
#include "compat/steelscript/feed.h"

#include <algorithm>

namespace weir::compat::steelscript {
namespace {

/// Link types whose names are looked up when a filter is set.
constexpr LinkType usual[] = {LinkType::ethernet, LinkType::raw, LinkType::linux_sll,
                              LinkType::linux_sll2};

void become(PCAPItem& item, const Packet& packet, std::size_t longest) noexcept {
  const auto second = std::chrono::floor<std::chrono::seconds>(packet.timestamp);
  const auto nanoseconds = static_cast<std::uint32_t>((packet.timestamp - second).count());
  item.hdr.ts = {second.time_since_epoch().count(), nanoseconds / 1000, nanoseconds};
  item.pkt = packet.data.first(std::min(longest, packet.data.size()));
  item.hdr.caplen = static_cast<std::uint32_t>(item.pkt.size());
  item.hdr.len = packet.wire_length;
  // In this order it is the double nearest to what six digits say.
  item.ts = static_cast<double>(item.hdr.ts.tv_sec) + nanoseconds / 1e9;
}

}  // namespace

filter::Filter filter_of(const std::string& text) {
  filter::Filter filter{text, {.allow_names = true}};
  for (const LinkType link_type : usual) filter.prepare(link_type);
  return filter;
}

bool Feed::next(PCAPItem& item) noexcept {
  while (!rest_.empty()) {
    const Packet& packet = rest_.front();
    rest_ = rest_.subspan(1);
    if (judge_ && !filter_.matches(packet)) continue;
    link_type_ = packet.link_type;
    become(item, packet, longest_);
    return true;
  }
  return false;
}

}  // namespace weir::compat::steelscript
