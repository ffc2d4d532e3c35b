// The Transmission Control Protocol (RFC 9293).
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <expected>

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
  std::uint16_t destination_port = 0;
  std::uint32_t sequence_number = 0;
  std::uint32_t acknowledgment_number = 0;
  /// See tcp_flags.
  std::uint16_t flags = 0;
  std::uint16_t window = 0;
  /// Depends on the pseudo-header and the payload: see internet_checksum().
  std::uint16_t checksum = 0;
  std::uint16_t urgent_pointer = 0;
  /// At most 40 bytes; padded with end of list to a multiple of four.
  Bytes options{};

  /// 20 to 60 bytes.
  [[nodiscard]] std::size_t header_length() const noexcept {
    return TcpView::min_header_length + (options.size() + 3) / 4 * 4;
  }

  /// Returns the bytes written; 0 if `to` is too small or the options are too long.
  [[nodiscard]] std::size_t write(MutableBytes to) const noexcept {
    const std::size_t length = header_length();
    if (options.size() > 40 || to.size() < length) return 0;
    std::fill_n(to.data(), length, std::uint8_t{0});
    store_be(to.data(), source_port);
    store_be(to.data() + 2, destination_port);
    store_be(to.data() + 4, sequence_number);
    store_be(to.data() + 8, acknowledgment_number);
    store_be(to.data() + 12, static_cast<std::uint16_t>(length / 4 << 12 | (flags & 0x1ff)));
    store_be(to.data() + 14, window);
    store_be(to.data() + 16, checksum);
    store_be(to.data() + 18, urgent_pointer);
    if (!options.empty()) std::memcpy(to.data() + 20, options.data(), options.size());
    return length;
  }
};

}  // namespace weir::wire
