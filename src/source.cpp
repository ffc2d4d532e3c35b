// Out-of-line destructors, so that the vtables of the seams live in one place; comparisons.
#include "weir/source.h"

#include "weir/sink.h"

namespace weir {

PacketSource::~PacketSource() = default;
PacketSink::~PacketSink() = default;

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
