// Editor: payloads of another size, and checksums that were left to the adapter.
#include <algorithm>
#include <array>
#include <cstring>

#include "crc32.h"
#include "edit_checksums.h"
#include "edit_words.h"
#include "weir/wire/dccp.h"
#include "weir/wire/edit.h"
#include "weir/wire/ipv6_extension.h"
#include "weir/wire/tcp.h"
#include "weir/wire/udp.h"

namespace weir::wire {

using edit::negated;
using edit::plus;

namespace {

/// A length of what a header carries, or of that and itself.
struct LengthField {
  std::size_t offset = 0;
  std::uint16_t mask = 0xffff;
  std::uint16_t most = 0xffff;
};

/// Where an 802.3 length may stand instead of an EtherType.
std::optional<LengthField> length_or_type(Bytes header, std::size_t offset) noexcept {
  if (header.size() < offset + 2 ||
      load_be<std::uint16_t>(header.data() + offset) > ether_type::max_length) {
    return std::nullopt;
  }
  return LengthField{.offset = offset, .most = ether_type::max_length};
}

std::optional<LengthField> length_field(Protocol protocol, Bytes header) noexcept {
  switch (protocol) {
    case Protocol::ethernet:
      return length_or_type(header, 12);
    case Protocol::vlan:
    case Protocol::provider_vlan:
      return length_or_type(header, 2);
    case Protocol::hsr:
      return LengthField{.offset = 0, .mask = 0x0fff, .most = 0x0fff};
    case Protocol::pppoe_session:
    case Protocol::pppoe_discovery:
    case Protocol::udp:
    case Protocol::ipv6:
      return LengthField{.offset = 4};
    case Protocol::ipv4:
    case Protocol::gtp:
      return LengthField{.offset = 2};
    case Protocol::l2tp:
      if (!header.empty() && (header[0] & 0x40) != 0) return LengthField{.offset = 2};
      return std::nullopt;
    case Protocol::gre:  // RFC 2637 4.1: version 1, behind the protocol
      if (header.size() > 1 && (header[1] & 7) == 1) return LengthField{.offset = 4};
      return std::nullopt;
    default:
      return std::nullopt;
  }
}

/// Headers whose own lengths of their payload are not known here.
constexpr ProtocolSet of_unknown_length{Protocol::nflog, Protocol::esp, Protocol::ipcomp};

constexpr std::size_t longer(std::size_t length, std::int64_t grown) noexcept {
  return static_cast<std::size_t>(static_cast<std::int64_t>(length) + grown);
}

/// What a sum of words gains where the length in a pseudo-header changes.
std::uint16_t length_change(std::size_t before, std::size_t after) noexcept {
  const auto sum = [](std::size_t length) {
    return plus(static_cast<std::uint16_t>(length >> 16), static_cast<std::uint16_t>(length));
  };
  return plus(negated(sum(before)), sum(after));
}

bool is_jumbogram(Protocol protocol, Bytes header) noexcept {
  if (protocol != Protocol::ipv6_hop_by_hop) return false;
  const auto options = Ipv6OptionsView::parse(header);
  return !options || options->jumbo_payload_length();
}

}  // namespace

/// How much of a message UDP-Lite and DCCP cover; all of it for the others.
std::size_t Editor::coverage(std::size_t index) const noexcept {
  const Layer& layer = layers_[index];
  const std::size_t length = message_length(index);
  if (layer.protocol == Protocol::udp_lite && layer.header_length >= 8) {
    const auto field = load_be<std::uint16_t>(at(index, 4));
    return field == 0 ? length : field;
  }
  if (layer.protocol == Protocol::dccp) {
    const auto header = DccpView::parse(data_.subspan(layer.offset, layer.header_length));
    // RFC 4340 9.2: 1 is the header, each more four bytes of what follows.
    if (header && header->checksum_coverage() != 0) {
      return header->header_length() + 4 * (header->checksum_coverage() - std::size_t{1});
    }
  }
  return length;
}

/// Whether it covers as much more as the message gets longer: DCCP's says so itself.
bool Editor::covers_whole(std::size_t index) const noexcept {
  if (layers_[index].protocol == Protocol::dccp && layers_[index].header_length > 5) {
    return (*at(index, 5) & 0x0f) == 0;
  }
  return coverage(index) == message_length(index);
}

/// Where the bytes end that are neither padding nor frame check sequence, and how long the frame
/// is at least.
struct Editor::FrameEnd {
  std::size_t unpadded = 0;
  std::size_t shortest = 0;
};

/// IEEE 802.3 3.2.8: frames are padded to 60 bytes; where a tag was put in, 64 are left;
/// those yet to be padded are shorter.
Editor::FrameEnd Editor::frame_end() const noexcept {
  constexpr std::size_t min_frame = 60;
  constexpr std::size_t min_tagged_frame = 64;
  const std::size_t end = without_frame_check_sequence();
  if (layers_[0].protocol != Protocol::ethernet) return {.unpadded = end};
  std::size_t content = std::size_t{layers_.payload_offset} + layers_.payload_length;
  if (layers_.outer.present()) {
    content = std::size_t{layers_[layers_.outer.network].offset} + layers_.outer.length;
  }
  if (content < min_tagged_frame && content < end) return {.unpadded = content, .shortest = end};
  return {.unpadded = end, .shortest = end < min_frame ? 0 : min_frame};
}

/// Whether the lengths that the headers before `end` state can become `grown` more, or less.
Edited Editor::check_lengths(std::size_t end, std::int64_t grown) const noexcept {
  for (std::size_t i = 0; i < end; ++i) {
    const Layer& layer = layers_[i];
    const Bytes header = data_.subspan(layer.offset, layer.header_length);
    if (of_unknown_length.contains(layer.protocol) || is_jumbogram(layer.protocol, header)) {
      return std::unexpected{EditError::bad_value};
    }
    const auto field = length_field(layer.protocol, header);
    if (!field || field->offset + 2 > header.size()) continue;
    const std::int64_t before = load_be<std::uint16_t>(header.data() + field->offset) & field->mask;
    if (before != 0 && (before + grown < 0 || before + grown > field->most)) {
      return std::unexpected{EditError::bad_value};
    }
  }
  return {};
}

/// Whether the payload can become `grown` bytes longer, or shorter.
Edited Editor::check_resize(std::int64_t grown) const noexcept {
  if (layers_.size() == 0) return std::unexpected{reason()};
  if (packet_.wire_length > data_.size()) return std::unexpected{EditError::not_captured};
  if (authenticated(layers_.size())) return std::unexpected{EditError::authenticated};
  for (const IpDatagram* datagram : {&layers_.outer, &layers_.inner}) {
    if (datagram->fragment != Fragment::none) return std::unexpected{EditError::fragment};
  }
  if (layers_.stop == StopReason::encrypted) return std::unexpected{EditError::encrypted};
  // The checksum of a tunnel is over one that is not there yet.
  if (offloaded_ != 0 && layers_.outer.network != layers_.inner.network) {
    return std::unexpected{EditError::offloaded};
  }
  const FrameEnd frame = frame_end();
  if (std::max(longer(frame.unpadded, grown), frame.shortest) > room_.size() - start()) {
    return std::unexpected{EditError::no_room};
  }
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    const std::size_t length = message_length(i);
    if (!covers_whole(i) && coverage(i) <= length && coverage(i) > longer(length, grown)) {
      return std::unexpected{EditError::bad_value};
    }
  }
  return check_lengths(layers_.size(), grown);
}

