// Layers of steelscript.packets without a header of their own, and NetflowSimple.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>

#include "weir/api.h"
#include "weir/compat/steelscript/field.h"

namespace weir::compat::steelscript {

/// Of PKT itself: nothing.
struct PktHeader {
  WEIR_API static const LayerClass layer;
  [[nodiscard]] static std::expected<Rest, wire::ParseError> read(Bytes /*bytes*/) noexcept {
    return Rest{};
  }
  [[nodiscard]] static std::size_t header_length() noexcept { return 0; }
  [[nodiscard]] static wire::Written write(MutableBytes /*message*/,
                                           const Pkt2Net& /*told*/) noexcept {
    return 0;
  }
};

/// Of NullPkt: bytes as they are.
struct NullHeader {
  Octets payload{};

  /// The first two bytes as a number; nothing where there are less.
  [[nodiscard]] WEIR_API std::optional<std::uint16_t> get_fake_proto_id() const noexcept;

  WEIR_API static const LayerClass layer;
  [[nodiscard]] WEIR_API std::expected<Rest, wire::ParseError> read(Bytes bytes);
  [[nodiscard]] std::size_t header_length() const noexcept { return payload.size(); }
  [[nodiscard]] WEIR_API wire::Written write(MutableBytes message, const Pkt2Net& told) noexcept;
};

/// What NetFlow of versions 1 to 9 begins with.
struct NetflowHeader {
  std::uint16_t version = 0;
  /// Of records; version 9 of flow sets too.
  std::uint16_t count = 0;
  /// Milliseconds since the exporter started.
  std::uint32_t sys_uptime = 0;
  /// When it was sent: seconds since 1970, and in all but version 9 nanoseconds.
  std::uint32_t unix_secs = 0;
  std::uint32_t unix_nano_seconds = 0;
  /// All that follows.
  Octets payload{};

  WEIR_API static const LayerClass layer;
  [[nodiscard]] WEIR_API std::expected<Rest, wire::ParseError> read(Bytes bytes);
  [[nodiscard]] std::size_t header_length() const noexcept { return 16 + payload.size(); }
  [[nodiscard]] WEIR_API wire::Written write(MutableBytes message, const Pkt2Net& told) noexcept;
};

}  // namespace weir::compat::steelscript
