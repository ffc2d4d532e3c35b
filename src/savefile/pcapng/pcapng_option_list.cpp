// Encodes what sections, interfaces, statistics and packets say as pcapng options.
#include "savefile/pcapng/pcapng_option_list.h"

#include <algorithm>
#include <bit>
#include <optional>

#include "savefile/pcapng/pcapng_blocks.h"
#include "savefile/pcapng/pcapng_options.h"
#include "weir/error.h"

namespace weir::savefile {
namespace {

constexpr std::size_t max_value = 0xffff;

/// What if_tsresol is where it is not said: microseconds.
constexpr std::uint8_t default_resolution = 6;

/// The if_tsresol that stands for so many ticks; none if there is no such.
std::optional<std::uint8_t> resolution_of(std::uint64_t ticks_per_second) noexcept {
  std::uint8_t exponent = 0;
  for (std::uint64_t power = 1;; power *= 10, ++exponent) {
    if (power == ticks_per_second) return exponent;
    if (power > ticks_per_second / 10) break;
  }
  if (!std::has_single_bit(ticks_per_second)) return std::nullopt;
  return static_cast<std::uint8_t>(0x80 | std::countr_zero(ticks_per_second));
}

std::uint8_t checked_resolution(const Interface& interface) {
  const auto resolution = resolution_of(interface.ticks_per_second);
  if (resolution) return *resolution;
  throw Error{ErrorCode::invalid_argument, "interface " + interface.name + ": " +
                                               std::to_string(interface.ticks_per_second) +
                                               " ticks per second are no power of ten or two"};
}

}  // namespace

void PcapngOptionList::add(std::uint16_t code, Bytes value) {
  value = value.first(std::min(value.size(), max_value));
  const std::size_t at = bytes_.size();
  bytes_.resize(at + 4 + padded(value.size()));
  store_le(bytes_.data() + at, code);
  store_le(bytes_.data() + at + 2, static_cast<std::uint16_t>(value.size()));
  std::ranges::copy(value, bytes_.begin() + static_cast<std::ptrdiff_t>(at) + 4);
}

void PcapngOptionList::add(std::uint16_t code, std::string_view text) {
  if (text.empty()) return;
  const std::vector<std::uint8_t> octets{text.begin(), text.end()};
  add(code, Bytes{octets});
}

void PcapngOptionList::add(std::uint16_t code, std::uint32_t value) {
  std::uint8_t octets[sizeof value];
  store_le(octets, value);
  add(code, Bytes{octets});
}

void PcapngOptionList::add(std::uint16_t code, std::uint64_t value) {
  std::uint8_t octets[sizeof value];
  store_le(octets, value);
  add(code, Bytes{octets});
}

std::vector<std::uint8_t> PcapngOptionList::finish() && {
  if (!bytes_.empty()) bytes_.resize(bytes_.size() + 4);  // opt_endofopt
  return std::move(bytes_);
}

std::vector<std::uint8_t> options_of(const Section& section) {
  if (!section.options.empty()) return section.options;
  PcapngOptionList list;
  list.add(opt_comment, section.comment);
  list.add(shb_hardware, section.hardware);
  list.add(shb_os, section.operating_system);
  list.add(shb_userappl, section.application);
  return std::move(list).finish();
}

std::vector<std::uint8_t> options_of(const Interface& interface) {
  if (!interface.options.empty()) return interface.options;
  PcapngOptionList list;
  list.add(opt_comment, interface.comment);
  list.add(if_name, interface.name);
  list.add(if_description, interface.description);
  const std::uint8_t resolution = checked_resolution(interface);
  if (resolution != default_resolution) list.add(if_tsresol, Bytes{&resolution, 1});
  if (!interface.filter.empty()) list.add(if_filter, std::string(1, '\0') + interface.filter);
  list.add(if_os, interface.operating_system);
  if (interface.fcs_length != 0) {
    const auto bits = static_cast<std::uint8_t>(8 * interface.fcs_length);
    list.add(if_fcslen, Bytes{&bits, 1});
  }
  if (interface.time_offset != 0) {
    list.add(if_tsoffset, static_cast<std::uint64_t>(interface.time_offset));
  }
  list.add(if_hardware, interface.hardware);
  return std::move(list).finish();
}

std::vector<std::uint8_t> options_of(const InterfaceStatistics& statistics,
                                     const TickClock& clock) {
  if (!statistics.options.empty()) return statistics.options;
  PcapngOptionList list;
  list.add(opt_comment, statistics.comment);
  const auto time = [&](std::uint16_t code, const std::optional<Timestamp>& at) {
    std::uint64_t ticks = 0;
    std::uint64_t rounded = 0;
    if (!at || !clock.ticks(at->time_since_epoch().count(), ticks, rounded)) return;
    std::uint8_t octets[8];  // high word first
    store_le(octets, static_cast<std::uint32_t>(ticks >> 32));
    store_le(octets + 4, static_cast<std::uint32_t>(ticks));
    list.add(code, Bytes{octets});
  };
  const auto count = [&](std::uint16_t code, const std::optional<std::uint64_t>& value) {
    if (value) list.add(code, *value);
  };
  time(isb_starttime, statistics.start);
  time(isb_endtime, statistics.end);
  count(isb_ifrecv, statistics.received);
  count(isb_ifdrop, statistics.dropped);
  count(isb_filteraccept, statistics.filter_accepted);
  count(isb_osdrop, statistics.system_dropped);
  count(isb_usrdeliv, statistics.delivered);
  return std::move(list).finish();
}

TickClock clock_of(const Interface& interface) {
  if (interface.options.empty()) {
    return {checked_resolution(interface), interface.time_offset};
  }
  std::uint8_t resolution = default_resolution;
  std::int64_t offset = 0;
  PcapngOptions options{interface.options, ByteOrder::little};
  for (PcapngOption option; options.next(option);) {
    if (option.code == if_tsresol && !option.value.empty()) resolution = option.value[0];
    if (option.code == if_tsoffset && option.value.size() == 8) {
      offset = static_cast<std::int64_t>(load_le<std::uint64_t>(option.value.data()));
    }
  }
  return {resolution, offset};
}

std::uint32_t packet_flags_word(const Packet& packet, const Interface& interface) noexcept {
  constexpr unsigned fcs_length = 5;  // the lowest of four bits
  std::uint32_t word = 0;
  if (has(packet.flags, PacketFlags::has_fcs) && interface.fcs_length == 0)
    word |= 4U << fcs_length;
  if (packet.direction == Direction::in) word |= 1;
  if (packet.direction == Direction::out) word |= 2;
  if (has(packet.flags, PacketFlags::checksum_not_ready)) word |= 1U << 9;
  if (has(packet.flags, PacketFlags::checksum_verified)) word |= 1U << 10;
  if (has(packet.flags, PacketFlags::several_segments)) word |= 1U << 11;
  return word;
}

}  // namespace weir::savefile
