// Fuzzes the savefile readers in memory: any bytes, with and without skipping damage.
#include <cstdlib>
#include <vector>

#include "savefile/pcapng/pcapng_little_endian.h"
#include "weir/error.h"
#include "weir/savefile/packet_options.h"
#include "weir/savefile/reader.h"
#include "weir/savefile/resolved_names.h"

namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

// A copy of the file would hold no more than it does, in whole words.
void check_copies(const weir::Packet& packet) {
  if (packet.meta == nullptr) return;
  using enum weir::savefile::ByteOrder;
  std::vector<std::uint8_t> copy;
  weir::savefile::append_little_endian(copy, packet.meta->options,
                                       packet.meta->options_big_endian ? big : little,
                                       weir::savefile::OptionsOf::packet);
  check(copy.size() <= packet.meta->options.size() && copy.size() % 4 == 0);
}

void check_copies(const weir::Block& block) {
  std::vector<std::uint8_t> copy;
  weir::savefile::append_little_endian_body(copy, block);
  check(copy.size() <= block.body.size() && copy.size() % 4 == 0);
  weir::savefile::ResolvedNames names;
  weir::savefile::add_resolved_names(names, block);
  check(names.ipv4 + names.ipv6 <= block.body.size());
}

// Touches every byte handed out, so that a sanitizer sees views that are too long.
std::uint64_t sum_of(weir::Bytes bytes) {
  std::uint64_t sum = 0;
  for (const std::uint8_t octet : bytes) sum += octet;
  return sum;
}

std::uint64_t sum_of(const weir::Packet& packet) {
  std::uint64_t sum = packet.wire_length + sum_of(packet.data);
  if (packet.meta == nullptr) return sum;
  const auto options = weir::savefile::read_packet_options(*packet.meta);
  for (const std::string_view comment : options.comments) sum += comment.size();
  sum += sum_of(options.hash);
  return sum + sum_of(packet.meta->options);
}

void read_to_the_end(weir::savefile::Reader& reader) {
  std::uint64_t packets = 0;
  volatile std::uint64_t sink = 0;
  for (;;) {
    const weir::Batch batch = reader.next_batch();
    for (const weir::Block& block : reader.blocks()) {
      sink = sink + sum_of(block.body);
      check_copies(block);
    }
    if (batch.state == weir::SourceState::timeout) {
      check(batch.packets.empty() && !reader.blocks().empty());
      continue;
    }
    if (batch.state != weir::SourceState::packets) {
      check(batch.state == weir::SourceState::end && reader.blocks().empty());
      break;
    }
    check(!batch.packets.empty() && batch.packets.size() <= weir::Batch::max_packets);
    for (const weir::Packet& packet : batch.packets) {
      check(packet.interface_index < reader.interfaces().size());
      sink = sink + sum_of(packet);
      check_copies(packet);
    }
    packets += batch.packets.size();
  }
  check(reader.counts().packets == packets);
  for (const weir::InterfaceStatistics& statistics : reader.statistics()) {
    check(statistics.interface_index < reader.interfaces().size());
  }
}

void read(weir::Bytes bytes, weir::savefile::ReaderOptions options) {
  try {
    auto reader = weir::savefile::Reader::memory(bytes, options);
    try {
      read_to_the_end(reader);
      if (reader.compression() == weir::savefile::Compression::none) {
        check(reader.counts().stream_bytes == bytes.size());
      }
    } catch (const weir::FormatError&) {
      check(reader.next_batch().state == weir::SourceState::end);
    }
  } catch (const weir::FormatError& error) {
    check(error.code() != weir::ErrorCode::system_call);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  read({data, size}, {});
  read({data, size}, {.skip_damaged = true});
  return 0;
}
