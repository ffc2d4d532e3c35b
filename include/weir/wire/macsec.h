// MACsec (IEEE 802.1AE 9, EtherType 0x88e5): the security tag, and what it leaves in the clear.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>

#include "weir/wire/ether_type.h"
#include "weir/wire/fields.h"
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
  /// The E bit.
  [[nodiscard]] bool encryption() const noexcept { return (bytes_[0] & 0x08) != 0; }
  /// The C bit.
  [[nodiscard]] bool changed_text() const noexcept { return (bytes_[0] & 0x04) != 0; }
  /// The E or the C bit: the data cannot be read without a key.
  [[nodiscard]] bool is_encrypted() const noexcept { return (bytes_[0] & 0x0c) != 0; }
  [[nodiscard]] std::uint8_t association_number() const noexcept { return bytes_[0] & 3; }
  /// The two bits before the short length.
  [[nodiscard]] std::uint8_t reserved() const noexcept { return bytes_[1] >> 6; }
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
  /// At most 1.
  std::uint8_t version = 0;
  bool is_end_station = false;
  bool has_secure_channel = false;
  bool is_single_copy = false;
  /// The E and the C bit; with either of them type_or_length is left to the data.
  bool encryption = false;
  bool changed_text = false;
  /// At most 3.
  std::uint8_t association_number = 0;
  /// The two bits before the short length.
  std::uint8_t reserved = 0;
  /// At most 63. Left open: of the payload less the check value at its end, and of the EtherType in
  /// the clear.
  std::optional<std::uint8_t> short_length{};
  std::uint32_t packet_number = 0;
  /// Written with has_secure_channel.
  std::uint64_t secure_channel = 0;
  /// Written where the data is in the clear. Left open: what follows, or the length of the payload
  /// less the check value where is_length, or 0.
  std::optional<std::uint16_t> type_or_length{};
  /// 802.3: LLC follows. name_next() sets it where it does; without meaning where type_or_length
  /// is given.
  bool is_length = false;

  [[nodiscard]] static MacsecFields of(const MacsecView& tag) noexcept {
    return {.version = tag.version(),
            .is_end_station = tag.is_end_station(),
            .has_secure_channel = tag.has_secure_channel(),
            .is_single_copy = tag.is_single_copy(),
            .encryption = tag.encryption(),
            .changed_text = tag.changed_text(),
            .association_number = tag.association_number(),
            .reserved = tag.reserved(),
            .short_length = tag.short_length(),
            .packet_number = tag.packet_number(),
            .secure_channel = tag.secure_channel(),
            .type_or_length = tag.type_or_length()};
  }
  [[nodiscard]] static constexpr HeaderNumbers numbers() noexcept {
    return {.ether_type = ether_type::macsec};
  }
  constexpr void name_next(const HeaderNumbers& next) noexcept {
    if (next.is_llc) is_length = true;
    if (!type_or_length) type_or_length = next.ether_type;
  }
  [[nodiscard]] constexpr std::size_t header_length() const noexcept {
    return tag_length() + (is_encrypted() ? 0U : 2U);
  }
  [[nodiscard]] Written write(MutableBytes to, Bytes payload) const noexcept {
    if (to.size() < header_length()) return std::unexpected{WriteError::no_room};
    if (version > 1 || association_number > 3 || reserved > 3 || short_length > 0x3f)
      return std::unexpected{WriteError::bad_value};
    const auto number =
        written_type_or_length(type_or_length, is_length && !is_encrypted(), data_length(payload));
    if (!number) return std::unexpected{number.error()};
    to[0] = static_cast<std::uint8_t>(version << 7 | (is_end_station ? 0x40 : 0) |
                                      (has_secure_channel ? 0x20 : 0) |
                                      (is_single_copy ? 0x10 : 0) | (encryption ? 0x08 : 0) |
                                      (changed_text ? 0x04 : 0) | association_number);
    to[1] =
        static_cast<std::uint8_t>(reserved << 6 | short_length.value_or(short_length_of(payload)));
    store_be(to.data() + 2, packet_number);
    if (has_secure_channel) store_be(to.data() + MacsecView::min_header_length, secure_channel);
    if (!is_encrypted()) store_be(to.data() + tag_length(), *number);
    return header_length();
  }

 private:
  [[nodiscard]] constexpr bool is_encrypted() const noexcept { return encryption || changed_text; }
  [[nodiscard]] constexpr std::size_t tag_length() const noexcept {
    return MacsecView::min_header_length + (has_secure_channel ? 8U : 0U);
  }
  /// Bytes without the check value at their end.
  [[nodiscard]] static std::size_t data_length(Bytes payload) noexcept {
    constexpr std::size_t check_value = MacsecView::check_value_length;
    return payload.size() < check_value ? 0 : payload.size() - check_value;
  }
  /// IEEE 802.1AE 9.7: 0 for 48 bytes of secure data or more.
  [[nodiscard]] std::uint8_t short_length_of(Bytes payload) const noexcept {
    if (payload.size() < MacsecView::check_value_length) return 0;
    const std::size_t data = data_length(payload) + (is_encrypted() ? 0U : 2U);
    return data < 48 ? static_cast<std::uint8_t>(data) : std::uint8_t{0};
  }
};

}  // namespace weir::wire
