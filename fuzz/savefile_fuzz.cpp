// Fuzzes the savefile readers in memory: any bytes, with and without skipping damage.
#include <cstdlib>

#include "weir/error.h"
#include "weir/savefile/reader.h"

namespace {

// Touches every byte handed out, so that a sanitizer sees views that are too long.
std::uint64_t sum_of(weir::Bytes bytes) {
  std::uint64_t sum = 0;
  for (const std::uint8_t octet : bytes) sum += octet;
  return sum;
}

std::uint64_t sum_of(const weir::Packet& packet) {
  const std::uint64_t sum = packet.wire_length + sum_of(packet.data);
  return packet.meta != nullptr ? sum + sum_of(packet.meta->options) : sum;
}

void check(bool holds) {
  if (!holds) std::abort();
}

void read_to_the_end(weir::savefile::Reader& reader) {
  std::uint64_t packets = 0;
  volatile std::uint64_t sink = 0;
  for (;;) {
    const weir::Batch batch = reader.next_batch();
    for (const weir::savefile::Block& block : reader.blocks()) sink = sink + sum_of(block.body);
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
