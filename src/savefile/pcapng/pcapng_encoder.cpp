// Encodes pcapng files (draft-ietf-opsawg-pcapng), little-endian.
#include "savefile/pcapng/pcapng_encoder.h"

#include <functional>
#include <string>
#include <string_view>

#include "savefile/pcapng/pcapng_blocks.h"
#include "savefile/pcapng/pcapng_little_endian.h"
#include "savefile/pcapng/pcapng_option_list.h"
#include "weir/error.h"

namespace weir::savefile {
namespace {

constexpr std::size_t section_fixed = 16;
constexpr std::size_t interface_fixed = 8;
constexpr std::size_t packet_fixed = 20;
constexpr std::size_t statistics_fixed = 12;

/// Whether its source says of it what a simple packet block cannot.
bool is_of_enhanced_block(const Packet& packet) noexcept {
  return packet.meta != nullptr &&
         (!packet.meta->options.empty() || packet.meta->time_out_of_range);
}

/// Appends type and lengths of a block; returns where its body of `size` bytes goes.
std::uint8_t* open_block(RecordBuffer& out, std::uint32_t type, std::size_t size) {
  const std::size_t total = block_framing + padded(size);
  if (total > max_block_size) {
    throw Error{ErrorCode::cannot_hold,
                "a block of " + std::to_string(total) + " bytes is more than readers take"};
  }
  std::uint8_t* const to = out.append(total);
  store_le(to, type);
  store_le(to + 4, static_cast<std::uint32_t>(total));
  store_le(to + total - 4, static_cast<std::uint32_t>(total));
  return to + 8;
}

/// Also fills up to the next four bytes.
void copy_padded(std::uint8_t* to, Bytes from) noexcept {
  if (!from.empty()) std::memcpy(to, from.data(), from.size());
  std::memset(to + from.size(), 0, padded(from.size()) - from.size());
}

void store_ticks(std::uint8_t* to, std::uint64_t ticks) noexcept {
  store_le(to, static_cast<std::uint32_t>(ticks >> 32));
  store_le(to + 4, static_cast<std::uint32_t>(ticks));
}

/// What stands for a time that Timestamp cannot hold: it is read as none again. Where the clock has
/// no such ticks no packet of it came without a time.
std::uint64_t out_of_range(const TickClock& clock) noexcept {
  std::int64_t time = 0;
  std::uint64_t rounded = 0;
  return clock.convert(0, time, rounded) ? UINT64_MAX : 0;
}

std::size_t content_hash(const Interface& interface) {
  std::size_t hash = std::to_underlying(interface.link_type) + interface.snapshot_length;
  const auto mix = [&hash](std::string_view text) {
    hash = hash * 31 + std::hash<std::string_view>{}(text);
  };
  mix(interface.name);
  mix(interface.description);
  mix(interface.filter);
  mix({reinterpret_cast<const char*>(interface.options.data()), interface.options.size()});
  return hash;
}

}  // namespace

void PcapngEncoder::start_section(std::shared_ptr<const Section> section, RecordBuffer& out) {
  const std::vector<std::uint8_t> options = options_of(*section);
  std::uint8_t* const to = open_block(out, section_header, section_fixed + options.size());
  store_le<std::uint32_t>(to, 0x1a2b3c4d);
  store_le<std::uint16_t>(to + 4, 1);
  store_le<std::uint16_t>(to + 6, 0);
  store_le<std::uint64_t>(to + 8, UINT64_MAX);  // the length of the section is not said
  copy_padded(to + section_fixed, options);
  out.end_record(false);
  section_ = std::move(section);
  written_.clear();
  by_content_ = {};  // clear() would go through all that one large section needed
  ++section_count_;
}

void PcapngEncoder::header(RecordBuffer& out) {
  if (!section_) start_section(default_section_, out);
}

// What the one before has without packets is described before that ends.
void PcapngEncoder::section(std::span<const Interface> interfaces,
                            std::shared_ptr<const Section> section, RecordBuffer& out) {
  are_told_ = true;
  if (section_) start_batch(interfaces, out);
  if (!section_ || !is_open(section)) start_section(std::move(section), out);
  start_batch(interfaces, out);
}

void PcapngEncoder::packets(std::span<const Interface> interfaces, std::span<const Packet> packets,
                            RecordBuffer& out) {
  start_batch(interfaces, out);
  std::uint32_t index = unknown;
  std::uint32_t number = unknown;
  for (const Packet& packet : packets) {
    if (packet.interface_index != index) {
      index = packet.interface_index;
      number = number_of(interfaces, index, out);
    }
    this->packet(packet, number, out);
  }
}

// Interfaces without packets are described too, but only those of the section that is open. A
// source's are gone through once: there may be many.
void PcapngEncoder::start_batch(std::span<const Interface> interfaces, RecordBuffer& out) {
  ++batch_;
  if (interfaces.empty()) return;
  if (!section_) start_section(section_of(interfaces[0]), out);
  if (!continues(interfaces)) seen_ = 0;
  const std::size_t before = seen_;
  for (; seen_ < interfaces.size() && is_in_section(interfaces[seen_]); ++seen_) {
    place(interfaces[seen_], static_cast<std::uint32_t>(seen_), out);
  }
  if (seen_ != before) last_seen_ = interfaces[seen_ - 1];
}

// Whether these are the interfaces of the last batch, and perhaps more.
bool PcapngEncoder::continues(std::span<const Interface> interfaces) const {
  if (seen_ == 0 || seen_ > interfaces.size()) return false;
  const Interface& interface = interfaces[seen_ - 1];
  return interface.section == last_seen_.section && interface == last_seen_;
}

// Of the section that is open, to which the one at `index` belongs: they follow one another.
void PcapngEncoder::describe_around(std::span<const Interface> interfaces, std::uint32_t index,
                                    RecordBuffer& out) {
  std::uint32_t at = index;
  while (at > 0 && is_in_section(interfaces[at - 1])) --at;
  for (; at < interfaces.size() && is_in_section(interfaces[at]); ++at) {
    place(interfaces[at], at, out);
  }
  seen_ = at;
  last_seen_ = interfaces[at - 1];
}

// Of sources that only have interfaces, sections that say the same are one.
bool PcapngEncoder::is_open(const std::shared_ptr<const Section>& section) const {
  return section == section_ || (!are_told_ && *section == *section_);
}

bool PcapngEncoder::is_in_section(const Interface& interface) const {
  return is_open(section_of(interface));
}

std::uint32_t PcapngEncoder::number_of(std::span<const Interface> interfaces, std::uint32_t index,
                                       RecordBuffer& out) {
  if (index >= interfaces.size()) {
    throw Error{ErrorCode::invalid_argument, "a packet of interface " + std::to_string(index) +
                                                 ", but there are " +
                                                 std::to_string(interfaces.size())};
  }
  const Interface& interface = interfaces[index];
  if (!is_in_section(interface)) {
    start_section(section_of(interface), out);
    describe_around(interfaces, index, out);
  }
  return place(interface, index, out);
}

// A source's interface is known by what it says, looked at once a batch: another source may come
// with the same indexes. One that is new in its turn is taken for new even if it says what another
// says.
std::uint32_t PcapngEncoder::place(const Interface& interface, std::uint32_t index,
                                   RecordBuffer& out) {
  if (index >= places_.size()) places_.resize(std::size_t{index} + 1);
  Place& place = places_[index];
  if (place.section != section_count_) place = {.section = section_count_};
  if (place.batch == batch_) return place.number;
  place.batch = batch_;
  if (written_.empty()) first_ = index;
  const bool in_its_turn = place.number == unknown && index - first_ == written_.size();
  const bool known = place.number != unknown && written_[place.number].interface == interface;
  if (known) return place.number;
  const std::optional<std::uint32_t> found = in_its_turn ? std::nullopt : find(interface);
  place.number = found ? *found : add(interface, out);
  return place.number;
}

std::optional<std::uint32_t> PcapngEncoder::find(const Interface& interface) const {
  const auto [begin, end] = by_content_.equal_range(content_hash(interface));
  for (auto entry = begin; entry != end; ++entry) {
    if (written_[entry->second].interface == interface) return entry->second;
  }
  return std::nullopt;
}

std::uint32_t PcapngEncoder::add(const Interface& interface, RecordBuffer& out) {
  const TickClock clock = clock_of(interface);
  const std::vector<std::uint8_t> options = options_of(interface);
  std::uint8_t* const to = open_block(out, interface_description, interface_fixed + options.size());
  store_le(to, std::to_underlying(interface.link_type));
  store_le<std::uint16_t>(to + 2, 0);
  store_le(to + 4, interface.snapshot_length);
  copy_padded(to + interface_fixed, options);
  out.end_record(false);
  const auto number = static_cast<std::uint32_t>(written_.size());
  by_content_.emplace(content_hash(interface), number);
  written_.push_back({interface, clock});
  return number;
}

inline void PcapngEncoder::packet(const Packet& packet, std::uint32_t number, RecordBuffer& out) {
  if (is_simple(packet, number)) return simple_packet_block(packet, out);
  std::uint64_t ticks = 0;
  const std::int64_t time = packet.timestamp.time_since_epoch().count();
  const bool timed = !has(packet.flags, PacketFlags::no_timestamp);
  if (timed && !written_[number].clock.ticks(time, ticks, rounded_times_)) {
    throw Error{ErrorCode::cannot_hold,
                "a packet has a time outside what its interface's clock can tell"};
  }
  if (!timed && is_of_enhanced_block(packet)) ticks = out_of_range(written_[number].clock);
  const Bytes options = options_of_packet(packet, number);
  const std::size_t data_size = padded(packet.data.size());
  std::uint8_t* const to =
      open_block(out, enhanced_packet, packet_fixed + data_size + options.size());
  store_le(to, number);
  store_ticks(to + 4, ticks);
  store_le(to + 12, static_cast<std::uint32_t>(packet.data.size()));
  store_le(to + 16, packet.wire_length);
  copy_padded(to + packet_fixed, packet.data);
  copy_padded(to + packet_fixed + data_size, options);
  out.end_record(true);
}

// Of a simple packet block only the first interface of a section and its snapshot length tell how
// much was captured.
bool PcapngEncoder::is_simple(const Packet& packet, std::uint32_t number) const noexcept {
  if (!has(packet.flags, PacketFlags::no_timestamp) || number != 0) return false;
  if (is_of_enhanced_block(packet)) return false;
  if (packet_flags_word(packet, written_[0].interface) != 0) return false;
  const std::uint32_t limit = written_[0].interface.snapshot_length;
  const bool is_snapped = limit != 0 && limit < packet.wire_length;
  return packet.data.size() == (is_snapped ? limit : packet.wire_length);
}

void PcapngEncoder::simple_packet_block(const Packet& packet, RecordBuffer& out) {
  constexpr std::size_t fixed = 4;
  std::uint8_t* const to = open_block(out, simple_packet, fixed + packet.data.size());
  store_le(to, packet.wire_length);
  copy_padded(to + fixed, packet.data);
  out.end_record(true);
}

// What its source stored, or what the flags of the packet say.
Bytes PcapngEncoder::options_of_packet(const Packet& packet, std::uint32_t number) {
  if (packet.meta != nullptr && !packet.meta->options.empty()) {
    if (!packet.meta->options_big_endian) return packet.meta->options;
    options_.clear();
    append_little_endian(options_, packet.meta->options, ByteOrder::big, OptionsOf::packet);
    return options_;
  }
  const std::uint32_t flags = packet_flags_word(packet, written_[number].interface);
  if (flags == 0) return {};
  options_.assign(12, 0);
  store_le<std::uint16_t>(options_.data(), epb_flags);
  store_le<std::uint16_t>(options_.data() + 2, sizeof flags);
  store_le(options_.data() + 4, flags);
  return options_;
}

// They belong to the section that is open, or as far as that was not told to that of the last
// interface.
void PcapngEncoder::blocks(std::span<const Interface> interfaces, std::span<const Block> blocks,
                           RecordBuffer& out) {
  start_batch(interfaces, out);
  if (blocks.empty()) return;
  if (interfaces.empty() || are_told_) {
    header(out);
  } else {
    number_of(interfaces, static_cast<std::uint32_t>(interfaces.size() - 1), out);
  }
  for (const Block& block : blocks) this->block(block, out);
}

void PcapngEncoder::block(const Block& block, RecordBuffer& out) {
  options_.clear();
  if (block.big_endian) append_little_endian_body(options_, block);
  const Bytes body = block.big_endian ? Bytes{options_} : block.body;
  copy_padded(open_block(out, block.type, body.size()), body);
  out.end_record(false);
}

void PcapngEncoder::statistics(std::span<const Interface> interfaces,
                               const InterfaceStatistics& statistics, RecordBuffer& out) {
  start_batch(interfaces, out);
  const std::uint32_t number = number_of(interfaces, statistics.interface_index, out);
  const TickClock& clock = written_[number].clock;
  const std::vector<std::uint8_t> options = options_of(statistics, clock);
  std::uint64_t ticks = 0;
  std::uint64_t rounded = 0;
  if (!clock.ticks(statistics.time.time_since_epoch().count(), ticks, rounded)) ticks = 0;
  std::uint8_t* const to = open_block(out, interface_statistics, statistics_fixed + options.size());
  store_le(to, number);
  store_ticks(to + 4, ticks);
  copy_padded(to + statistics_fixed, options);
  out.end_record(false);
}

}  // namespace weir::savefile
