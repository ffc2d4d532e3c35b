// Editor: one field of one header at a time.
#include <algorithm>

#include "crc32.h"
#include "edit_checksums.h"
#include "edit_words.h"
#include "weir/wire/edit.h"
#include "weir/wire/tcp.h"

namespace weir::wire {

using edit::plus;

namespace {

constexpr ProtocolSet vlan_tags{Protocol::vlan, Protocol::provider_vlan};
constexpr ProtocolSet with_ports{Protocol::tcp, Protocol::udp, Protocol::udp_lite, Protocol::sctp,
                                 Protocol::dccp};

constexpr std::uint16_t replaced(std::uint16_t word, unsigned mask, unsigned value) noexcept {
  return static_cast<std::uint16_t>((word & ~mask) | (value & mask));
}

}  // namespace

/// Puts a word into a header; the checksums of the header and around it follow.
Edited Editor::put_in(std::size_t index, std::size_t offset, std::uint16_t word) noexcept {
  if (authenticated(index)) return std::unexpected{EditError::authenticated};
  spread(index + 1, put(layers_[index].offset + offset, word));
  return {};
}

/// The same of an IP header: IPv4's checksum is its own alone, and hides the change from all
/// around it; IPv6 has none.
Edited Editor::put_ip(std::size_t network, std::size_t offset, std::uint16_t word) noexcept {
  if (authenticated(network)) return std::unexpected{EditError::authenticated};
  if (layers_[network].protocol == Protocol::ipv6) {
    spread(network, put(layers_[network].offset + offset, word));
    return {};
  }
  const auto before = load_be<std::uint16_t>(at(network, offset));
  store_be(at(network, offset), word);
  if (before != word) edit::add(at(network, 10), plus(edit::negated(before), word));
  return {};
}

Edited Editor::set_mac(std::size_t offset, const MacAddress& address, Which which) noexcept {
  const auto index = find({Protocol::ethernet}, EthernetView::min_header_length, which);
  if (!index) return std::unexpected{index.error()};
  // IEEE 802.1AE 10.5: of the addresses, too.
  if (authenticated(*index) || layers_.protocols.contains(Protocol::macsec)) {
    return std::unexpected{EditError::authenticated};
  }
  spread(*index, put_bytes(layers_[*index].offset + offset, address.octets));
  return {};
}
Edited Editor::set_mac_source(const MacAddress& address, Which which) noexcept {
  return set_mac(6, address, which);
}
Edited Editor::set_mac_destination(const MacAddress& address, Which which) noexcept {
  return set_mac(0, address, which);
}

Edited Editor::set_tag(std::uint16_t mask, std::uint16_t value, Which which) noexcept {
  const auto index = find(vlan_tags, VlanView::min_header_length, which);
  if (!index) return std::unexpected{index.error()};
  const auto before = load_be<std::uint16_t>(at(*index, 0));
  return put_in(*index, 0, replaced(before, mask, value));
}
Edited Editor::set_vlan_identifier(std::uint16_t identifier, Which which) noexcept {
  if (identifier > 0x0fff) return std::unexpected{EditError::bad_value};
  return set_tag(0x0fff, identifier, which);
}
Edited Editor::set_vlan_priority(std::uint8_t priority, Which which) noexcept {
  if (priority > 7) return std::unexpected{EditError::bad_value};
  return set_tag(0xe000, static_cast<std::uint16_t>(priority << 13), which);
}
Edited Editor::set_vlan_drop_eligible(bool drop_eligible, Which which) noexcept {
  return set_tag(0x1000, drop_eligible ? 0x1000 : 0, which);
}

Edited Editor::set_ttl(std::uint8_t ttl, Which which) noexcept {
  const auto network = find_ip(which);
  if (!network) return std::unexpected{network.error()};
  if (layers_[*network].protocol == Protocol::ipv4) {
    return put_ip(
        *network, 8,
        replaced(load_be<std::uint16_t>(at(*network, 8)), 0xff00, std::uint32_t{ttl} << 8U));
  }
  return put_ip(*network, 6, replaced(load_be<std::uint16_t>(at(*network, 6)), 0x00ff, ttl));
}

/// `mask` and `value` are of IPv4's type of service, which is IPv6's traffic class.
Edited Editor::set_traffic_class(std::uint8_t mask, std::uint8_t value, Which which) noexcept {
  const auto network = find_ip(which);
  if (!network) return std::unexpected{network.error()};
  const auto word = load_be<std::uint16_t>(at(*network, 0));
  const unsigned shift = layers_[*network].protocol == Protocol::ipv4 ? 0 : 4;
  return put_ip(*network, 0, replaced(word, unsigned{mask} << shift, unsigned{value} << shift));
}
Edited Editor::set_dscp(std::uint8_t dscp, Which which) noexcept {
  if (dscp > 63) return std::unexpected{EditError::bad_value};
  return set_traffic_class(0xfc, static_cast<std::uint8_t>(dscp << 2), which);
}
Edited Editor::set_ecn(std::uint8_t ecn, Which which) noexcept {
  if (ecn > 3) return std::unexpected{EditError::bad_value};
  return set_traffic_class(0x03, ecn, which);
}

std::expected<std::size_t, EditError> Editor::find_ip(Which which,
                                                      Protocol version) const noexcept {
  const auto network = find_ip(which);
  if (network && layers_[*network].protocol != version) {
    return std::unexpected{EditError::no_such_header};
  }
  return network;
}
Edited Editor::set_dont_fragment(bool dont_fragment, Which which) noexcept {
  const auto network = find_ip(which, Protocol::ipv4);
  if (!network) return std::unexpected{network.error()};
  const auto word = load_be<std::uint16_t>(at(*network, 6));
  return put_ip(*network, 6, replaced(word, 0x4000, dont_fragment ? 0x4000 : 0));
}
Edited Editor::set_identification(std::uint16_t identification, Which which) noexcept {
  const auto network = find_ip(which, Protocol::ipv4);
  if (!network) return std::unexpected{network.error()};
  if (carries_authentication(*network)) return std::unexpected{EditError::authenticated};
  return put_ip(*network, 4, identification);
}
Edited Editor::set_flow_label(std::uint32_t flow_label, Which which) noexcept {
  if (flow_label > 0x000fffff) return std::unexpected{EditError::bad_value};
  const auto network = find_ip(which, Protocol::ipv6);
  if (!network) return std::unexpected{network.error()};
  const auto word = load_be<std::uint16_t>(at(*network, 0));
  if (const Edited upper = put_ip(*network, 0, replaced(word, 0x000f, flow_label >> 16)); !upper) {
    return upper;
  }
  return put_ip(*network, 2, static_cast<std::uint16_t>(flow_label));
}

/// All of the message, for a checksum that has to be computed.
std::expected<MutableBytes, EditError> Editor::whole_message(std::size_t index) const noexcept {
  for (const IpDatagram* datagram : {&layers_.outer, &layers_.inner}) {
    if (datagram->fragment != Fragment::none) return std::unexpected{EditError::fragment};
  }
  const Extent extent = extent_of(packet_, layers_, layers_[index]);
  const std::size_t length = message_length(index);
  if (length > extent.captured.size()) return std::unexpected{EditError::not_captured};
  return data_.subspan(layers_[index].offset, length);
}

Editor::Delta Editor::put_sctp_checksum(std::size_t index, std::uint32_t checksum) noexcept {
  std::uint8_t field[4];
  store_le(field, checksum);
  return put_bytes(layers_[index].offset + std::size_t{8}, field);
}

Edited Editor::set_sctp_port(std::size_t index, std::size_t offset, std::uint16_t port) noexcept {
  const std::size_t begin = layers_[index].offset;
  if (is_offloaded(index)) {
    spread(index, put(begin + offset, port));
    return {};
  }
  const auto message = whole_message(index);
  if (!message) return std::unexpected{message.error()};
  const auto stored = load_le<std::uint32_t>(message->data() + 8);
  const std::uint32_t wrong = stored ^ sctp_checksum(*message);
  const Delta change = put(begin + offset, port);
  spread(index, plus(change, put_sctp_checksum(index, sctp_checksum(*message) ^ wrong)));
  return {};
}

Edited Editor::set_port(std::size_t offset, std::uint16_t port, Which which) noexcept {
  const auto index = find(with_ports, offset + 2, which);
  if (!index) return std::unexpected{index.error()};
  if (layers_[*index].protocol != Protocol::sctp) return put_in(*index, offset, port);
  if (authenticated(*index)) return std::unexpected{EditError::authenticated};
  if (layers_[*index].header_length < 12) return std::unexpected{EditError::not_captured};
  return set_sctp_port(*index, offset, port);
}
Edited Editor::set_source_port(std::uint16_t port, Which which) noexcept {
  return set_port(0, port, which);
}
Edited Editor::set_destination_port(std::uint16_t port, Which which) noexcept {
  return set_port(2, port, which);
}

Edited Editor::set_tcp_number(std::size_t offset, std::uint32_t number, Which which) noexcept {
  const auto index = find({Protocol::tcp}, offset + 4, which);
  if (!index) return std::unexpected{index.error()};
  if (const Edited upper = put_in(*index, offset, static_cast<std::uint16_t>(number >> 16));
      !upper) {
    return upper;
  }
  return put_in(*index, offset + 2, static_cast<std::uint16_t>(number));
}
Edited Editor::set_sequence_number(std::uint32_t number, Which which) noexcept {
  return set_tcp_number(4, number, which);
}
Edited Editor::set_acknowledgment_number(std::uint32_t number, Which which) noexcept {
  return set_tcp_number(8, number, which);
}
Edited Editor::set_flags(std::uint16_t flags, Which which) noexcept {
  if (flags > 0x1ff) return std::unexpected{EditError::bad_value};
  const auto index = find({Protocol::tcp}, 14, which);
  if (!index) return std::unexpected{index.error()};
  return put_in(*index, 12, replaced(load_be<std::uint16_t>(at(*index, 12)), 0x1ff, flags));
}
Edited Editor::set_window(std::uint16_t window, Which which) noexcept {
  const auto index = find({Protocol::tcp}, 16, which);
  if (!index) return std::unexpected{index.error()};
  return put_in(*index, 14, window);
}

Edited Editor::clamp_mss(std::uint16_t size, Which which) noexcept {
  const auto index = find({Protocol::tcp}, TcpView::min_header_length, which);
  if (!index) return std::unexpected{index.error()};
  const Layer& layer = layers_[*index];
  const auto segment = TcpView::parse_snapped(data_.subspan(layer.offset, layer.header_length), 60);
  if (!segment) return std::unexpected{EditError::no_such_header};
  if (!segment->has(tcp_flags::syn)) return {};
  for (const TcpOption& option : segment->options()) {
    const auto before = option.maximum_segment_size();
    if (!before) continue;
    if (*before <= size) return {};
    return put_in(*index, static_cast<std::size_t>(option.data().data() - at(*index, 0)), size);
  }
  return {};
}

}  // namespace weir::wire
