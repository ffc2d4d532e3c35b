// Picks the table of a header.
#include "record/layer_fields.h"

namespace weir::record {

using wire::Protocol;

Bytes header_bytes(const Packet& packet, const wire::Layers& layers,
                   const wire::Layer& layer) noexcept {
  if (layer.header_length == 0) return {};
  return wire::extent_of(packet, layers, layer).captured;
}

const ProtocolFields& user_fields() noexcept {
  static constexpr ProtocolFields none{.protocol = wire::user_protocol(0),
                                       .title = "a header of the user's own"};
  return none;
}

// Two protocols have a name that stands for two formats.
const ProtocolFields& fields_of(const wire::Layer& layer, Bytes header) {
  constexpr std::size_t sll2_length = 20;
  // The version of an AVS header, 0x80211001 or 2, stands where Prism has 0x41 or 0x44.
  constexpr std::uint32_t avs_cookie = 0x80211000;
  if (layer.protocol == Protocol::sll && layer.header_length == sll2_length) return sll2_fields();
  if (layer.protocol == Protocol::prism && header.size() >= 4 &&
      (load_be<std::uint32_t>(header.data()) & 0xfffff000) == avs_cookie) {
    return avs_fields();
  }
  if (is_user_protocol(layer.protocol)) return user_fields();
  return packet_fields()[static_cast<std::size_t>(layer.protocol)];
}

}  // namespace weir::record
