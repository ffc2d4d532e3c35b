// MACsec (IEEE 802.1AE 9, EtherType 0x88e5): the security tag, and what it leaves in the clear.
#pragma once

#include <cstdint>
#include <expected>

#include "weir/wire/parse_error.h"
#include "weir/wire/wire.h"

namespace weir::wire {

/// A security tag from its control information on; the EtherType that announced it stands before.
/// Where the data is not encrypted, the header goes up to the EtherType of the data.
class MacsecView : public View {
 public:
  static constexpr ProtocolSet protocols{Protocol::macsec};
  static constexpr std::size_t min_header_length = 6;
  /// Bytes of the integrity check value behind the data, with every cipher suite of the standard.
  static constexpr std::size_t check_value_length = 16;

  [[nodiscard]] static std::expected<MacsecView, ParseError> parse(Bytes bytes) noexcept {
    if (bytes.size() < min_header_length) return std::unexpected{ParseError::truncated};
    const MacsecView header{bytes};
    if (header.version() != 0) return std::unexpected{ParseError::bad_version};
    if (header.header_length() > bytes.size()) return std::unexpected{ParseError::truncated};
    return header;
  }

  [[nodiscard]] std::uint8_t version() const noexcept { return bytes_[0] >> 7; }
  [[nodiscard]] bool is_end_station() const noexcept { return (bytes_[0] & 0x40) != 0; }
  /// The SC bit: secure_channel() is there.
  [[nodiscard]] bool has_secure_channel() const noexcept { return (bytes_[0] & 0x20) != 0; }
  /// The SCB bit.
  [[nodiscard]] bool is_single_copy() const noexcept { return (bytes_[0] & 0x10) != 0; }
  /// The E or the C bit: the data cannot be read without a key.
  [[nodiscard]] bool is_encrypted() const noexcept { return (bytes_[0] & 0x0c) != 0; }
  [[nodiscard]] std::uint8_t association_number() const noexcept { return bytes_[0] & 3; }
  /// Bytes of data where they are fewer than 48, otherwise 0.
  [[nodiscard]] std::uint8_t short_length() const noexcept { return bytes_[1] & 0x3f; }
  [[nodiscard]] std::uint32_t packet_number() const noexcept { return field<std::uint32_t>(2); }
  /// SCI: the MAC address of its source and a port; 0 where it is left out.
  [[nodiscard]] std::uint64_t secure_channel() const noexcept {
    return has_secure_channel() ? field<std::uint64_t>(min_header_length) : 0;
  }
  /// What the tag alone takes.
  [[nodiscard]] std::size_t tag_length() const noexcept {
    return min_header_length + (has_secure_channel() ? 8U : 0U);
  }
  /// The EtherType of the data, or its 802.3 length; 0 where it is encrypted.
  [[nodiscard]] std::uint16_t type_or_length() const noexcept {
    return is_encrypted() ? std::uint16_t{0} : field<std::uint16_t>(tag_length());
  }

  [[nodiscard]] std::size_t header_length() const noexcept {
    return tag_length() + (is_encrypted() ? 0U : 2U);
  }
  /// The check value at the end is left in.
  [[nodiscard]] Bytes payload() const noexcept { return bytes_.subspan(header_length()); }

 private:
  using View::View;
};

/// What write() makes a security tag of.
struct MacsecFields {
  bool has_secure_channel = false;
  bool is_encrypted = false;
  std::uint8_t association_number = 0;
  std::uint8_t short_length = 0;
  std::uint32_t packet_number = 0;
  std::uint64_t secure_channel = 0;
  /// Written where the data is in the clear.
  std::uint16_t type_or_length = 0;

  /// Bytes written; 0 if there is no room.
  [[nodiscard]] std::size_t write(MutableBytes to) const noexcept {
    const std::size_t tag = MacsecView::min_header_length + (has_secure_channel ? 8U : 0U);
    const std::size_t length = tag + (is_encrypted ? 0U : 2U);
    if (to.size() < length) return 0;
    to[0] = static_cast<std::uint8_t>((has_secure_channel ? 0x20U : 0U) |
                                      (is_encrypted ? 0x0cU : 0U) | (association_number & 3U));
    to[1] = short_length & 0x3f;
    store_be(to.data() + 2, packet_number);
    if (has_secure_channel) store_be(to.data() + MacsecView::min_header_length, secure_channel);
    if (!is_encrypted) store_be(to.data() + tag, type_or_length);
    return length;
  }
};

}  // namespace weir::wire
