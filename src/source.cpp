// What sources and sinks do unless they say otherwise, so that the vtables of the seams live in one
// place; comparisons.
#include "weir/source.h"

#include <algorithm>

#include "weir/sink.h"

namespace weir {

PacketSource::~PacketSource() = default;
PacketSink::~PacketSink() = default;

std::shared_ptr<const void> PacketSource::keep_batch() { return nullptr; }
BatchContext PacketSource::context() const noexcept { return {.interfaces = interfaces()}; }

std::vector<LinkType> PacketSource::link_types() const {
  std::vector<LinkType> types;
  for (const Interface& interface : interfaces()) {
    if (std::ranges::find(types, interface.link_type) == types.end()) {
      types.push_back(interface.link_type);
    }
  }
  return types;
}

void PacketSink::write_section(std::span<const Interface>, std::shared_ptr<const Section>) {}
void PacketSink::write_blocks(std::span<const Interface>, std::span<const Block>) {}
void PacketSink::write_statistics(std::span<const Interface>, const InterfaceStatistics&) {}
void PacketSink::advance(Timestamp) { flush_if_due(); }
void PacketSink::rotate() {}
bool PacketSink::is_full() const noexcept { return false; }

bool operator==(const Interface& a, const Interface& b) noexcept {
  const bool same_section =
      a.section == b.section || (a.section && b.section && *a.section == *b.section);
  return same_section && a.link_type == b.link_type && a.snapshot_length == b.snapshot_length &&
         a.ticks_per_second == b.ticks_per_second && a.time_offset == b.time_offset &&
         a.fcs_length == b.fcs_length && a.name == b.name && a.description == b.description &&
         a.comment == b.comment && a.filter == b.filter &&
         a.operating_system == b.operating_system && a.hardware == b.hardware &&
         a.options == b.options;
}

}  // namespace weir
