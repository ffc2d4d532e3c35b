// Linux netfilter log (LINKTYPE_NFLOG): attributes, one of which holds the IP packet.
#pragma once

#include <cstdint>
#include <expected>

#include "weir/wire/parse_error.h"
#include "weir/wire/wire.h"

namespace weir::wire {

/// A netfilter log record up to its payload attribute. Attributes are in the byte order of the host
/// that recorded them, which the record does not say: the order in which their lengths add up to a
/// payload is taken, little-endian first.
class NflogView : public View {
 public:
  static constexpr ProtocolSet protocols{Protocol::nflog};
  static constexpr std::size_t min_header_length = 4;
  static constexpr std::uint16_t attribute_payload = 9;  // NFULA_PAYLOAD

  /// Refused with bad_field: a record with more attributes than the kernel has kinds of.
  [[nodiscard]] static std::expected<NflogView, ParseError> parse(Bytes bytes) noexcept {
    if (bytes.size() < min_header_length) return std::unexpected{ParseError::truncated};
    if (bytes[1] != 0) return std::unexpected{ParseError::bad_version};
    const auto little = find_payload(bytes, load_le<std::uint16_t>);
    if (little) return little;
    const auto big = find_payload(bytes, load_be<std::uint16_t>);
    return big ? big : little;
  }

  /// AF_ number of Linux: 2 is IPv4, 10 is IPv6.
  [[nodiscard]] std::uint8_t family() const noexcept { return bytes_[0]; }
  [[nodiscard]] std::uint8_t version() const noexcept { return bytes_[1]; }
  [[nodiscard]] std::uint16_t resource_identifier() const noexcept {
    return field<std::uint16_t>(2);
  }
  /// 4 or 6 if family() is IPv4's or IPv6's; otherwise 0.
  [[nodiscard]] int ip_version() const noexcept {
    return family() == 2 ? 4 : family() == 10 ? 6 : 0;
  }

  /// Up to the contents of the payload attribute; everything if there is none.
  [[nodiscard]] std::size_t header_length() const noexcept { return header_length_; }
  /// Of the contents as the attribute says, which may be more than was captured.
  [[nodiscard]] std::size_t payload_length() const noexcept { return payload_length_; }
  [[nodiscard]] Bytes payload() const noexcept { return bytes_.subspan(header_length_); }

 private:
  static constexpr std::size_t attribute_header_length = 4;
  static constexpr int max_attributes = 64;

  NflogView(Bytes bytes, std::size_t header_length, std::size_t payload_length) noexcept
      : View{bytes}, header_length_{header_length}, payload_length_{payload_length} {}

  [[nodiscard]] static std::expected<NflogView, ParseError> find_payload(
      Bytes bytes, std::uint16_t (*load)(const std::uint8_t*)) noexcept {
    std::size_t offset = min_header_length;
    for (int count = 0; count < max_attributes; ++count) {
      if (offset == bytes.size()) return NflogView{bytes, offset, 0};
      if (bytes.size() - offset < attribute_header_length) {
        return std::unexpected{ParseError::truncated};
      }
      const std::size_t length = load(bytes.data() + offset);
      if (length < attribute_header_length) return std::unexpected{ParseError::bad_length};
      if (load(bytes.data() + offset + 2) == attribute_payload) {
        return NflogView{up_to(bytes, offset + length), offset + attribute_header_length,
                         length - attribute_header_length};
      }
      const std::size_t padded = (length + 3) & ~std::size_t{3};
      if (length > bytes.size() - offset) return std::unexpected{ParseError::truncated};
      offset += padded < bytes.size() - offset ? padded : bytes.size() - offset;
    }
    return std::unexpected{ParseError::bad_field};
  }

  std::size_t header_length_;
  std::size_t payload_length_;
};

/// What write() makes a record of: the header, and one little-endian payload attribute's header.
struct NflogFields {
  std::uint8_t family = 2;
  std::uint16_t resource_identifier = 0;
  /// Bytes of the packet that the caller puts behind.
  std::uint16_t payload_length = 0;

  /// Bytes written; 0 if there is no room.
  [[nodiscard]] std::size_t write(MutableBytes to) const noexcept {
    constexpr std::size_t length = 8;
    if (to.size() < length) return 0;
    to[0] = family;
    to[1] = 0;
    store_be(to.data() + 2, resource_identifier);
    store_le(to.data() + 4, static_cast<std::uint16_t>(payload_length + 4));
    store_le(to.data() + 6, NflogView::attribute_payload);
    return length;
  }
};

}  // namespace weir::wire
