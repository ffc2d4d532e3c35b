// Packets of captures written again from the fields of their headers.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "weir/packet.h"
#include "weir/wire/any_fields.h"
#include "weir/wire/layers.h"

namespace weir::differential {

/// A packet, and the Fields of those of its headers that can be read.
struct Dissected {
  explicit Dissected(const Packet& packet);

  Packet packet;
  wire::Layers layers;
  std::vector<std::optional<wire::AnyFields>> fields{};
};

/// The packet's bytes, all headers with Fields overwritten and then written from these, every field
/// given.
[[nodiscard]] std::vector<std::uint8_t> rewritten(const Dissected& dissected);

/// Whether rebuilt() can be the packet: it is whole, and no checksum is wrong or cannot be told.
[[nodiscard]] bool can_be_rebuilt(const Dissected& dissected);

/// The packet put together again by FrameWriter, from the payload outwards, up to where the payload
/// ends: lengths, checksums, and what follows are left open. Nothing where a header was not
/// written. Headers without Fields, and what stands between headers, are copied.
[[nodiscard]] std::optional<std::vector<std::uint8_t>> rebuilt(const Dissected& dissected);

/// The index of the header that holds the first byte that differs; nothing where none does. The
/// number of headers: in the payload.
[[nodiscard]] std::optional<std::size_t> first_difference(const Dissected& dissected, Bytes other);

}  // namespace weir::differential
