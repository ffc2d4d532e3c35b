// The Stream Control Transmission Protocol (RFC 9260): common header and chunks.
#pragma once

#include <algorithm>
#include <cstdint>
#include <expected>
#include <optional>

#include "weir/api.h"
#include "weir/wire/checksum.h"
#include "weir/wire/fields.h"
#include "weir/wire/ip_protocol.h"
#include "weir/wire/parse_error.h"
#include "weir/wire/tlv_list.h"
#include "weir/wire/wire.h"

namespace weir::wire {

/// One chunk (RFC 9260 3.2). `value` is what follows type, flags and length, padding left out.
struct SctpChunk {
  static constexpr std::uint8_t data = 0;
  static constexpr std::uint8_t init = 1;
  static constexpr std::uint8_t init_ack = 2;
  static constexpr std::uint8_t sack = 3;
  static constexpr std::uint8_t heartbeat = 4;
  static constexpr std::uint8_t heartbeat_ack = 5;
  static constexpr std::uint8_t abort = 6;
  static constexpr std::uint8_t shutdown = 7;
  static constexpr std::uint8_t shutdown_ack = 8;
  static constexpr std::uint8_t error = 9;
  static constexpr std::uint8_t cookie_echo = 10;
  static constexpr std::uint8_t cookie_ack = 11;
  static constexpr std::uint8_t shutdown_complete = 14;

  std::uint8_t type = data;
  std::uint8_t flags = 0;
  Bytes value{};

  /// See Tlv; damaged with a length below 4.
  [[nodiscard]] static std::size_t read(Bytes rest, SctpChunk& chunk) noexcept {
    if (rest.size() < 4) return 0;
    const std::size_t length = load_be<std::uint16_t>(rest.data() + 2);
    if (length < 4 || length > rest.size()) return 0;
    chunk = {.type = rest[0], .flags = rest[1], .value = rest.subspan(4, length - 4)};
    // Padded to a multiple of four; the last chunk's padding may be missing.
    return std::min((length + 3) / 4 * 4, rest.size());
  }
};

using SctpChunkList = TlvList<SctpChunk>;

/// A checked view of an SCTP packet.
class SctpView : public View {
 public:
  static constexpr ProtocolSet protocols{Protocol::sctp};
  static constexpr std::size_t min_header_length = 12;

  [[nodiscard]] static std::expected<SctpView, ParseError> parse(Bytes bytes) noexcept {
    if (bytes.size() < min_header_length) return std::unexpected{ParseError::truncated};
    return SctpView{bytes};
  }

  [[nodiscard]] std::uint16_t source_port() const noexcept { return field<std::uint16_t>(0); }
  [[nodiscard]] std::uint16_t destination_port() const noexcept { return field<std::uint16_t>(2); }
  [[nodiscard]] std::uint32_t verification_tag() const noexcept { return field<std::uint32_t>(4); }
  /// CRC32c, as it stands on the wire.
  [[nodiscard]] std::uint32_t checksum() const noexcept { return field<std::uint32_t>(8); }
  [[nodiscard]] SctpChunkList chunks() const noexcept { return SctpChunkList{payload()}; }

  [[nodiscard]] static constexpr std::size_t header_length() noexcept { return min_header_length; }
  /// The chunks.
  [[nodiscard]] Bytes payload() const noexcept { return bytes_.subspan(min_header_length); }

 private:
  using View::View;
};

/// What write() makes an SCTP common header of.
struct SctpFields {
  std::uint16_t source_port = 0;
  /// Left open: that of what follows, or 0.
  std::optional<std::uint16_t> destination_port{};
  std::uint32_t verification_tag = 0;
  /// Over header and chunks. Left open: the right one.
  std::optional<std::uint32_t> checksum{};

  [[nodiscard]] static SctpFields of(const SctpView& header) noexcept {
    return {.source_port = header.source_port(),
            .destination_port = header.destination_port(),
            .verification_tag = header.verification_tag(),
            .checksum = header.checksum()};
  }
  [[nodiscard]] static constexpr HeaderNumbers numbers() noexcept {
    return {.ip_protocol = ip_protocol::sctp};
  }
  constexpr void name_next(const HeaderNumbers& next) noexcept {
    if (!destination_port) destination_port = next.port;
  }
  [[nodiscard]] static constexpr std::size_t header_length() noexcept {
    return SctpView::min_header_length;
  }
  [[nodiscard]] Written write(MutableBytes to, Bytes /*payload*/) const noexcept {
    if (to.size() < header_length()) return std::unexpected{WriteError::no_room};
    store_be(to.data(), source_port);
    store_be(to.data() + 2, destination_port.value_or(0));
    store_be(to.data() + 4, verification_tag);
    store_be(to.data() + 8, checksum.value_or(0));
    return header_length();
  }
  /// No pseudo-header is in the sum.
  WEIR_API static void seal(MutableBytes message, WordSum pseudo_header) noexcept;
};

}  // namespace weir::wire
