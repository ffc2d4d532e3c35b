// Options of pcapng blocks (draft-ietf-opsawg-pcapng 3.5, 4.1 to 4.3, 4.6).
#include "savefile/pcapng/pcapng_options.h"

#include <algorithm>

#include "savefile/pcapng/pcapng_blocks.h"
#include "savefile/pcapng/pcapng_little_endian.h"
#include "weir/stored_link_type.h"

namespace weir::savefile {
namespace {

constexpr std::uint8_t microseconds = 6;

// There may be several.
void add_comment(std::string& comment, Bytes value) {
  if (!comment.empty()) comment += '\n';
  comment += text_of(value);
}

void set_number(std::optional<std::uint64_t>& number, Bytes value, ByteOrder order) {
  if (value.size() == 8) number = load_as<std::uint64_t>(order, value.data());
}

// Ticks as packets have them: the upper half first in either byte order.
std::optional<Timestamp> read_time(Bytes halves, ByteOrder order, const TickClock& clock) {
  const std::uint64_t ticks = std::uint64_t{load_as<std::uint32_t>(order, halves.data())} << 32 |
                              load_as<std::uint32_t>(order, halves.data() + 4);
  std::int64_t nanoseconds = 0;
  std::uint64_t rounded = 0;  // counted for packets only
  if (!clock.convert(ticks, nanoseconds, rounded)) return std::nullopt;
  return Timestamp{Duration{nanoseconds}};
}

constexpr std::uint8_t fcs_of_ethernet = 4;

// The draft counts bits, but its example is the 4 bytes of Ethernet's.
std::uint8_t fcs_length_of(std::uint8_t value) noexcept {
  constexpr std::uint8_t bits = 8;
  return value == fcs_of_ethernet ? value : static_cast<std::uint8_t>(value / bits);
}

}  // namespace

std::string_view text_of(Bytes value) noexcept {
  const std::string_view text{reinterpret_cast<const char*>(value.data()), value.size()};
  return text.substr(0, text.find('\0'));
}

bool PcapngOptions::next(PcapngOption& option) noexcept {
  if (rest_.size() < 4) return false;
  const auto length = load_as<std::uint16_t>(order_, rest_.data() + 2);
  option.code = load_as<std::uint16_t>(order_, rest_.data());
  if (option.code == opt_endofopt || length > rest_.size() - 4) return false;
  option.value = rest_.subspan(4, length);
  rest_ = rest_.subspan(std::min(4 + padded(length), rest_.size()));
  return true;
}

Section read_section(Bytes options, ByteOrder order) {
  Section section;
  append_little_endian(section.options, options, order, OptionsOf::section);
  PcapngOptions list{options, order};
  for (PcapngOption option; list.next(option);) {
    switch (option.code) {
      case opt_comment:
        add_comment(section.comment, option.value);
        break;
      case shb_hardware:
        section.hardware = text_of(option.value);
        break;
      case shb_os:
        section.operating_system = text_of(option.value);
        break;
      case shb_userappl:
        section.application = text_of(option.value);
        break;
      default:
        break;
    }
  }
  return section;
}

PcapngInterface read_interface(Bytes body, ByteOrder order) {
  PcapngInterface interface;
  Interface& to = interface.description;
  to.link_type = link_type_of_stored(load_as<std::uint16_t>(order, body.data()));
  to.snapshot_length = load_as<std::uint32_t>(order, body.data() + 4);
  append_little_endian(to.options, body.subspan(8), order, OptionsOf::interface);
  std::uint8_t resolution = microseconds;
  PcapngOptions options{body.subspan(8), order};
  for (PcapngOption option; options.next(option);) {
    const Bytes value = option.value;
    switch (option.code) {
      case opt_comment:
        add_comment(to.comment, value);
        break;
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
        if (!value.empty()) to.fcs_length = fcs_length_of(value[0]);
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
  if (to.fcs_length == fcs_of_ethernet) interface.flags = PacketFlags::has_fcs;
  return interface;
}

std::optional<InterfaceStatistics> read_statistics(Bytes body, ByteOrder order,
                                                   const TickClock& clock) {
  const auto time = read_time(body.subspan(4), order, clock);
  if (!time) return std::nullopt;
  InterfaceStatistics counted{.time = *time};
  const Bytes options = body.subspan(12);
  append_little_endian(counted.options, options, order, OptionsOf::interface_statistics);
  PcapngOptions list{options, order};
  for (PcapngOption option; list.next(option);) {
    const Bytes value = option.value;
    switch (option.code) {
      case opt_comment:
        add_comment(counted.comment, value);
        break;
      case isb_starttime:
        if (value.size() == 8) counted.start = read_time(value, order, clock);
        break;
      case isb_endtime:
        if (value.size() == 8) counted.end = read_time(value, order, clock);
        break;
      case isb_ifrecv:
        set_number(counted.received, value, order);
        break;
      case isb_ifdrop:
        set_number(counted.dropped, value, order);
        break;
      case isb_filteraccept:
        set_number(counted.filter_accepted, value, order);
        break;
      case isb_osdrop:
        set_number(counted.system_dropped, value, order);
        break;
      case isb_usrdeliv:
        set_number(counted.delivered, value, order);
        break;
      default:
        break;
    }
  }
  return counted;
}

PcapngPacketFlags read_packet_flags(Bytes options, ByteOrder order) noexcept {
  PcapngPacketFlags result;
  PcapngOptions list{options, order};
  for (PcapngOption option; list.next(option);) {
    if (option.code != epb_flags || option.value.size() != 4) continue;
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