/// Adds to the length that a header states; IPv4's checksum follows.
void Editor::grow_length(std::size_t index, std::int64_t grown) noexcept {
  const Layer& layer = layers_[index];
  const auto field = length_field(layer.protocol, data_.subspan(layer.offset, layer.header_length));
  if (layer.protocol == Protocol::udp_lite && layer.header_length >= 8) {
    // Only where it names the whole length: less, and more, is what the sender wanted.
    const auto stated = load_be<std::uint16_t>(at(index, 4));
    if (stated != 0 && stated == message_length(index)) {
      store_be(at(index, 4), static_cast<std::uint16_t>(stated + grown));
    }
  }
  if (!field || field->offset + 2 > layer.header_length) return;
  const auto before = load_be<std::uint16_t>(at(index, field->offset));
  if ((before & field->mask) == 0) return;
  const Delta change =
      put(layer.offset + field->offset, static_cast<std::uint16_t>(before + grown));
  if (layer.protocol == Protocol::ipv4) add_to(layer.offset + std::size_t{10}, change);
}

/// What a checksum covers, before and after a change of length.
struct Editor::Covered {
  /// In bytes.
  std::size_t length = 0;
  std::size_t message_length = 0;
  bool whole = false;
  std::uint16_t sum = 0;
  /// By what SCTP's checksum differs from the right one.
  std::uint32_t wrong = 0;
};

Editor::Covered Editor::covered(std::size_t index) const noexcept {
  const Bytes rest = Bytes{data_}.subspan(layers_[index].offset);
  Covered found{.length = coverage(index),
                .message_length = message_length(index),
                .whole = covers_whole(index)};
  if (layers_[index].protocol == Protocol::sctp && layers_[index].header_length >= 12) {
    const Bytes message = up_to(rest, found.length);
    found.wrong = load_le<std::uint32_t>(message.data() + 8) ^ sctp_checksum(message);
  } else if (checksum_field(index)) {
    found.sum = word_sum(up_to(rest, found.length)).folded();
  }
  return found;
}

