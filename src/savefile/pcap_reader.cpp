// Walks the records of classic pcap files.
#include "savefile/pcap_reader.h"

#include <algorithm>
#include "weir/stored_link_type.h"

namespace weir::savefile {
namespace {

constexpr std::int64_t second = 1'000'000'000;
constexpr std::int64_t day = 86'400 * second;
constexpr std::uint32_t max_plausible_length = 262'144;  // of a record looked for behind damage

// The header's link type field: the type, bits that must be zero, and the FCS length with its flag.
constexpr std::uint32_t link_type_mask = 0x0000ffff;
constexpr std::uint32_t reserved_mask = 0x03ff0000;
constexpr std::uint32_t fcs_present = 0x04000000;
constexpr unsigned fcs_length_shift = 28;  // counted in 16 bits
constexpr std::uint8_t fcs_size = 4;

// sll_pkttype values, which the modified variant stores per record.
Direction direction_of(std::uint8_t packet_type) noexcept {
  switch (packet_type) {
    case 0:
    case 1:
    case 2:
      return Direction::in;
    case 4:
      return Direction::out;
    default:
      return Direction::unknown;
  }
}

/// A record header without time and lengths: what a hole in a file looks like.
bool is_blank(const std::uint8_t* record) noexcept {
  constexpr std::uint8_t blank[16]{};
  return std::memcmp(record, blank, sizeof blank) == 0;
}

bool is_within_a_day(std::int64_t a, std::int64_t b) noexcept {
  return a <= b + day && a >= b - day;
}

}  // namespace

std::unique_ptr<PcapReader> PcapReader::open(Bytes header, Blanks blanks, PacketBlock& block,
                                             Fault& fault) {
  if (header.size() < header_size) {
    fault = {ErrorCode::truncated, 0, "the file header is cut short"};
    return nullptr;
  }
  std::unique_ptr<PcapReader> reader{new PcapReader};
  reader->blanks_ = blanks;
  reader->order_ = header[0] == 0xa1 ? ByteOrder::big : ByteOrder::little;
  const auto load = [&]<class T>(T, std::size_t at) {
    return load_as<T>(reader->order_, header.data() + at);
  };
  switch (load(std::uint32_t{}, 0)) {
    case 0xa1b23c4d:
      reader->format_ = Format::pcap_nanosecond;
      reader->tick_ = 1;
      break;
    case 0xa1b2cd34:
      reader->format_ = Format::pcap_modified;
      break;
    default:
      break;
  }
  const unsigned major = load(std::uint16_t{}, 4);
  const unsigned minor = load(std::uint16_t{}, 6);
  // 543.0 is what DG/UX wrote for 2.2.
  if (major != 2 && (major != 543 || minor != 0)) {
    fault = {ErrorCode::unsupported_format, 4,
             "pcap version " + std::to_string(major) + "." + std::to_string(minor)};
    return nullptr;
  }
  if (major == 543 || minor < 3) reader->lengths_ = Lengths::wire_first;
  if (major == 2 && minor == 3) reader->lengths_ = Lengths::smaller_is_captured;

  const std::uint32_t link = load(std::uint32_t{}, 20);
  if ((link & reserved_mask) != 0) {
    fault = {ErrorCode::unsupported_format, 20, "reserved bits of the link type are set"};
    return nullptr;
  }
  reader->interface_.link_type =
      link_type_of_stored(static_cast<std::uint16_t>(link & link_type_mask));
  reader->interface_.snapshot_length = load(std::uint32_t{}, 16);
  reader->interface_.ticks_per_second = static_cast<std::uint64_t>(second / reader->tick_);
  if ((link & fcs_present) != 0) {
    reader->interface_.fcs_length = static_cast<std::uint8_t>(2 * (link >> fcs_length_shift));
  }
  reader->prepare(block, reader->interface_.fcs_length == fcs_size);
  return reader;
}

// What is the same in every packet is written once: the walk then fills in the rest.
void PcapReader::prepare(PacketBlock& block, bool has_fcs) const noexcept {
  for (Packet& packet : block.packets) {
    packet = Packet{};
    packet.link_type = interface_.link_type;
    packet.flags = has_fcs ? PacketFlags::has_fcs : PacketFlags::none;
  }
}

Walk PcapReader::walk(ByteInput& input, PacketBlock& block, Fault& fault) {
  // A record over the limit never fits in here, so it is damage wherever in the buffer it lies.
  const Bytes buffered = input.window();
  const Bytes window = buffered.first(
      std::min<std::size_t>(buffered.size(), record_header_size() + max_record_size));
  std::size_t used = 0;
  if (format_ == Format::pcap_modified || lengths_ != Lengths::captured_first) {
    used = take_any(window, block);
  } else if (order_ == ByteOrder::big) {
    used = blanks_ == Blanks::are_records ? take_plain<true, Blanks::are_records>(window, block)
                                          : take_plain<true, Blanks::are_damage>(window, block);
  } else {
    used = blanks_ == Blanks::are_records ? take_plain<false, Blanks::are_records>(window, block)
                                          : take_plain<false, Blanks::are_damage>(window, block);
  }
  input.consume(used);
  if (block.count > 0) {
    note_times({block.packets.data(), block.count});
    return Walk::packets;
  }
  if (window.size() < record_header_size()) return Walk::needs_bytes;
  if (is_refused(window.data())) {
    fault = {ErrorCode::damaged, input.offset(), "a record header is all zeros"};
    return Walk::fault;
  }
  const std::uint32_t captured = captured_length(window.data());
  if (captured <= max_record_size) return Walk::needs_bytes;
  fault = {ErrorCode::damaged, input.offset(),
           "a record claims " + std::to_string(captured) + " bytes"};
  return Walk::fault;
}

bool PcapReader::is_refused(const std::uint8_t* record) const noexcept {
  return blanks_ == Blanks::are_damage && is_blank(record);
}

// Of the last record, and of the last whose neighbour agrees: one alone may be damaged.
void PcapReader::note_times(std::span<const Packet> packets) noexcept {
  const auto time_of = [&](std::size_t index) {
    return packets[index].timestamp.time_since_epoch().count();
  };
  if (!last_) last_ = trusted_ = time_of(0);
  for (std::size_t i = packets.size(); i-- > 0;) {
    if (!is_within_a_day(time_of(i), i == 0 ? *last_ : time_of(i - 1))) continue;
    trusted_ = time_of(i);
    break;
  }
  last_ = time_of(packets.size() - 1);
}

// The loop everything waits for: one record, two compares, one multiplication.
template <bool big_endian, PcapReader::Blanks blanks>
std::size_t PcapReader::take_plain(Bytes window, PacketBlock& block) const noexcept {
  constexpr std::size_t header = 16;
  const std::uint8_t* at = window.data();
  const std::uint8_t* const end = at + window.size();
  const std::int64_t tick = tick_;
  std::int64_t latest = block.latest;
  std::uint64_t backward = 0;
  Packet* to = block.packets.data() + block.count;
  Packet* const full = block.packets.data() + block.packets.size();
  while (to != full && end - at >= std::ptrdiff_t{header}) {
    const std::size_t captured = load_as<big_endian, std::uint32_t>(at + 8);
    if (captured > static_cast<std::size_t>(end - at) - header) break;
    if constexpr (blanks == Blanks::are_damage) {
      if (is_blank(at)) break;
    }
    const std::int64_t time = load_as<big_endian, std::uint32_t>(at) * second +
                              load_as<big_endian, std::uint32_t>(at + 4) * tick;
    backward += time < latest ? 1 : 0;
    latest = time < latest ? latest : time;
    to->data = {at + header, captured};
    to->timestamp = Timestamp{Duration{time}};
    to->wire_length = load_as<big_endian, std::uint32_t>(at + 12);
    ++to;
    at += header + captured;
  }
  block.count = static_cast<std::size_t>(to - block.packets.data());
  block.latest = latest;
  block.backward += backward;
  return static_cast<std::size_t>(at - window.data());
}

std::size_t PcapReader::take_any(Bytes window, PacketBlock& block) const noexcept {
  const std::size_t header = record_header_size();
  std::size_t used = 0;
  while (!block.full() && window.size() - used >= header) {
    const std::uint8_t* const record = window.data() + used;
    const std::uint32_t captured = captured_length(record);
    if (captured > window.size() - used - header || is_refused(record)) break;
    const auto word = [&](std::size_t at) { return load_as<std::uint32_t>(order_, record + at); };
    const std::int64_t time = word(0) * second + word(4) * tick_;
    Packet& packet = block.packets[block.count++];
    packet.data = {record + header, captured};
    packet.timestamp = Timestamp{Duration{time}};
    packet.wire_length = captured == word(8) ? word(12) : word(8);
    if (format_ == Format::pcap_modified) packet.direction = direction_of(record[22]);
    block.note_time(time);
    used += header + captured;
  }
  return used;
}

std::uint32_t PcapReader::captured_length(const std::uint8_t* record) const noexcept {
  const auto first = load_as<std::uint32_t>(order_, record + 8);
  const auto second_length = load_as<std::uint32_t>(order_, record + 12);
  switch (lengths_) {
    case Lengths::wire_first:
      return second_length;
    case Lengths::smaller_is_captured:
      return first < second_length ? first : second_length;
    case Lengths::captured_first:
      break;
  }
  return first;
}

Fault PcapReader::cut(const ByteInput& input) const {
  const Bytes window = input.window();
  const std::size_t header = record_header_size();
  const std::size_t whole =
      window.size() < header ? header : header + captured_length(window.data());
  return {ErrorCode::truncated, input.offset(),
          "the last record is cut short: " + std::to_string(window.size()) + " of " +
              (window.size() < header ? "at least " : "") + std::to_string(whole) + " bytes"};
}

// Whether there may be a header at `at`.
PcapReader::Plausible PcapReader::plausible(Bytes window, std::size_t at,
                                            Candidate& found) const noexcept {
  if (window.size() < at + record_header_size()) return Plausible::unknown;
  const std::uint8_t* const record = window.data() + at;
  const auto word = [&](std::size_t field) {
    return load_as<std::uint32_t>(order_, record + field);
  };
  const std::uint32_t captured = captured_length(record);
  if (captured > max_plausible_length || is_blank(record)) return Plausible::no;
  const std::int64_t fraction = word(4) * tick_;
  if (fraction >= second) return Plausible::no;
  // Before the first packet no time tells records from zeros and text: both lengths must.
  if (!last_ && (captured == 0 || std::max(word(8), word(12)) > max_plausible_length)) {
    return Plausible::no;
  }
  found = {at + record_header_size() + captured, word(0) * second + fraction};
  return Plausible::yes;
}

// The time of the last record may itself be damaged, and then it is not the only one.
bool PcapReader::is_near(std::int64_t time) const noexcept {
  return !last_ || is_within_a_day(time, *last_) || is_within_a_day(time, *trusted_);
}

// Two plausible headers in a row, or one whose record ends with the stream.
bool PcapReader::resynchronise(ByteInput& input, bool at_end) {
  const Bytes window = input.window();
  for (std::size_t at = 0; at < window.size(); ++at) {
    Candidate first;
    Candidate behind;
    Plausible verdict = plausible(window, at, first);
    if (verdict == Plausible::yes && !is_near(first.time)) verdict = Plausible::no;
    if (verdict == Plausible::yes && (!at_end || first.end != window.size())) {
      verdict = plausible(window, first.end, behind);
      const bool agrees = is_within_a_day(behind.time, first.time);
      if (verdict == Plausible::yes && !agrees) verdict = Plausible::no;
    }
    if (verdict == Plausible::unknown && at_end) continue;
    if (verdict == Plausible::no) continue;
    input.consume(at);
    return verdict == Plausible::yes;
  }
  input.consume(window.size());
  return at_end;
}

}  // namespace weir::savefile
