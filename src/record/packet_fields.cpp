// The tables of all protocols, in the order of the enumeration.
#include "record/packet_fields.h"

namespace weir::record {

const std::array<ProtocolFields, wire::protocol_count>& packet_fields() {
  static const auto all = [] {
    std::array<ProtocolFields, wire::protocol_count> table{};
    for (const auto group :
         {capture_fields(), link_fields(), tag_fields(), network_fields(), transport_fields(),
          tunnel_fields(), application_fields(), service_fields()}) {
      for (const ProtocolFields& fields : group) {
        table[static_cast<std::size_t>(fields.protocol)] = fields;
      }
    }
    return table;
  }();
  return all;
}

}  // namespace weir::record
