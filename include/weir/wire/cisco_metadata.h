// Cisco MetaData (EtherType 0x8909): the security group tag of TrustSec.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>

#include "weir/wire/ether_type.h"
#include "weir/wire/fields.h"
#include "weir/wire/parse_error.h"
#include "weir/wire/wire.h"

namespace weir::wire {

/// A header with its one option, from its version on; the EtherType that announced it stands
/// before.
class CiscoMetadataView : public View {
 public:
  static constexpr ProtocolSet protocols{Protocol::cisco_metadata};
  static constexpr std::size_t min_header_length = 8;

  [[nodiscard]] static std::expected<CiscoMetadataView, ParseError> parse(Bytes bytes) noexcept {
    if (bytes.size() < min_header_length) return std::unexpected{ParseError::truncated};
    return CiscoMetadataView{bytes};
  }

  [[nodiscard]] std::uint8_t version() const noexcept { return bytes_[0]; }
  [[nodiscard]] std::uint8_t length() const noexcept { return bytes_[1]; }
  /// Three bits.
  [[nodiscard]] std::uint8_t option_length() const noexcept { return bytes_[2] >> 5; }
  /// 13 bits; 1 is a security group tag.
  [[nodiscard]] std::uint16_t option_type() const noexcept {
    return field<std::uint16_t>(2) & 0x1fff;
  }
  [[nodiscard]] std::uint16_t security_group() const noexcept { return field<std::uint16_t>(4); }
  [[nodiscard]] std::uint16_t type_or_length() const noexcept { return field<std::uint16_t>(6); }

  [[nodiscard]] std::size_t header_length() const noexcept { return min_header_length; }
  [[nodiscard]] Bytes payload() const noexcept { return bytes_.subspan(min_header_length); }

 private:
  using View::View;
};

/// What write() makes a Cisco MetaData header of.
struct CiscoMetadataFields {
  std::uint8_t version = 1;
  std::uint8_t length = 1;
  /// At most 7.
  std::uint8_t option_length = 0;
  /// 13 bits.
  std::uint16_t option_type = 1;
  std::uint16_t security_group = 0;
  /// Left open: what follows, or the payload's length where is_length, or 0.
  std::optional<std::uint16_t> type_or_length{};
  /// 802.3: LLC follows. name_next() sets it where it does; without meaning where type_or_length
  /// is given.
  bool is_length = false;

  [[nodiscard]] static CiscoMetadataFields of(const CiscoMetadataView& header) noexcept {
    return {.version = header.version(),
            .length = header.length(),
            .option_length = header.option_length(),
            .option_type = header.option_type(),
            .security_group = header.security_group(),
            .type_or_length = header.type_or_length()};
  }
  [[nodiscard]] static constexpr HeaderNumbers numbers() noexcept {
    return {.ether_type = ether_type::cisco_metadata};
  }
  constexpr void name_next(const HeaderNumbers& next) noexcept {
    if (next.is_llc) is_length = true;
    if (!type_or_length) type_or_length = next.ether_type;
  }
  [[nodiscard]] static constexpr std::size_t header_length() noexcept {
    return CiscoMetadataView::min_header_length;
  }
  [[nodiscard]] Written write(MutableBytes to, Bytes payload) const noexcept {
    if (to.size() < header_length()) return std::unexpected{WriteError::no_room};
    if (option_length > 7 || option_type > 0x1fff) return std::unexpected{WriteError::bad_value};
    const auto number = written_type_or_length(type_or_length, is_length, payload.size());
    if (!number) return std::unexpected{number.error()};
    to[0] = version;
    to[1] = length;
    store_be(to.data() + 2, static_cast<std::uint16_t>(option_length << 13 | option_type));
    store_be(to.data() + 4, security_group);
    store_be(to.data() + 6, *number);
    return header_length();
  }
};

}  // namespace weir::wire
