// Encodes classic pcap files (draft-ietf-opsawg-pcap).
#include "savefile/pcap_encoder.h"

#include <string>

#include "savefile/byte_input.h"
#include "weir/error.h"

namespace weir::savefile {
namespace {

constexpr std::size_t header_size = 24;
constexpr std::size_t record_header = 16;
constexpr std::uint32_t magic_microseconds = 0xa1b2c3d4;
constexpr std::uint32_t magic_nanoseconds = 0xa1b23c4d;
constexpr std::uint64_t second = 1'000'000'000;
/// What libpcap takes for "everything" (MAXIMUM_SNAPLEN).
constexpr std::uint32_t no_limit = 262'144;

/// The header's link type field: a length of the FCS, in 16 bits, is said by its top bits.
std::uint32_t link_type_field(LinkType type, std::uint8_t fcs_length) noexcept {
  constexpr std::uint32_t fcs_present = 0x04000000;
  const auto field = static_cast<std::uint32_t>(std::to_underlying(type));
  if (fcs_length == 0) return field;
  return field | fcs_present | static_cast<std::uint32_t>(fcs_length / 2 & 15) << 28;
}

std::string words(LinkType type) {
  const std::string_view known = weir::name(type);
  return known.empty() ? "LINKTYPE " + std::to_string(std::to_underlying(type))
                       : std::string{known};
}

}  // namespace

void PcapEncoder::start(const Interface& interface, RecordBuffer& out) {
  if (snapshot_length_ == 0) snapshot_length_ = interface.snapshot_length;
  std::uint8_t* const to = out.append(header_size);
  store_le<std::uint32_t>(to, tick_ == 1 ? magic_nanoseconds : magic_microseconds);
  store_le<std::uint16_t>(to + 4, 2);
  store_le<std::uint16_t>(to + 6, 4);
  store_le<std::uint64_t>(to + 8, 0);
  store_le<std::uint32_t>(to + 16, snapshot_length_ == 0 ? no_limit : snapshot_length_);
  store_le<std::uint32_t>(to + 20, link_type_field(interface.link_type, interface.fcs_length));
  out.end_record(false);
  link_type_ = interface.link_type;
}

void PcapEncoder::header(RecordBuffer& out) {
  if (!link_type_) start({}, out);
}

void PcapEncoder::packets(std::span<const Interface> interfaces, std::span<const Packet> packets,
                          RecordBuffer& out) {
  if (!link_type_ && !packets.empty()) {
    const std::size_t index = packets[0].interface_index;
    Interface first = index < interfaces.size() ? interfaces[index] : Interface{};
    first.link_type = packets[0].link_type;
    start(first, out);
  } else if (!link_type_ && interfaces.size() == 1) {
    start(interfaces[0], out);
  }
  for (const Packet& packet : packets) this->packet(packet, out);
}

inline void PcapEncoder::packet(const Packet& packet, RecordBuffer& out) {
  if (packet.link_type != *link_type_) {
    throw Error{ErrorCode::cannot_hold, "a pcap holds one link type: this one is " +
                                            words(*link_type_) + ", and a packet is " +
                                            words(packet.link_type) + "; a .pcapng holds both"};
  }
  const std::size_t size = packet.data.size();
  if (size > max_record_size) {
    throw Error{ErrorCode::cannot_hold,
                "a packet of " + std::to_string(size) + " bytes is more than readers take"};
  }
  const std::int64_t time = packet.timestamp.time_since_epoch().count();
  const auto since = static_cast<std::uint64_t>(time);
  const std::uint64_t seconds = since / second;
  if (time < 0 || seconds > UINT32_MAX) {
    throw Error{ErrorCode::cannot_hold,
                "a pcap holds times from 1970 to 2106, and a packet has another; a .pcapng may "
                "hold it"};
  }
  const auto rest = static_cast<std::uint32_t>(since - seconds * second);
  const std::uint32_t fraction = rest / tick_;
  rounded_times_ += fraction * tick_ != rest ? 1 : 0;
  std::uint8_t* const to = out.append(record_header + size);
  store_le(to, static_cast<std::uint32_t>(seconds));
  store_le(to + 4, fraction);
  store_le(to + 8, static_cast<std::uint32_t>(size));
  store_le(to + 12, packet.wire_length);
  if (size != 0) std::memcpy(to + record_header, packet.data.data(), size);
  out.end_record(true);
}

}  // namespace weir::savefile
