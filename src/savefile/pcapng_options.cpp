// Options of pcapng blocks (draft-ietf-opsawg-pcapng 3.5, 4.2, 4.3).
#include "savefile/pcapng_options.h"

#include <algorithm>

namespace weir::savefile {
namespace {

enum InterfaceOption : std::uint16_t {
  if_name = 2,
  if_description = 3,
  if_tsresol = 9,
  if_filter = 11,
  if_os = 12,
  if_fcslen = 13,
  if_tsoffset = 14,
  if_hardware = 15,
};
constexpr std::uint16_t packet_flags_option = 2;  // epb_flags, and pack_flags of the obsolete block
constexpr std::uint8_t microseconds = 6;

// Some writers count a final NUL.
std::string text_of(Bytes value) {
  const auto end = std::ranges::find(value, std::uint8_t{0});
  return {value.begin(), end};
}

// The draft counts bits, but its example is the 4 bytes of Ethernet's.
bool is_fcs_of_four_bytes(std::uint8_t length) noexcept { return length == 32 || length == 4; }

}  // namespace

bool PcapngOptions::next(PcapngOption& option) noexcept {
  if (rest_.size() < 4) return false;
  const auto length = load_as<std::uint16_t>(order_, rest_.data() + 2);
  option.code = load_as<std::uint16_t>(order_, rest_.data());
  if (option.code == 0 || length > rest_.size() - 4) return false;
  option.value = rest_.subspan(4, length);
  const std::size_t padded = 4 + ((std::size_t{length} + 3) & ~std::size_t{3});
  rest_ = rest_.subspan(std::min(padded, rest_.size()));
  return true;
}

PcapngInterface read_interface(Bytes body, ByteOrder order) {
  PcapngInterface interface;
  Interface& to = interface.description;
  to.link_type = static_cast<LinkType>(load_as<std::uint16_t>(order, body.data()));
  to.snapshot_length = load_as<std::uint32_t>(order, body.data() + 4);
  std::uint8_t resolution = microseconds;
  PcapngOptions options{body.subspan(8), order};
  for (PcapngOption option; options.next(option);) {
    const Bytes value = option.value;
    switch (option.code) {
      case if_name:
        to.name = text_of(value);
        break;
      case if_description:
        to.description = text_of(value);
        break;
      case if_filter:  // starts with its kind; 0 is an expression
        if (!value.empty() && value[0] == 0) to.filter = text_of(value.subspan(1));
        break;
      case if_os:
        to.operating_system = text_of(value);
        break;
      case if_hardware:
        to.hardware = text_of(value);
        break;
      case if_tsresol:
        if (!value.empty()) resolution = value[0];
        break;
      case if_fcslen:
        if (!value.empty() && is_fcs_of_four_bytes(value[0]))
          interface.flags = PacketFlags::has_fcs;
        break;
      case if_tsoffset:
        if (value.size() == 8) {
          to.time_offset = static_cast<std::int64_t>(load_as<std::uint64_t>(order, value.data()));
        }
        break;
      default:
        break;
    }
  }
  interface.clock = TickClock{resolution, to.time_offset};
  to.ticks_per_second = interface.clock.ticks_per_second();
  return interface;
}

PcapngPacketFlags read_packet_flags(Bytes options, ByteOrder order) noexcept {
  PcapngPacketFlags result;
  PcapngOptions list{options, order};
  for (PcapngOption option; list.next(option);) {
    if (option.code != packet_flags_option || option.value.size() != 4) continue;
    const auto bits = load_as<std::uint32_t>(order, option.value.data());
    if ((bits & 3) == 1) result.direction = Direction::in;
    if ((bits & 3) == 2) result.direction = Direction::out;
    if ((bits >> 5 & 15) == 4) result.flags = result.flags | PacketFlags::has_fcs;
    if ((bits >> 9 & 1) != 0) result.flags = result.flags | PacketFlags::checksum_not_ready;
    if ((bits >> 10 & 1) != 0) result.flags = result.flags | PacketFlags::checksum_verified;
    if ((bits >> 11 & 1) != 0) result.flags = result.flags | PacketFlags::several_segments;
    break;
  }
  return result;
}

}  // namespace weir::savefile
