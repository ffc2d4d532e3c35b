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

/// A copy of a capture in memory.
[[nodiscard]] inline std::vector<std::uint8_t> copied(Bytes capture,
                                                      const savefile::WriterOptions& options) {
  return written(options, [&](savefile::Writer& writer) {
    savefile::Reader reader = savefile::Reader::memory(capture);
    reader.copy_to(writer);
  });
}

}  // namespace weir::test
