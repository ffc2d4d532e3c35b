// The Transmission Control Protocol (RFC 9293).
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <expected>

#include "weir/wire/fields.h"
#include "weir/wire/ip_protocol.h"
#include "weir/wire/parse_error.h"
#include "weir/wire/tcp_option.h"
#include "weir/wire/wire.h"

namespace weir::wire {

/// The control bits of TCP, as flags() holds them.
namespace tcp_flags {
inline constexpr std::uint16_t fin = 0x001;
inline constexpr std::uint16_t syn = 0x002;
inline constexpr std::uint16_t rst = 0x004;
inline constexpr std::uint16_t psh = 0x008;
inline constexpr std::uint16_t ack = 0x010;
inline constexpr std::uint16_t urg = 0x020;
inline constexpr std::uint16_t ece = 0x040;  ///< RFC 3168
inline constexpr std::uint16_t cwr = 0x080;  ///< RFC 3168
inline constexpr std::uint16_t ae = 0x100;   ///< accurate ECN, once the nonce sum
}  // namespace tcp_flags

/// A checked view of a TCP segment.
class TcpView : public View {
 public:
  static constexpr ProtocolSet protocols{Protocol::tcp};
  static constexpr std::size_t min_header_length = 20;

  [[nodiscard]] static std::expected<TcpView, ParseError> parse(Bytes bytes) noexcept {
    return parse_snapped(bytes, bytes.size());
  }

  /// As parse(), for a segment of `wire_length` bytes of which only `bytes` were captured: the
  /// fixed header must be whole, the options may be cut.
  [[nodiscard]] static std::expected<TcpView, ParseError> parse_snapped(
      Bytes bytes, std::size_t wire_length) noexcept {
    if (bytes.size() < min_header_length) return std::unexpected{ParseError::truncated};
    const TcpView header{bytes};
    if (header.header_length() < min_header_length) {
      return std::unexpected{ParseError::bad_header_length};
    }
    if (header.header_length() > std::max(wire_length, bytes.size())) {
      return std::unexpected{ParseError::truncated};
    }
    return header;
  }

  [[nodiscard]] std::uint16_t source_port() const noexcept { return field<std::uint16_t>(0); }
  [[nodiscard]] std::uint16_t destination_port() const noexcept { return field<std::uint16_t>(2); }
  [[nodiscard]] std::uint32_t sequence_number() const noexcept { return field<std::uint32_t>(4); }
  [[nodiscard]] std::uint32_t acknowledgment_number() const noexcept {
    return field<std::uint32_t>(8);
  }
  /// Bytes, options included: the data offset field times four.
  [[nodiscard]] std::size_t header_length() const noexcept {
    return (field<std::uint8_t>(12) >> 4) * std::size_t{4};
  }
  /// The four bits between data offset and control bits, the lowest of which is also in flags().
  [[nodiscard]] std::uint8_t reserved() const noexcept { return field<std::uint8_t>(12) & 0x0f; }
  /// The control bits, see tcp_flags: nine bits.
  [[nodiscard]] std::uint16_t flags() const noexcept { return field<std::uint16_t>(12) & 0x1ff; }
  [[nodiscard]] bool has(std::uint16_t flag) const noexcept { return (flags() & flag) != 0; }
  /// As it stands, not scaled.
  [[nodiscard]] std::uint16_t window() const noexcept { return field<std::uint16_t>(14); }
  [[nodiscard]] std::uint16_t checksum() const noexcept { return field<std::uint16_t>(16); }
  [[nodiscard]] std::uint16_t urgent_pointer() const noexcept { return field<std::uint16_t>(18); }
  /// What of them was captured.
  [[nodiscard]] TcpOptionList options() const noexcept {
    return TcpOptionList{
        bytes_.first(std::min(header_length(), bytes_.size())).subspan(min_header_length)};
  }

  [[nodiscard]] Bytes payload() const noexcept {
    return bytes_.subspan(std::min(header_length(), bytes_.size()));
  }

 private:
  using View::View;
};

/// What write() makes a TCP header of.
struct TcpFields {
  std::uint16_t source_port = 0;
  /// Left open: that of what follows, or 0.
  std::optional<std::uint16_t> destination_port{};
  std::uint32_t sequence_number = 0;
  std::uint32_t acknowledgment_number = 0;
  /// In words of four bytes, at most 15. Left open: what the options make it.
  std::optional<std::uint8_t> data_offset{};
  /// The three bits between data offset and flags.
  std::uint8_t reserved = 0;
  /// See tcp_flags; nine bits.
  std::uint16_t flags = 0;
  std::uint16_t window = 0;
  /// Left open: the right one.
  std::optional<std::uint16_t> checksum{};
  std::uint16_t urgent_pointer = 0;
  /// Borrowed. At most 40 bytes; padded with end of list to a multiple of four.
  Bytes options{};
  /// Instead of the one of the IP header around it.
  std::optional<WordSum> pseudo_header{};

  [[nodiscard]] static TcpFields of(const TcpView& header) noexcept {
    return {.source_port = header.source_port(),
            .destination_port = header.destination_port(),
            .sequence_number = header.sequence_number(),
            .acknowledgment_number = header.acknowledgment_number(),
            .data_offset = static_cast<std::uint8_t>(header.header_length() / 4),
            .reserved = static_cast<std::uint8_t>(header.reserved() >> 1),
            .flags = header.flags(),
            .window = header.window(),
            .checksum = header.checksum(),
            .urgent_pointer = header.urgent_pointer(),
            .options = header.options().bytes()};
  }
  [[nodiscard]] static constexpr HeaderNumbers numbers() noexcept {
    return {.ip_protocol = ip_protocol::tcp};
  }
  constexpr void name_next(const HeaderNumbers& next) noexcept {
    if (!destination_port) destination_port = next.port;
  }
  /// 20 bytes and the options.
  [[nodiscard]] std::size_t header_length() const noexcept {
    return TcpView::min_header_length + (options.size() + 3) / 4 * 4;
  }
  [[nodiscard]] Written write(MutableBytes to, Bytes /*payload*/) const noexcept {
    const std::size_t length = header_length();
    if (to.size() < length) return std::unexpected{WriteError::no_room};
    if (options.size() > 40) return std::unexpected{WriteError::too_long};
    const std::size_t words = data_offset.value_or(length / 4);
    if (words > 15 || reserved > 7 || flags > 0x1ff) return std::unexpected{WriteError::bad_value};
    if (!options.empty()) {
      std::memset(to.data() + length - 4, HeaderOption::end_of_list, 4);
      std::memcpy(to.data() + TcpView::min_header_length, options.data(), options.size());
    }
    store_be(to.data(), source_port);
    store_be(to.data() + 2, destination_port.value_or(0));
    store_be(to.data() + 4, sequence_number);
    store_be(to.data() + 8, acknowledgment_number);
    store_be(to.data() + 12,
             static_cast<std::uint16_t>(words << 12 | std::size_t{reserved} << 9 | flags));
    store_be(to.data() + 14, window);
    store_be(to.data() + 16, checksum.value_or(0));
    store_be(to.data() + 18, urgent_pointer);
    return length;
  }
  static void seal(MutableBytes message, WordSum pseudo_header) noexcept {
    store_be(message.data() + 16, std::uint16_t{0});
    store_be(message.data() + 16, internet_checksum(message, pseudo_header));
  }
};

}  // namespace weir::wire
