// Walks the blocks of pcapng files.
#include "savefile/pcapng/pcapng_reader.h"

#include <algorithm>

#include "savefile/pcapng/pcapng_blocks.h"
#include "savefile/pcapng/pcapng_options.h"

namespace weir::savefile {
namespace {

constexpr std::size_t enhanced_header = 20;
constexpr std::size_t simple_header = 4;

Fault wrong_length(std::uint32_t type, std::uint32_t length) {
  std::string cause =
      "a block of type " + std::to_string(type) + " claims " + std::to_string(length) + " bytes";
  if (length % 4 != 0) {
    cause += ", which is not a multiple of 4 as it must be (draft-ietf-opsawg-pcapng 3.1)";
  }
  return {ErrorCode::damaged, 0, std::move(cause)};
}

}  // namespace

std::unique_ptr<PcapngReader> PcapngReader::open(ByteInput& input, Lengths lengths,
                                                 PacketBlock& block, Fault& fault) {
  std::unique_ptr<PcapngReader> reader{new PcapngReader{lengths}};
  Framed found;
  for (std::size_t wanted = block_framing;; wanted = input.window().size() + 1) {
    input.require(wanted);
    const BlockOutcome outcome = reader->frame<false>(input.window(), found, fault);
    if (outcome == BlockOutcome::taken) break;
    if (outcome == BlockOutcome::fault) {
      if (!section_order(input.window().data() + 8)) fault.code = ErrorCode::not_a_capture;
      return nullptr;
    }
    if (input.window().size() < wanted) {
      fault = {ErrorCode::truncated, 0, "the section header is cut short"};
      return nullptr;
    }
  }
  if (reader->start_section(found.block.body, fault) == BlockOutcome::fault) return nullptr;
  input.consume(found.size);
  block.rounded_lengths += found.is_rounded ? 1 : 0;
  return reader;
}

Walk PcapngReader::walk(ByteInput& input, PacketBlock& block, Fault& fault) {
  composed_.clear();
  BlockOutcome outcome = BlockOutcome::taken;
  while (outcome == BlockOutcome::taken || outcome == BlockOutcome::other_order ||
         outcome == BlockOutcome::too_large) {
    // Behind what was appended, a fault that skip() finds could no longer be told.
    if (to_skip_ != 0 && !block.empty()) break;
    outcome = to_skip_ != 0              ? skip(input, fault)
              : order_ == ByteOrder::big ? walk_section<true>(input, block, fault)
                                         : walk_section<false>(input, block, fault);
    if (block.full()) break;
  }
  if (!block.empty()) return Walk::packets;
  return outcome == BlockOutcome::fault ? Walk::fault : Walk::needs_bytes;
}

// Takes blocks until one is not `taken`, or the block of packets is full.
template <bool big_endian>
PcapngReader::BlockOutcome PcapngReader::walk_section(ByteInput& input, PacketBlock& block,
                                                      Fault& fault) {
  const Bytes window = input.window();
  std::size_t at = 0;
  BlockOutcome outcome = BlockOutcome::taken;
  Framed found;
  while (outcome == BlockOutcome::taken && !block.full()) {
    outcome = frame<big_endian>(window.subspan(at), found, fault);
    if (outcome == BlockOutcome::taken) outcome = take<big_endian>(found.block, block, fault);
    if (outcome > BlockOutcome::enough) continue;
    at += found.size;
    block.rounded_lengths += found.is_rounded ? 1 : 0;
  }
  input.consume(at);
  if (outcome == BlockOutcome::fault) fault.offset = input.offset();
  if (outcome == BlockOutcome::too_large) {
    skip_length_ = load_as<big_endian, std::uint32_t>(input.window().data() + 4);
    skip_offset_ = input.offset();
    to_skip_ = skip_length_;
  }
  return outcome;
}

// Finds the block at the front of the window and checks that its two lengths agree.
template <bool big_endian>
PcapngReader::BlockOutcome PcapngReader::frame(Bytes window, Framed& found, Fault& fault) const {
  if (window.size() < block_framing) return BlockOutcome::needs_bytes;
  const auto type = load_as<big_endian, std::uint32_t>(window.data());
  found.block.type = type;
  ByteOrder order = big_endian ? ByteOrder::big : ByteOrder::little;
  if (type == section_header) {
    const auto shown = section_order(window.data() + 8);
    if (!shown) {
      fault = {ErrorCode::damaged, 0, "a section header without byte-order magic"};
      return BlockOutcome::fault;
    }
    order = *shown;
  }
  const auto total = load_as<std::uint32_t>(order, window.data() + 4);
  found.is_rounded = total % 4 != 0;
  const bool may_be_odd = lengths_ == Lengths::rounded && total <= max_block_size;
  if (total < block_framing || (found.is_rounded && !may_be_odd) ||
      (total > max_block_size && is_read_block(type))) {
    fault = wrong_length(type, total);
    return BlockOutcome::fault;
  }
  if (total > max_block_size) return BlockOutcome::too_large;
  found.size = padded(total);
  if (found.size > window.size()) return BlockOutcome::needs_bytes;
  const auto behind = load_as<std::uint32_t>(order, window.data() + found.size - 4);
  if (behind != total && behind != found.size) {
    fault = found.is_rounded ? wrong_length(type, total)
                             : Fault{ErrorCode::damaged, 0,
                                     "the two lengths of a block differ: " + std::to_string(total) +
                                         " and " + std::to_string(behind)};
    return BlockOutcome::fault;
  }
  found.block.body = window.subspan(8, found.size - block_framing);
  return BlockOutcome::taken;
}

template <bool big_endian>
PcapngReader::BlockOutcome PcapngReader::take(const Block& found, PacketBlock& block,
                                              Fault& fault) {
  switch (found.type) {
    case enhanced_packet:
    case simple_packet:
    case obsolete_packet:
      return take_packet<big_endian>(found, block, fault);
    default:
      return take_other(found, block, fault);
  }
}

PcapngReader::BlockOutcome PcapngReader::take_other(const Block& found, PacketBlock& block,
                                                    Fault& fault) {
  switch (found.type) {
    case interface_description:
      return add_interface(found.body, fault);
    case section_header:
      return block.empty() ? start_section(found.body, fault) : BlockOutcome::next_section;
    case interface_statistics:
      return add_statistics(found.body, fault);
    default:
      break;
  }
  if (!is_copied_block(found.type)) return BlockOutcome::taken;
  block.others[block.other_count++] = {found.type, found.body, order_ == ByteOrder::big};
  return block.other_count == block.others.size() ? BlockOutcome::enough : BlockOutcome::taken;
}

template <bool big_endian>
bool PcapngReader::read_record(const Block& found, Record& record) const noexcept {
  const Bytes body = found.body;
  const auto word = [&](std::size_t at) {
    return load_as<big_endian, std::uint32_t>(body.data() + at);
  };
  if (found.type == simple_packet) {
    if (body.size() < simple_header) return false;
    record.wire = word(0);
    record.captured = record.wire;
    if (clocks_.size() > section_base_) {
      const std::uint32_t limit = clocks_[section_base_].snapshot_length;
      if (limit != 0 && limit < record.captured) record.captured = limit;
    }
    record.timed = false;
    record.rest = body.subspan(simple_header);
    return true;
  }
  if (body.size() < enhanced_header) return false;
  if (found.type == enhanced_packet) {
    record.interface = word(0);
  } else {
    record.interface = load_as<big_endian, std::uint16_t>(body.data());
    record.drops = load_as<big_endian, std::uint16_t>(body.data() + 2);
  }
  record.ticks = std::uint64_t{word(4)} << 32 | word(8);
  record.captured = word(12);
  record.wire = word(16);
  record.rest = body.subspan(enhanced_header);
  return true;
}

template <bool big_endian>
PcapngReader::BlockOutcome PcapngReader::take_packet(const Block& found, PacketBlock& block,
                                                     Fault& fault) {
  Record record;
  const auto refuse = [&](std::string cause) {
    fault = {ErrorCode::damaged, 0, std::move(cause)};
    return BlockOutcome::fault;
  };
  if (!read_record<big_endian>(found, record)) return refuse("a packet block is too short");
  if (record.captured > record.rest.size()) {
    return refuse("a packet claims " + std::to_string(record.captured) + " bytes, its block has " +
                  std::to_string(record.rest.size()));
  }
  const std::size_t index = section_base_ + record.interface;
  if (index >= clocks_.size()) {
    return refuse("a packet of interface " + std::to_string(record.interface) +
                  ", but the section has " + std::to_string(clocks_.size() - section_base_));
  }
  const Clocked& interface = clocks_[index];
  std::int64_t time = 0;
  const bool has_time =
      record.timed && interface.clock.convert(record.ticks, time, block.rounded_times);
  Packet& packet = block.packets[block.count];
  packet.data = record.rest.first(record.captured);
  packet.timestamp = Timestamp{Duration{has_time ? time : 0}};
  packet.wire_length = record.wire;
  packet.interface_index = static_cast<std::uint32_t>(index);
  packet.link_type = interface.link_type;
  packet.flags = interface.flags;
  packet.direction = Direction::unknown;
  packet.meta = nullptr;
  if (has_time) {
    block.note_time(time);
  } else {
    packet.flags = packet.flags | PacketFlags::no_timestamp;
    block.no_timestamp += record.timed ? 1 : 0;
  }
  if (record.timed) {
    Bytes options = record.rest.subspan(padded(record.captured));
    if (record.drops != Record::drops_unknown) options = with_drops(record.drops, options);
    if (!options.empty()) {
      const auto known = read_packet_flags(options, order_);
      packet.direction = known.direction;
      packet.flags = packet.flags | known.flags;
    }
    if (!options.empty() || !has_time) {
      PacketMeta& meta = block.metas[block.count];
      meta = {.options = options, .options_big_endian = big_endian, .time_out_of_range = !has_time};
      packet.meta = &meta;
    }
  }
  ++block.count;
  return BlockOutcome::taken;
}

// The option list of an enhanced packet block that says the same.
Bytes PcapngReader::with_drops(std::uint16_t drops, Bytes options) {
  constexpr std::size_t size = 8;
  std::vector<std::uint8_t> list(4 + size + std::max<std::size_t>(options.size(), 4));
  const auto store = [&](std::size_t at, std::uint16_t value) {
    order_ == ByteOrder::big ? store_be(list.data() + at, value)
                             : store_le(list.data() + at, value);
  };
  store(0, epb_dropcount);
  store(2, size);
  store(order_ == ByteOrder::big ? 4 + size - 2 : 4, drops);
  std::ranges::copy(options, list.begin() + 4 + size);
  return composed_.emplace_back(std::move(list));
}

PcapngReader::BlockOutcome PcapngReader::start_section(Bytes body, Fault& fault) {
  constexpr std::size_t fixed = 16;  // magic, version, section length
  if (body.size() < fixed) {
    fault = {ErrorCode::damaged, 0, "a section header is too short"};
    return BlockOutcome::fault;
  }
  const ByteOrder order = section_order(body.data()).value_or(order_);
  const unsigned major = load_as<std::uint16_t>(order, body.data() + 4);
  const unsigned minor = load_as<std::uint16_t>(order, body.data() + 6);
  // 1.2 was written for a while and is the same format.
  if (major != 1 || (minor != 0 && minor != 2)) {
    fault = {ErrorCode::unsupported_format, 0,
             "pcapng version " + std::to_string(major) + "." + std::to_string(minor)};
    return BlockOutcome::fault;
  }
  if (!descriptions_.add(read_section(body.subspan(fixed), order), fault))
    return BlockOutcome::fault;
  section_base_ = clocks_.size();
  const bool same = order == order_;
  order_ = order;
  return same ? BlockOutcome::taken : BlockOutcome::other_order;
}

PcapngReader::BlockOutcome PcapngReader::add_interface(Bytes body, Fault& fault) {
  constexpr std::size_t fixed = 8;
  if (body.size() < fixed) {
    fault = {ErrorCode::damaged, 0, "an interface description is too short"};
    return BlockOutcome::fault;
  }
  PcapngInterface interface = read_interface(body, order_);
  const Clocked clocked{interface.clock, interface.description.link_type, interface.flags,
                        interface.description.snapshot_length};
  if (!descriptions_.add(std::move(interface.description), fault)) return BlockOutcome::fault;
  clocks_.push_back(clocked);
  return BlockOutcome::taken;
}

// No packet depends on them: what is wrong with them is no damage.
PcapngReader::BlockOutcome PcapngReader::add_statistics(Bytes body, Fault& fault) {
  constexpr std::size_t fixed = 12;
  if (body.size() < fixed) return BlockOutcome::taken;
  const std::size_t index = section_base_ + load_as<std::uint32_t>(order_, body.data());
  if (index >= clocks_.size()) return BlockOutcome::taken;
  auto statistics = read_statistics(body, order_, clocks_[index].clock);
  if (!statistics) return BlockOutcome::taken;
  statistics->interface_index = static_cast<std::uint32_t>(index);
  return descriptions_.add(std::move(*statistics), fault) ? BlockOutcome::taken
                                                          : BlockOutcome::fault;
}

// Passes over a block that is too large to hold and need not be read.
PcapngReader::BlockOutcome PcapngReader::skip(ByteInput& input, Fault& fault) {
  constexpr std::size_t trailer = 4;
  const std::uint64_t size = std::min<std::uint64_t>(input.window().size(), to_skip_ - trailer);
  input.consume(static_cast<std::size_t>(size));
  to_skip_ -= size;
  if (to_skip_ > trailer || input.window().size() < trailer) return BlockOutcome::needs_bytes;
  to_skip_ = 0;
  const auto behind = load_as<std::uint32_t>(order_, input.window().data());
  if (behind != skip_length_) {
    fault = {ErrorCode::damaged, skip_offset_, "the two lengths of a block differ"};
    return BlockOutcome::fault;
  }
  input.consume(trailer);
  return BlockOutcome::taken;
}

Fault PcapngReader::cut(const ByteInput& input) const {
  const std::uint64_t offset = to_skip_ != 0 ? skip_offset_ : input.offset();
  const std::uint64_t have = input.offset() + input.window().size() - offset;
  return {ErrorCode::truncated, offset,
          "the last block is cut short: " + std::to_string(have) + " bytes are there"};
}

// Blocks are aligned to four bytes (section 3.1).
std::size_t PcapngReader::fault_step(const ByteInput& input) {
  to_skip_ = 0;
  return static_cast<std::size_t>(4 - input.offset() % 4);
}

bool PcapngReader::resynchronise(ByteInput& input, bool at_end) {
  const Bytes window = input.window();
  std::size_t at = 0;
  for (; window.size() - at >= block_framing; at += 4) {
    const auto type = load_as<std::uint32_t>(order_, window.data() + at);
    if (!is_known_block(type)) continue;
    ByteOrder order = order_;
    if (type == section_header) {
      const auto shown = section_order(window.data() + at + 8);
      if (!shown) continue;
      order = *shown;
    }
    const auto total = load_as<std::uint32_t>(order, window.data() + at + 4);
    if (total < block_framing || total > max_block_size) continue;
    const std::size_t size = padded(total);
    if (size > window.size() - at) {
      if (at_end) continue;
      input.consume(at);
      return false;
    }
    if (load_as<std::uint32_t>(order, window.data() + at + size - 4) != total) continue;
    input.consume(at);
    return true;
  }
  input.consume(at_end ? window.size() : at);
  return at_end;
}

}  // namespace weir::savefile
