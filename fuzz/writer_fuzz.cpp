// Fuzzes the savefile writer in memory: whatever is read, written and read again is the same.
//
// Input: a byte that chooses format, compression and whether damage is skipped; a capture.
#include <algorithm>
#include <cstdlib>

#include "weir/error.h"
#include "weir/savefile/reader.h"
#include "weir/savefile/writer.h"

namespace {

using namespace weir::savefile;
using weir::Bytes;
using weir::Packet;
using weir::PacketFlags;

struct Choice {
  WriterOptions writer{};
  ReaderOptions reader{};
};

Choice chosen_by(std::uint8_t octet) {
  constexpr Format formats[] = {Format::pcap, Format::pcap_nanosecond, Format::pcapng};
  constexpr Compression compressions[] = {Compression::none, Compression::gzip, Compression::zstd,
                                          Compression::lz4, Compression::xz};
  Choice choice{
      .writer = {.format = formats[octet % 3], .compression = compressions[octet / 3 % 5]},
      .reader = {.skip_damaged = octet / 15 % 2 != 0}};
  // Higher ones take more memory than an input may.
  if (choice.writer.compression != Compression::none) choice.writer.level = 1;
  return choice;
}

void check(bool holds) {
  if (!holds) std::abort();
}

/// How many packets were taken before the format could not hold one, or the file was damaged.
std::uint64_t copy(Reader& reader, Writer& writer) {
  bool is_held = true;
  try {
    reader.copy_to(writer);
  } catch (const weir::FormatError&) {
    // What was whole before the damage has been written.
  } catch (const weir::Error& error) {
    check(error.code() == weir::ErrorCode::cannot_hold);
    is_held = false;
    writer.flush();
  }
  const std::uint64_t packets = is_held ? reader.counts().packets : writer.counts().packets;
  writer.close();
  check(writer.counts().packets == packets && writer.counts().held_back == 0);
  return packets;
}

/// But for the section of a file that has none.
void check_same(weir::Interface copy, const weir::Interface& original, Format source) {
  if (source != Format::pcapng) {
    copy.section.reset();
    copy.options.clear();
  }
  check(copy == original);
}

void check_same_pcapng(const Packet& copy, const Packet& original) {
  const bool untimed = has(original.flags, PacketFlags::no_timestamp);
  check(copy.flags == original.flags ||
        (untimed && (copy.flags | PacketFlags::no_timestamp) == original.flags));
  check(copy.direction == original.direction);
  if (!has(copy.flags, PacketFlags::no_timestamp) && !untimed) {
    check(copy.timestamp == original.timestamp);
  }
  if (original.meta == nullptr || original.meta->options_big_endian) return;
  check(copy.meta != nullptr && !copy.meta->options_big_endian);
  check(std::ranges::equal(copy.meta->options, original.meta->options));
}

void check_same(const Packet& copy, const Packet& original, Format format) {
  check(copy.wire_length == original.wire_length && copy.link_type == original.link_type);
  check(std::ranges::equal(copy.data, original.data));
  if (format == Format::pcapng) return check_same_pcapng(copy, original);
  const auto tick = weir::Duration{format == Format::pcap ? 1000 : 1};
  check(copy.timestamp == original.timestamp - original.timestamp.time_since_epoch() % tick);
}

void check_reads_as(Reader copy, Reader original, std::uint64_t packets) {
  auto at = copy.begin();
  check((at == copy.end()) == (packets == 0));
  if (packets == 0) return;
  for (const Packet& packet : original) {
    check_same(*at, packet, copy.format());
    if (copy.format() == Format::pcapng) {
      check_same(copy.interfaces()[at->interface_index],
                 original.interfaces()[packet.interface_index], original.format());
    }
    ++at;
    if (--packets == 0) break;
  }
  check(packets == 0 && at == copy.end());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const Choice choice = chosen_by(data[0]);
  const Bytes capture{data + 1, size - 1};
  std::vector<std::uint8_t> bytes;
  std::uint64_t packets = 0;
  try {
    Reader reader = Reader::memory(capture, choice.reader);
    Writer writer = Writer::memory(bytes, choice.writer);
    packets = copy(reader, writer);
  } catch (const weir::FormatError&) {
    return 0;  // no capture
  }
  Reader copy = Reader::memory(bytes);
  check(copy.compression() == choice.writer.compression && copy.format() == choice.writer.format);
  check_reads_as(std::move(copy), Reader::memory(capture, choice.reader), packets);
  return 0;
}
