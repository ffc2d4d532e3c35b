// Editor: IP addresses, alone and by a map, and those of packets quoted in ICMP errors.
#include <array>
#include <optional>

#include "edit_checksums.h"
#include "edit_words.h"
#include "weir/wire/arp.h"
#include "weir/wire/edit.h"
#include "weir/wire/quoted_packet.h"

namespace weir::wire {

using edit::negated;
using edit::plus;

/// The address changes in its header, and in the pseudo-headers of what the datagram carries. To
/// all around, IPv4's header checksum hides the first, IPv6's missing one does not.
void Editor::put_address(std::size_t network, bool source, const IpAddress& address) noexcept {
  const Layer& layer = layers_[network];
  const bool is_ipv4 = layer.protocol == Protocol::ipv4;
  const std::size_t field = is_ipv4 ? (source ? 12 : 16) : (source ? 8 : 24);
  std::size_t end = network + 1;
  while (end < layers_.size() && !edit::is_ip(layers_[end].protocol)) ++end;
  // Without options and extension headers the addresses in both are the same.
  const bool plain = is_ipv4 ? layer.header_length == Ipv4View::min_header_length
                             : !layers_.protocols.contains(Protocol::ipv6_routing) &&
                                   !layers_.protocols.contains(Protocol::ipv6_destination);
  std::array<std::uint16_t, Layers::max_layers> before;
  for (std::size_t i = network + 1; i < end && !plain; ++i) {
    before[i] = pseudo_addresses(network, i).folded();
  }
  Delta change = put_bytes(layer.offset + field, address.bytes());
  const Delta same = edit::at_offset(change, layer.offset);
  if (is_ipv4) {
    add_to(layer.offset + std::size_t{10}, change);
    change = 0;
  }
  for (std::size_t i = network + 1; i < end; ++i) {
    const Layer& message = layers_[i];
    const Bytes header = data_.subspan(message.offset, message.header_length);
    if (!edit::has_pseudo_header(message.protocol, header, is_ipv4 ? 4 : 6)) continue;
    const Delta pseudo =
        plain ? same : plus(negated(before[i]), pseudo_addresses(network, i).folded());
    change = plus(change, pass(i, 0, edit::at_offset(pseudo, message.offset)));
  }
  spread(network, change);
}

Edited Editor::set_address(bool source, const IpAddress& address, Which which) noexcept {
  const auto network = find_ip(which);
  if (!network) return std::unexpected{network.error()};
  const int version = layers_[*network].protocol == Protocol::ipv4 ? 4 : 6;
  if (address.version() != version) return std::unexpected{EditError::bad_value};
  if (carries_authentication(*network)) return std::unexpected{EditError::authenticated};
  put_address(*network, source, address);
  return {};
}
Edited Editor::set_source(const IpAddress& address, Which which) noexcept {
  return set_address(true, address, which);
}
Edited Editor::set_destination(const IpAddress& address, Which which) noexcept {
  return set_address(false, address, which);
}

IpAddress Editor::address_of(std::size_t network, bool source) const noexcept {
  if (layers_[network].protocol == Protocol::ipv4) {
    return Ipv4Address::load(at(network, source ? 12 : 16));
  }
  return Ipv6Address::load(at(network, source ? 8 : 24));
}

/// Whether a header with addresses was captured as far as those, but cannot be read.
bool Editor::has_unread_address(std::size_t index) const noexcept {
  const Layer& layer = layers_[index];
  if (edit::is_ip(layer.protocol)) {
    const std::size_t first = layer.protocol == Protocol::ipv4 ? 12 : 8;
    return !find_ip(at_layer(index)) && data_.size() > layer.offset + first;
  }
  return layer.protocol == Protocol::arp &&
         !ArpView::parse(data_.subspan(layer.offset, layer.header_length)) &&
         data_.size() > layer.offset + ArpView::min_header_length;
}

/// Whether all addresses of the packet's own headers can be mapped.
Edited Editor::check_map(const AddressMap& map) const noexcept {
  if (layers_.stop == StopReason::nesting_limit) {
    return std::unexpected{EditError::nesting_limit};
  }
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    if (has_unread_address(i)) {
      const bool cut = layers_.stop == StopReason::snapped || layers_.stop == StopReason::truncated;
      return std::unexpected{cut ? EditError::not_captured : EditError::bad_value};
    }
    if (!edit::is_ip(layers_[i].protocol) || !find_ip(at_layer(i))) continue;
    for (const bool source : {true, false}) {
      const IpAddress address = address_of(i, source);
      if (carries_authentication(i) && map.map(address) != address) {
        return std::unexpected{EditError::authenticated};
      }
    }
  }
  return {};
}

void Editor::map_datagrams(const AddressMap& map) noexcept {
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    if (!edit::is_ip(layers_[i].protocol) || !find_ip(at_layer(i))) continue;
    for (const bool source : {true, false}) {
      const IpAddress address = address_of(i, source);
      const IpAddress mapped = map.map(address);
      if (mapped != address) put_address(i, source, mapped);
    }
  }
}

void Editor::map_arp(const AddressMap& map) noexcept {
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    if (layers_[i].protocol != Protocol::arp) continue;
    const auto arp = ArpView::parse(data_.subspan(layers_[i].offset, layers_[i].header_length));
    if (!arp || arp->protocol_type() != ether_type::ipv4) continue;
    for (const Bytes field : {arp->sender_protocol(), arp->target_protocol()}) {
      if (field.size() != Ipv4Address::size) continue;
      const IpAddress mapped = map.map(Ipv4Address::load(field.data()));
      const auto offset = static_cast<std::size_t>(field.data() - data_.data());
      spread(i, put_bytes(offset, mapped.bytes()));
    }
  }
}

namespace {

/// RFC 1122 3.2.2: no error is about an error. Some that were sent are.
constexpr std::size_t max_quotes = 8;

}  // namespace

/// A quoted packet is changed as a packet of its own, then the checksum of the error by what that
/// changed in it: from the innermost outwards, and nothing unless all can.
Edited Editor::map_addresses(const AddressMap& map) noexcept {
  std::array<std::optional<Editor>, max_quotes> quotes;
  std::array<std::uint16_t, max_quotes> before;
  std::size_t count = 0;
  const auto around = [&]() noexcept -> Editor& { return count == 0 ? *this : *quotes[count - 1]; };
  if (const Edited possible = check_map(map); !possible) return possible;
  while (const auto quoted = quoted_packet(around().packet_, around().layers_)) {
    if (count == max_quotes) return std::unexpected{EditError::nesting_limit};
    const auto offset = static_cast<std::size_t>(quoted->data.data() - data_.data());
    const MutableBytes bytes = data_.subspan(offset, quoted->data.size());
    quotes[count].emplace(bytes, *quoted, decoders_);
    before[count++] = word_sum(bytes).folded();
    if (const Edited possible = around().check_map(map); !possible) return possible;
  }
  while (count > 0) {
    around().map_datagrams(map);
    const Bytes quote = around().data_;
    const Delta change = plus(negated(before[--count]), word_sum(quote).folded());
    const auto offset = static_cast<std::size_t>(quote.data() - around().data_.data());
    around().spread(around().layers_.size(), edit::at_offset(change, offset));
  }
  map_datagrams(map);
  map_arp(map);
  return {};
}

}  // namespace weir::wire
