// Editor: finds headers, and carries what changed through the checksums around it.
#include "weir/wire/edit.h"

#include <algorithm>
#include <utility>

#include "edit_checksums.h"
#include "edit_words.h"
#include "weir/wire/gre.h"
#include "weir/wire/ipv6_extension.h"
#include "weir/wire/sctp.h"
#include "weir/wire/udp.h"

namespace weir::wire {

using edit::negated;
using edit::plus;

const char* name(EditError error) noexcept {
  switch (error) {
    case EditError::no_such_header:
      return "no_such_header";
    case EditError::not_captured:
      return "not_captured";
    case EditError::no_room:
      return "no_room";
    case EditError::bad_value:
      return "bad_value";
    case EditError::fragment:
      return "fragment";
    case EditError::encrypted:
      return "encrypted";
    case EditError::authenticated:
      return "authenticated";
    case EditError::offloaded:
      return "offloaded";
    case EditError::nesting_limit:
      return "nesting_limit";
  }
  return "";
}

namespace {

/// The packet's bytes in the room, as far as they are.
MutableBytes within(MutableBytes room, std::size_t headroom, const Packet& packet) noexcept {
  const MutableBytes rest = room.subspan(std::min(headroom, room.size()));
  return rest.first(std::min(packet.data.size(), rest.size()));
}

Packet with_data(Packet packet, Bytes data) noexcept {
  packet.data = data;
  return packet;
}

}  // namespace

Editor::Editor(MutableBytes room, std::size_t headroom, const Packet& packet,
               Decoders decoders) noexcept
    : room_{room},
      data_{within(room, headroom, packet)},
      packet_{with_data(packet, data_)},
      decoders_{std::move(decoders)},
      layers_{decode(packet_, decoders_)} {
  find_offloaded();
}

// Layers of more bytes than there are would reach beyond them.
Editor::Editor(MutableBytes room, std::size_t headroom, const Packet& packet, const Layers& layers,
               Decoders decoders) noexcept
    : room_{room},
      data_{within(room, headroom, packet)},
      packet_{with_data(packet, data_)},
      decoders_{std::move(decoders)},
      layers_{data_.size() == packet.data.size() ? layers : decode(packet_, decoders_)} {
  find_offloaded();
}

void Editor::decode_again() noexcept {
  packet_.data = data_;
  layers_ = decode(packet_, decoders_);
  find_offloaded();
}

EditError Editor::reason() const noexcept {
  switch (layers_.stop) {
    case StopReason::later_fragment:
      return EditError::fragment;
    case StopReason::encrypted:
      return EditError::encrypted;
    case StopReason::snapped:
      return EditError::not_captured;
    case StopReason::nesting_limit:
      return EditError::nesting_limit;
    default:
      return EditError::no_such_header;
  }
}

std::expected<std::size_t, EditError> Editor::find(ProtocolSet wanted, std::size_t length,
                                                   Which which) const noexcept {
  std::size_t found = layers_.size();
  if (which == Which::outer || which == Which::inner) {
    for (std::size_t i = 0; i < layers_.size(); ++i) {
      if (!wanted.contains(layers_[i].protocol)) continue;
      found = i;
      if (which == Which::outer) break;
    }
  } else if (const auto index = static_cast<std::size_t>(which);
             index < layers_.size() && wanted.contains(layers_[index].protocol)) {
    found = index;
  } else {
    return std::unexpected{EditError::no_such_header};
  }
  if (found == layers_.size()) return std::unexpected{reason()};
  if (layers_[found].header_length < length) return std::unexpected{EditError::not_captured};
  return found;
}

std::expected<std::size_t, EditError> Editor::find_other_ip(Which which) const noexcept {
  if (which == Which::outer) return std::unexpected{reason()};
  if (which == Which::inner) {
    if (!layers_.inner.present()) return std::unexpected{reason()};
    return layers_.inner.network;
  }
  const auto index = static_cast<std::size_t>(which);
  if (index >= layers_.size()) return std::unexpected{EditError::no_such_header};
  const Layer& layer = layers_[index];
  const Bytes header = data_.subspan(layer.offset, layer.header_length);
  if (layer.protocol == Protocol::ipv4 && Ipv4View::parse(header)) return index;
  if (layer.protocol == Protocol::ipv6 && Ipv6View::parse(header)) return index;
  return std::unexpected{EditError::no_such_header};
}

bool Editor::behind_authentication(std::size_t index) const noexcept {
  for (std::size_t i = 0; i < std::min(index, layers_.size()); ++i) {
    if (layers_[i].protocol == Protocol::ah || layers_[i].protocol == Protocol::macsec) return true;
  }
  return false;
}

std::size_t Editor::carried_by(std::size_t network) const noexcept {
  std::size_t index = network + 1;
  while (index < layers_.size() && edit::is_extension(layers_[index].protocol)) ++index;
  return index;
}

bool Editor::carries_authentication(std::size_t network) const noexcept {
  return authenticated(carried_by(network));
}

std::optional<std::size_t> Editor::network_of(std::size_t index) const noexcept {
  while (index-- > 0) {
    if (edit::is_ip(layers_[index].protocol)) return index;
  }
  return std::nullopt;
}

Editor::Delta Editor::put_bytes(std::size_t offset, Bytes bytes) noexcept {
  Delta change = 0;
  for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) {
    change = plus(change, put(offset + i, load_be<std::uint16_t>(bytes.data() + i)));
  }
  return change;
}