/// Brings a checksum up to date after a change of length by `grown`, those within being so.
void Editor::cover(std::size_t index, const Covered& before, std::int64_t grown) noexcept {
  const Layer& layer = layers_[index];
  const std::size_t length = before.whole ? longer(before.length, grown) : before.length;
  const Bytes message = up_to(Bytes{data_}.subspan(layer.offset), length);
  if (layer.protocol == Protocol::sctp && layer.header_length >= 12) {
    if (!is_offloaded(index)) store_le(at(index, 8), sctp_checksum(message) ^ before.wrong);
    return;
  }
  const auto field = checksum_field(index);
  if (!field) return;
  const auto network = network_of(index);
  const int version = network && layers_[*network].protocol == Protocol::ipv6 ? 6 : 4;
  const Bytes header = message.first(std::min<std::size_t>(layer.header_length, message.size()));
  const bool has_pseudo_header = edit::has_pseudo_header(layer.protocol, header, version);
  const Delta pseudo_header =
      has_pseudo_header ? length_change(before.message_length, longer(before.message_length, grown))
                        : 0;
  const Delta inside = plus(negated(before.sum), word_sum(message).folded());
  pass(index, edit::at_offset(inside, layer.offset), edit::at_offset(pseudo_header, layer.offset));
  // Of nothing but zero bytes, which only a sum without a pseudo-header has.
  if (!has_pseudo_header && word_sum(message).value == 0) edit::without_zero(data_.data() + *field);
}

Edited Editor::resize_payload(std::size_t size) noexcept {
  return size == layers_.payload_length ? Edited{} : replace_payload(size, {});
}

Edited Editor::set_payload(Bytes payload) noexcept {
  return replace_payload(payload.size(), payload);
}

// The first bytes of it are `payload`, the others what they were, or zero.
Edited Editor::replace_payload(std::size_t size, Bytes payload) noexcept {
  const auto grown = static_cast<std::int64_t>(std::min<std::size_t>(size, 0x7fffffff)) -
                     static_cast<std::int64_t>(layers_.payload_length);
  if (const Edited possible = check_resize(grown); !possible) return possible;
  std::array<Covered, Layers::max_layers> before;
  for (std::size_t i = 0; i < layers_.size(); ++i) before[i] = covered(i);
  // From the innermost on: extents are told by the lengths around them.
  for (std::size_t i = layers_.size(); i-- > 0;) grow_length(i, grown);
  const std::size_t end = std::size_t{layers_.payload_offset} + layers_.payload_length;
  const FrameEnd frame = frame_end();
  const std::size_t unpadded = longer(frame.unpadded, grown);
  const std::size_t length = std::max(unpadded, frame.shortest);
  data_ = room_.subspan(start(), std::max(data_.size(), length));
  std::memmove(data_.data() + end + grown, data_.data() + end, frame.unpadded - end);
  if (grown > 0) std::memset(data_.data() + end, 0, static_cast<std::size_t>(grown));
  std::memset(data_.data() + unpadded, 0, length - unpadded);
  data_ = data_.first(length);
  store_bytes(data_.data() + layers_.payload_offset, payload);
  for (std::size_t i = layers_.size(); i-- > 0;) cover(i, before[i], grown);
  packet_.wire_length = static_cast<std::uint32_t>(length);
  packet_.flags = edit::without(packet_.flags, PacketFlags::has_fcs);
  decode_again();
  return {};
}

Edited Editor::complete_checksums() noexcept {
  if (!has(packet_.flags, PacketFlags::checksum_not_ready)) return {};
  if (has(packet_.flags, PacketFlags::several_segments)) {
    return std::unexpected{EditError::offloaded};
  }
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    if (!is_offloaded(i)) continue;
    const auto message = whole_message(i);
    if (!message) return std::unexpected{message.error()};
  }
  for (std::size_t i = layers_.size(); i-- > 0;) {
    if (!is_offloaded(i)) continue;
    const MutableBytes message = *whole_message(i);
    if (layers_[i].protocol == Protocol::sctp) {
      // Unlike a sum that comes to that of the pseudo-header, those around it do not know it yet.
      spread(i, put_sctp_checksum(i, sctp_checksum(message)));
    } else if (layers_[i].protocol == Protocol::tcp) {
      TcpFields::seal(message, pseudo_header(i));
    } else {
      UdpFields::seal(message, pseudo_header(i));
    }
  }
  leave_nothing_to_adapter();
  return {};
}

}  // namespace weir::wire
