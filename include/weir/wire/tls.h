// Transport Layer Security (RFC 8446): record header and the server name of a ClientHello.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string_view>

#include "weir/api.h"
#include "weir/wire/fields.h"
#include "weir/wire/parse_error.h"
#include "weir/wire/wire.h"

namespace weir::wire {

/// RFC 8446 5.1.
enum class TlsContentType : std::uint8_t {
  change_cipher_spec = 20,
  alert = 21,
  handshake = 22,
  application_data = 23,
  heartbeat = 24,
};

/// A checked view of a TLS record (RFC 8446 5.1). A record goes on in the next segments: a length
/// beyond the bytes is only cut for reading.
class TlsRecordView : public View {
 public:
  static constexpr ProtocolSet protocols{Protocol::tls};
  static constexpr std::size_t min_header_length = 5;
  /// RFC 5246 6.2.3: 2^14 bytes, and up to 2048 more once protected.
  static constexpr std::uint16_t max_length = (1 << 14) + 2048;

  [[nodiscard]] static std::expected<TlsRecordView, ParseError> parse(Bytes bytes) noexcept {
    if (bytes.size() < min_header_length) return std::unexpected{ParseError::truncated};
    const TlsRecordView record{bytes};
    const auto type = static_cast<std::uint8_t>(record.content_type());
    if (type < 20 || type > 24) return std::unexpected{ParseError::bad_field};
    if (bytes[1] != 3 || bytes[2] > 4) return std::unexpected{ParseError::bad_version};
    const std::size_t length = record.length();
    if (length > max_length) return std::unexpected{ParseError::bad_length};
    if (length > bytes.size() - min_header_length) return record;
    return TlsRecordView{bytes.first(min_header_length + length)};
  }

  [[nodiscard]] TlsContentType content_type() const noexcept {
    return static_cast<TlsContentType>(field<std::uint8_t>(0));
  }
  /// 0x0300 SSL 3.0, 0x0301 TLS 1.0, ... 0x0303 TLS 1.2 and later.
  [[nodiscard]] std::uint16_t legacy_record_version() const noexcept {
    return field<std::uint16_t>(1);
  }
  /// Bytes of the fragment behind the header, as it says; payload() may hold fewer.
  [[nodiscard]] std::uint16_t length() const noexcept { return field<std::uint16_t>(3); }

  [[nodiscard]] static constexpr std::size_t header_length() noexcept { return min_header_length; }
  [[nodiscard]] Bytes payload() const noexcept { return bytes_.subspan(min_header_length); }

 private:
  using View::View;
};

/// What write() makes the header of a record of.
struct TlsRecordFields {
  TlsContentType content_type = TlsContentType::handshake;
  std::uint16_t legacy_record_version = 0x0303;
  /// Bytes of the fragment. Left open: all that stands behind.
  std::optional<std::uint16_t> length{};

  [[nodiscard]] static TlsRecordFields of(const TlsRecordView& record) noexcept {
    return {.content_type = record.content_type(),
            .legacy_record_version = record.legacy_record_version(),
            .length = record.length()};
  }
  [[nodiscard]] static constexpr HeaderNumbers numbers() noexcept { return {.port = 443}; }
  [[nodiscard]] static constexpr std::size_t header_length() noexcept {
    return TlsRecordView::min_header_length;
  }
  [[nodiscard]] Written write(MutableBytes to, Bytes payload) const noexcept {
    if (to.size() < header_length()) return std::unexpected{WriteError::no_room};
    if (!length && payload.size() > TlsRecordView::max_length) {
      return std::unexpected{WriteError::too_long};
    }
    to[0] = static_cast<std::uint8_t>(content_type);
    store_be(to.data() + 1, legacy_record_version);
    store_be(to.data() + 3, length.value_or(static_cast<std::uint16_t>(payload.size())));
    return header_length();
  }
};

/// The host name of the server name extension (RFC 6066 3) if `payload` starts with a TLS record
/// that starts with a ClientHello; it may be cut anywhere behind the name. Borrows from `payload`.
/// Names with a byte that cannot stand in a host name are refused.
[[nodiscard]] WEIR_API std::optional<std::string_view> tls_server_name(Bytes payload) noexcept;

}  // namespace weir::wire
