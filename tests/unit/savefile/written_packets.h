// Packets and interfaces to be written, and files that are written of them.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "weir/savefile/reader.h"
#include "weir/savefile/writer.h"

namespace weir::test {

/// Of characters that live on.
[[nodiscard]] inline Bytes bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

/// Borrows `data`.
[[nodiscard]] inline Packet packet_of(std::string_view data, std::int64_t nanoseconds = 0,
                                      std::uint32_t interface = 0) {
  Packet packet;
  packet.data = bytes_of(data);
  packet.wire_length = static_cast<std::uint32_t>(data.size());
  packet.timestamp = Timestamp{Duration{nanoseconds}};
  packet.interface_index = interface;
  return packet;
}

/// With nanoseconds.
[[nodiscard]] inline Interface interface_of(std::string name,
                                            LinkType link_type = LinkType::ethernet) {
  Interface interface;
  interface.name = std::move(name);
  interface.link_type = link_type;
  interface.ticks_per_second = 1'000'000'000;
  return interface;
}

/// What `use` writes to a writer that is closed then.
[[nodiscard]] inline std::vector<std::uint8_t> written(
    const savefile::WriterOptions& options, const std::function<void(savefile::Writer&)>& use) {
  std::vector<std::uint8_t> bytes;
  savefile::Writer writer = savefile::Writer::memory(bytes, options);
  use(writer);
  writer.close();
  return bytes;
}

/// Everything a reader hands out, as `weir read -w` does.
inline void copy(savefile::Reader& reader, savefile::Writer& writer) {
  std::size_t sections = 0;
  for (SourceState state = SourceState::timeout; state != SourceState::end;) {
    const Batch batch = reader.next_batch();
    for (; sections < reader.sections().size(); ++sections) {
      writer.write_section(reader.interfaces(), reader.sections()[sections]);
    }
    writer.write_blocks(reader.interfaces(), reader.blocks());
    writer.write(reader.interfaces(), batch.packets);
    state = batch.state;
  }
  for (const InterfaceStatistics& counted : reader.statistics()) {
    writer.write_statistics(reader.interfaces(), counted);
  }
}

/// A copy of a capture in memory.
[[nodiscard]] inline std::vector<std::uint8_t> copied(Bytes capture,
                                                      const savefile::WriterOptions& options) {
  return written(options, [&](savefile::Writer& writer) {
    savefile::Reader reader = savefile::Reader::memory(capture);
    copy(reader, writer);
  });
}

}  // namespace weir::test
