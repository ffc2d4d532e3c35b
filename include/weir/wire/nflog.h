// Linux netfilter log (LINKTYPE_NFLOG): attributes, one of which holds the IP packet.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>

#include "weir/wire/ether_type.h"
#include "weir/wire/fields.h"
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
  static constexpr std::size_t attribute_header_length = 4;

  /// Refused with bad_field: a record with more attributes than the kernel has kinds of.
  [[nodiscard]] static std::expected<NflogView, ParseError> parse(Bytes bytes) noexcept {
    if (bytes.size() < min_header_length) return std::unexpected{ParseError::truncated};
    if (bytes[1] != 0) return std::unexpected{ParseError::bad_version};
    const auto little = find_payload(bytes, false);
    if (little) return little;
    const auto big = find_payload(bytes, true);
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
  /// The order of octets in which the attributes were read.
  [[nodiscard]] bool is_big_endian() const noexcept { return is_big_endian_; }
  /// The attributes before the one that holds the packet, each with its header and padding.
  [[nodiscard]] Bytes attributes() const noexcept {
    const std::size_t end = header_length_ - (has_payload_ ? attribute_header_length : 0);
    return bytes_.first(end).subspan(min_header_length);
  }
  /// Whether there is an attribute that holds the packet.
  [[nodiscard]] bool has_payload() const noexcept { return has_payload_; }

  /// Up to the contents of the payload attribute; everything if there is none.
  [[nodiscard]] std::size_t header_length() const noexcept { return header_length_; }
  /// Of the contents as the attribute says, which may be more than was captured.
  [[nodiscard]] std::size_t payload_length() const noexcept { return payload_length_; }
  [[nodiscard]] Bytes payload() const noexcept { return bytes_.subspan(header_length_); }

 private:
  static constexpr int max_attributes = 64;

  // A record without a packet.
  NflogView(Bytes bytes, bool is_big_endian) noexcept
      : View{bytes}, header_length_{bytes.size()}, is_big_endian_{is_big_endian} {}
  // A record up to the end of an attribute of `length` bytes at `offset`, which holds the packet.
  NflogView(Bytes bytes, std::size_t offset, std::size_t length, bool is_big_endian) noexcept
      : View{up_to(bytes, offset + length)},
        header_length_{offset + attribute_header_length},
        payload_length_{length - attribute_header_length},
        has_payload_{true},
        is_big_endian_{is_big_endian} {}

  [[nodiscard]] static std::expected<NflogView, ParseError> find_payload(
      Bytes bytes, bool is_big_endian) noexcept {
    const auto load = is_big_endian ? load_be<std::uint16_t> : load_le<std::uint16_t>;
    std::size_t offset = min_header_length;
    for (int count = 0; count < max_attributes; ++count) {
      if (offset == bytes.size()) return NflogView{bytes, is_big_endian};
      if (bytes.size() - offset < attribute_header_length) {
        return std::unexpected{ParseError::truncated};
      }
      const std::size_t length = load(bytes.data() + offset);
      if (length < attribute_header_length) return std::unexpected{ParseError::bad_length};
      if (load(bytes.data() + offset + 2) == attribute_payload) {
        return NflogView{bytes, offset, length, is_big_endian};
      }
      const std::size_t padded = (length + 3) & ~std::size_t{3};
      if (length > bytes.size() - offset) return std::unexpected{ParseError::truncated};
      offset += padded < bytes.size() - offset ? padded : bytes.size() - offset;
    }
    return std::unexpected{ParseError::bad_field};
  }

  std::size_t header_length_;
  std::size_t payload_length_ = 0;
  bool has_payload_ = false;
  bool is_big_endian_;
};

/// What write() makes a record of, up to the contents of its payload attribute.
struct NflogFields {
  /// AF_ number of Linux. Left open: IPv4's (2) or IPv6's (10) where that follows, or 0.
  std::optional<std::uint8_t> family{};
  std::uint16_t resource_identifier = 0;
  /// Of the payload attribute's header; `attributes` must be in the same.
  bool is_big_endian = false;
  /// Borrowed: the attributes before the payload, each with its header and padding.
  Bytes attributes{};
  /// Whether a payload attribute's header is written; what is behind the record is its contents.
  bool has_payload = true;
  /// Of the packet, at most 65,531 bytes. Left open: all that is behind the record.
  std::optional<std::size_t> payload_length{};

  [[nodiscard]] static NflogFields of(const NflogView& header) noexcept {
    return {.family = header.family(),
            .resource_identifier = header.resource_identifier(),
            .is_big_endian = header.is_big_endian(),
            .attributes = header.attributes(),
            .has_payload = header.has_payload(),
            .payload_length = header.payload_length()};
  }
  constexpr void name_next(const HeaderNumbers& next) noexcept {
    if (family) return;
    if (next.ether_type == ether_type::ipv4) family = 2;
    if (next.ether_type == ether_type::ipv6) family = 10;
  }
  [[nodiscard]] std::size_t header_length() const noexcept {
    return NflogView::min_header_length + attributes.size() +
           (has_payload ? NflogView::attribute_header_length : 0);
  }
  [[nodiscard]] Written write(MutableBytes to, Bytes payload) const noexcept {
    if (to.size() < header_length()) return std::unexpected{WriteError::no_room};
    const std::size_t length = payload_length.value_or(payload.size());
    if (has_payload && length > 0xffff - NflogView::attribute_header_length) {
      return std::unexpected{WriteError::too_long};
    }
    to[0] = family.value_or(0);
    to[1] = 0;
    store_be(to.data() + 2, resource_identifier);
    store_bytes(to.data() + NflogView::min_header_length, attributes);
    if (has_payload) {
      std::uint8_t* const at = to.data() + header_length() - NflogView::attribute_header_length;
      write_attribute(at, static_cast<std::uint16_t>(length + NflogView::attribute_header_length));
    }
    return header_length();
  }

 private:
  void write_attribute(std::uint8_t* to, std::uint16_t length) const noexcept {
    if (is_big_endian) {
      store_be(to, length);
      store_be(to + 2, NflogView::attribute_payload);
    } else {
      store_le(to, length);
      store_le(to + 2, NflogView::attribute_payload);
    }
  }
};

}  // namespace weir::wire
