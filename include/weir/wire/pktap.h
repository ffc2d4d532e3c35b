// Apple's packet tap (LINKTYPE_PKTAP): interface and process before a packet of any link type.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <expected>

#include "weir/wire/parse_error.h"
#include "weir/wire/wire.h"

namespace weir::wire {

/// A packet tap header; little-endian throughout.
class PktapView : public View {
 public:
  static constexpr ProtocolSet protocols{Protocol::pktap};
  static constexpr std::size_t min_header_length = 108;
  static constexpr std::uint32_t record_packet = 1;

  [[nodiscard]] static std::expected<PktapView, ParseError> parse(Bytes bytes) noexcept {
    if (bytes.size() < min_header_length) return std::unexpected{ParseError::truncated};
    const PktapView header{bytes};
    if (header.header_length() < min_header_length) {
      return std::unexpected{ParseError::bad_header_length};
    }
    if (header.header_length() > bytes.size()) return std::unexpected{ParseError::truncated};
    return header;
  }

  /// record_packet, or a kind of record without a packet.
  [[nodiscard]] std::uint32_t record_type() const noexcept { return field_le<std::uint32_t>(4); }
  /// The DLT_ number of what follows.
  [[nodiscard]] std::uint32_t dlt() const noexcept { return field_le<std::uint32_t>(8); }
  /// 24 bytes, filled up with zeros.
  [[nodiscard]] Bytes interface_name() const noexcept { return bytes_.subspan(12, 24); }
  /// 1 is in, 2 is out.
  [[nodiscard]] std::uint32_t flags() const noexcept { return field_le<std::uint32_t>(36); }
  [[nodiscard]] std::uint32_t process_identifier() const noexcept {
    return field_le<std::uint32_t>(52);
  }
  /// 20 bytes, filled up with zeros.
  [[nodiscard]] Bytes command_name() const noexcept { return bytes_.subspan(56, 20); }

  [[nodiscard]] std::size_t header_length() const noexcept { return field_le<std::uint32_t>(0); }
  [[nodiscard]] Bytes payload() const noexcept { return bytes_.subspan(header_length()); }

 private:
  using View::View;
};

/// What write() makes a packet tap header of; what is not named here is written as 0.
struct PktapFields {
  std::uint32_t record_type = PktapView::record_packet;
  std::uint32_t dlt = 1;
  std::array<std::uint8_t, 24> interface_name{};
  std::uint32_t flags = 0;
  std::uint32_t process_identifier = 0;
  std::array<std::uint8_t, 20> command_name{};

  /// Bytes written; 0 if there is no room.
  [[nodiscard]] std::size_t write(MutableBytes to) const noexcept {
    if (to.size() < PktapView::min_header_length) return 0;
    std::memset(to.data(), 0, PktapView::min_header_length);
    store_le(to.data(), std::uint32_t{PktapView::min_header_length});
    store_le(to.data() + 4, record_type);
    store_le(to.data() + 8, dlt);
    store_bytes(to.data() + 12, interface_name);
    store_le(to.data() + 36, flags);
    store_le(to.data() + 52, process_identifier);
    store_bytes(to.data() + 56, command_name);
    return PktapView::min_header_length;
  }
};

}  // namespace weir::wire
