// Editor: headers put in front of the packet and taken out of it.
#include <algorithm>
#include <cstring>

#include "edit_words.h"
#include "weir/wire/edit.h"

namespace weir::wire {
namespace {

constexpr std::size_t mac_addresses = 12;
constexpr std::size_t tag_length = 4;

constexpr bool is_tag(Protocol protocol) noexcept {
  return protocol == Protocol::vlan || protocol == Protocol::provider_vlan;
}

/// Headers that end with the EtherType of what follows.
constexpr ProtocolSet ends_with_ether_type{Protocol::ethernet, Protocol::vlan,
                                           Protocol::provider_vlan, Protocol::sll, Protocol::snap};

/// Of a frame with a frame check sequence, as long as it is on the wire.
constexpr std::size_t before_frame_check_sequence(std::size_t wire_length) noexcept {
  return wire_length - std::min<std::size_t>(wire_length, 4);
}

/// What IP of this version is called in Ethernet.
constexpr std::uint16_t ether_type_of(Protocol ip) noexcept {
  return ip == Protocol::ipv4 ? ether_type::ipv4 : ether_type::ipv6;
}

/// Of packets that begin with it: Ethernet's header, or one of IP.
constexpr LinkType link_type_of(Protocol first) noexcept {
  if (first == Protocol::ethernet) return LinkType::ethernet;
  return first == Protocol::ipv4 ? LinkType::ipv4 : LinkType::ipv6;
}

}  // namespace

std::size_t Editor::without_frame_check_sequence() const noexcept {
  if (!has(packet_.flags, PacketFlags::has_fcs)) return data_.size();
  return std::min(data_.size(), before_frame_check_sequence(wire_length()));
}

void Editor::drop_frame_check_sequence() noexcept {
  if (has(packet_.flags, PacketFlags::has_fcs)) {
    drop_behind(before_frame_check_sequence(wire_length()));
  }
}

/// `end`: on the wire.
void Editor::drop_behind(std::size_t end) noexcept {
  data_ = data_.first(std::min(data_.size(), end));
  packet_.wire_length = static_cast<std::uint32_t>(std::min(wire_length(), end));
  packet_.flags = edit::without(packet_.flags, PacketFlags::has_fcs);
}

/// `start`: within the room; not behind the end of the packet.
void Editor::move_start(std::size_t start) noexcept {
  const std::size_t before = this->start();
  const std::size_t end = before + data_.size();
  const std::size_t wire = wire_length();
  data_ = room_.subspan(start, end - start);
  packet_.wire_length = static_cast<std::uint32_t>(wire + before - start);
  decode_again();
}

void Editor::leave_nothing_to_adapter() noexcept {
  packet_.flags = edit::without(packet_.flags, PacketFlags::checksum_not_ready);
  offloaded_ = 0;
}

HeaderNumbers Editor::numbers_of_packet() const noexcept {
  if (layers_.size() == 0) return {};
  switch (layers_[0].protocol) {
    case Protocol::ethernet:
      return EthernetFields::numbers();
    case Protocol::ipv4:
      return Ipv4Fields::numbers();
    case Protocol::ipv6:
      return Ipv6Fields::numbers();
    default:
      return {};
  }
}

/// The index of what the Ethernet header and its VLAN tags carry, which may be that of no layer.
std::expected<std::size_t, EditError> Editor::behind_tags() const noexcept {
  if (layers_.size() == 0 || layers_[0].protocol != Protocol::ethernet ||
      layers_[0].header_length < EthernetView::min_header_length) {
    return std::unexpected{EditError::no_such_header};
  }
  std::size_t index = 1;
  while (index < layers_.size() && is_tag(layers_[index].protocol)) ++index;
  if (layers_[index - 1].header_length < tag_length) {
    return std::unexpected{EditError::not_captured};
  }
  if (layers_.protocols.contains(Protocol::macsec)) {
    return std::unexpected{EditError::authenticated};
  }
  return index;
}

/// Makes room for a tag or label `offset` bytes into the packet.
Edited Editor::open(std::size_t offset) noexcept {
  if (start() < tag_length) return std::unexpected{EditError::no_room};
  std::memmove(data_.data() - tag_length, data_.data(), offset);
  return {};
}

/// Takes a tag or label out.
void Editor::close(std::size_t offset) noexcept {
  drop_frame_check_sequence();
  std::memmove(data_.data() + tag_length, data_.data(), offset);
  move_start(start() + tag_length);
}

Edited Editor::push_vlan(const VlanFields& tag) noexcept {
  if (const auto index = behind_tags(); !index) return std::unexpected{index.error()};
  std::uint8_t written[tag_length];
  if (!tag.write(written, {})) return std::unexpected{EditError::bad_value};
  if (const Edited opened = open(mac_addresses); !opened) return opened;
  std::uint8_t* const to = data_.data() - tag_length + mac_addresses;
  store_be(to, tag.tag_protocol);
  std::memcpy(to + 2, written, 2);
  drop_frame_check_sequence();
  move_start(start() - tag_length);
  return {};
}

Edited Editor::pop_vlan() noexcept {
  const auto index = behind_tags();
  if (!index) return std::unexpected{index.error()};
  if (*index == 1) return std::unexpected{EditError::no_such_header};
  close(mac_addresses);
  return {};
}

Edited Editor::push_mpls(const MplsFields& label) noexcept {
  const auto index = behind_tags();
  if (!index) return std::unexpected{index.error()};
  const Layer& before = layers_[*index - 1];
  const std::size_t offset = std::size_t{before.offset} + before.header_length;
  const auto carried = load_be<std::uint16_t>(data_.data() + offset - 2);
  if (carried <= ether_type::max_length) return std::unexpected{EditError::no_such_header};
  const bool stacked = carried == ether_type::mpls || carried == ether_type::mpls_multicast;
  MplsFields fields = label;
  if (!fields.bottom_of_stack) fields.bottom_of_stack = !stacked;
  std::uint8_t written[tag_length];
  if (!fields.write(written, {})) return std::unexpected{EditError::bad_value};
  if (const Edited opened = open(offset); !opened) return opened;
  std::uint8_t* const to = data_.data() - tag_length + offset;
  if (!stacked) store_be(to - 2, ether_type::mpls);
  std::memcpy(to, written, tag_length);
  drop_frame_check_sequence();
  move_start(start() - tag_length);
  return {};
}

Edited Editor::pop_mpls(std::optional<std::uint16_t> ether_type) noexcept {
  const auto index = behind_tags();
  if (!index) return std::unexpected{index.error()};
  if (*index >= layers_.size() || layers_[*index].protocol != Protocol::mpls) {
    return std::unexpected{EditError::no_such_header};
  }
  if (layers_[*index].header_length < tag_length) return std::unexpected{EditError::not_captured};
  const std::size_t offset = layers_[*index].offset;
  if ((data_[offset + 2] & 1) != 0) {
    const std::size_t next = *index + 1;
    if (!ether_type && next < layers_.size() && edit::is_ip(layers_[next].protocol)) {
      ether_type = ether_type_of(layers_[next].protocol);
    }
    if (!ether_type) return std::unexpected{EditError::bad_value};
    store_be(data_.data() + offset - 2, *ether_type);
  }
  close(offset);
  return {};
}

Edited Editor::pop_link() noexcept {
  if (!layers_.outer.present()) return std::unexpected{reason()};
  const Layer& ip = layers_[layers_.outer.network];
  const std::size_t offset = ip.offset;
  packet_.link_type = link_type_of(ip.protocol);
  drop_behind(offset + layers_.outer.length);
  move_start(start() + offset);
  return {};
}

Edited Editor::pop_outer() noexcept {
  const IpDatagram& outer = layers_.outer;
  if (!outer.present()) return std::unexpected{reason()};
  std::size_t inner = outer.network + std::size_t{1};
  while (inner < layers_.size() && layers_[inner].protocol != Protocol::ethernet &&
         !edit::is_ip(layers_[inner].protocol)) {
    ++inner;
  }
  if (inner == layers_.size()) return std::unexpected{reason()};
  if (outer.fragment != Fragment::none) return std::unexpected{EditError::fragment};
  const Protocol within = layers_[inner].protocol;
  const std::size_t removed_end = layers_[inner].offset;
  std::size_t kept = 0;
  if (within != Protocol::ethernet && outer.network != 0 &&
      ends_with_ether_type.contains(layers_[outer.network - std::size_t{1}].protocol)) {
    kept = layers_[outer.network].offset;
    // Of 802.3 and tags, where LLC follows.
    const std::int64_t grown = -static_cast<std::int64_t>(removed_end - kept);
    if (const Edited possible = check_lengths(outer.network, grown); !possible) return possible;
    for (std::size_t i = 0; i < outer.network; ++i) grow_length(i, grown);
    store_be(data_.data() + kept - 2, ether_type_of(within));
  } else {
    packet_.link_type = link_type_of(within);
  }
  // Of a single datagram whatever it holds would be taken for what was left to the adapter.
  if (offloaded_ >> inner == 0) leave_nothing_to_adapter();
  drop_behind(layers_[outer.network].offset + std::size_t{outer.length});
  std::memmove(data_.data() + removed_end - kept, data_.data(), kept);
  move_start(start() + removed_end - kept);
  return {};
}

}  // namespace weir::wire