std::optional<std::size_t> Editor::checksum_field(std::size_t index) const noexcept {
  const Layer& layer = layers_[index];
  const Bytes header = data_.subspan(layer.offset, layer.header_length);
  const auto offset = edit::checksum_offset(layer.protocol, header);
  if (!offset || *offset + 2 > header.size()) return std::nullopt;
  const std::size_t field = layer.offset + *offset;
  // RFC 768: none was computed.
  if (layer.protocol == Protocol::udp && load_be<std::uint16_t>(data_.data() + field) == 0) {
    return std::nullopt;
  }
  return field;
}

/// Brings the checksum of a header up to date, after a change of what it covers and of its
/// pseudo-header. Returns what the headers around it see of all that.
Editor::Delta Editor::pass(std::size_t index, Delta inside, Delta pseudo_header) noexcept {
  const auto field = checksum_field(index);
  if (!field) return inside;
  if (is_offloaded(index)) {
    // The field holds the sum of the pseudo-header, not its complement. What is around it sees
    // the checksum that will stand there.
    std::uint8_t* const to = data_.data() + *field;
    const Delta change = edit::at_offset(pseudo_header, *field);
    if (!edit::is_zero(change)) store_be(to, plus(load_be<std::uint16_t>(to), change));
    return negated(pseudo_header);
  }
  add_to(*field, plus(inside, pseudo_header));
  const Protocol protocol = layers_[index].protocol;
  if (protocol == Protocol::udp || protocol == Protocol::udp_lite) {
    edit::without_zero(data_.data() + *field);
  }
  return negated(pseudo_header);
}

/// Carries a change through the headers before `end`, from the innermost outwards.
void Editor::spread(std::size_t end, Delta change) noexcept {
  while (end-- > 0 && !edit::is_zero(change)) change = pass(end, change, 0);
}

/// The sum of the addresses in the pseudo-header of a header that the datagram carries.
WordSum Editor::pseudo_addresses(std::size_t network, std::size_t carried) const noexcept {
  const Bytes header = data_.subspan(layers_[network].offset, layers_[network].header_length);
  if (layers_[network].protocol == Protocol::ipv4) {
    const auto ip = Ipv4View::parse(header);
    return ip ? pseudo_header_sum(ip->source(), ip->final_destination(), 0, 0) : WordSum{};
  }
  const auto ip = Ipv6View::parse(header);
  if (!ip) return {};
  Ipv6Ends ends{.source = ip->source(), .destination = ip->destination()};
  for (std::size_t i = network + 1; i < carried; ++i) {
    ends.pass(layers_[i].protocol, data_.subspan(layers_[i].offset, layers_[i].header_length));
  }
  return pseudo_header_sum(ends.source, ends.destination, 0, 0);
}

std::size_t Editor::message_length(std::size_t index) const noexcept {
  const Layer& layer = layers_[index];
  if (layer.protocol == Protocol::udp && layer.header_length >= UdpView::min_header_length) {
    const auto stated = load_be<std::uint16_t>(at(index, 4));
    if (stated >= UdpView::min_header_length) return stated;
  }
  return extent_of(packet_, layers_, layer).wire_length;
}

WordSum Editor::pseudo_header(std::size_t index) const noexcept {
  const auto network = network_of(index);
  const auto length = static_cast<std::uint32_t>(message_length(index));
  WordSum sum = WordSum::of(edit::ip_number(layers_[index].protocol)) +
                WordSum::of(static_cast<std::uint16_t>(length >> 16)) +
                WordSum::of(static_cast<std::uint16_t>(length));
  if (network) sum += pseudo_addresses(*network, index);
  return sum;
}

/// Of several datagrams those have their checksum left to the adapter that hold the sum of their
/// pseudo-header: Linux leaves the innermost, or that of the tunnel, or both.
void Editor::find_offloaded() noexcept {
  offloaded_ = 0;
  if (!has(packet_.flags, PacketFlags::checksum_not_ready)) return;
  const bool single = layers_.outer.network == layers_.inner.network;
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    const Protocol protocol = layers_[i].protocol;
    if (protocol == Protocol::sctp) {
      if (layers_[i].header_length < SctpView::min_header_length) continue;
    } else if (protocol == Protocol::tcp || protocol == Protocol::udp) {
      const auto field = checksum_field(i);
      if (!field) continue;
      const auto stored = load_be<std::uint16_t>(data_.data() + *field);
      if (!single && stored != pseudo_header(i).folded()) continue;
    } else {
      continue;
    }
    offloaded_ |= std::uint32_t{1} << i;
  }
}

}  // namespace weir::wire
