// VLAN tags: 802.1Q and kin (behind their EtherType), and the 802.1ah I-TAG.
#pragma once

#include <cstdint>
#include <expected>

#include "weir/address.h"
#include "weir/wire/ether_type.h"
#include "weir/wire/fields.h"
#include "weir/wire/parse_error.h"
#include "weir/wire/wire.h"

namespace weir::wire {

/// A tag from its control information on; the EtherType that announced it stands before. An 802.3
/// length cuts the padding off.
class VlanView : public View {
 public:
  static constexpr ProtocolSet protocols{Protocol::vlan, Protocol::provider_vlan};
  static constexpr std::size_t min_header_length = 4;

  [[nodiscard]] static std::expected<VlanView, ParseError> parse(Bytes bytes) noexcept {
    if (bytes.size() < min_header_length) return std::unexpected{ParseError::truncated};
    const VlanView tag{bytes};
    if (!tag.is_length()) return tag;
    return VlanView{up_to(bytes, min_header_length + tag.type_or_length())};
  }

  [[nodiscard]] std::uint8_t priority() const noexcept { return bytes_[0] >> 5; }
  [[nodiscard]] bool drop_eligible() const noexcept { return (bytes_[0] & 0x10) != 0; }
  /// 0 to 4,095; 0 is a priority tag without a VLAN.
  [[nodiscard]] std::uint16_t identifier() const noexcept {
    return field<std::uint16_t>(0) & 0x0fff;
  }
  [[nodiscard]] std::uint16_t type_or_length() const noexcept { return field<std::uint16_t>(2); }
  /// 802.3: LLC follows. Otherwise type_or_length() is an EtherType.
  [[nodiscard]] bool is_length() const noexcept {
    return type_or_length() <= ether_type::max_length;
  }

  [[nodiscard]] std::size_t header_length() const noexcept { return min_header_length; }
  [[nodiscard]] Bytes payload() const noexcept { return bytes_.subspan(min_header_length); }

 private:
  using View::View;
};

/// What write() makes a VLAN tag of.
struct VlanFields {
  /// The EtherType that the header before it announces the tag with; no part of the tag.
  std::uint16_t tag_protocol = ether_type::vlan;
  /// At most 7.
  std::uint8_t priority = 0;
  bool drop_eligible = false;
  /// At most 4,095.
  std::uint16_t identifier = 0;
  /// Left open: what follows, or the payload's length where is_length, or 0.
  std::optional<std::uint16_t> type_or_length{};
  /// 802.3: LLC follows. name_next() sets it where it does; without meaning where type_or_length
  /// is given.
  bool is_length = false;

  [[nodiscard]] static VlanFields of(const VlanView& tag) noexcept {
    return {.priority = tag.priority(),
            .drop_eligible = tag.drop_eligible(),
            .identifier = tag.identifier(),
            .type_or_length = tag.type_or_length(),
            .is_length = tag.is_length()};
  }
  [[nodiscard]] constexpr HeaderNumbers numbers() const noexcept {
    return {.ether_type = tag_protocol};
  }
  constexpr void name_next(const HeaderNumbers& next) noexcept {
    if (next.is_llc) is_length = true;
    if (!type_or_length) type_or_length = next.ether_type;
  }
  [[nodiscard]] static constexpr std::size_t header_length() noexcept {
    return VlanView::min_header_length;
  }
  [[nodiscard]] Written write(MutableBytes to, Bytes payload) const noexcept {
    if (to.size() < header_length()) return std::unexpected{WriteError::no_room};
    if (priority > 7 || identifier > 0x0fff) return std::unexpected{WriteError::bad_value};
    const auto number = written_type_or_length(type_or_length, is_length, payload.size());
    if (!number) return std::unexpected{number.error()};
    store_be(to.data(), static_cast<std::uint16_t>(priority << 13 | (drop_eligible ? 0x1000 : 0) |
                                                   identifier));
    store_be(to.data() + 2, *number);
    return header_length();
  }
};

/// An I-TAG (802.1ah 9.7) from its control information on: a service identifier, then the
/// customer's own MAC header.
class ITagView : public View {
 public:
  static constexpr ProtocolSet protocols{Protocol::provider_backbone};
  static constexpr std::size_t min_header_length = 18;

  [[nodiscard]] static std::expected<ITagView, ParseError> parse(Bytes bytes) noexcept {
    if (bytes.size() < min_header_length) return std::unexpected{ParseError::truncated};
    return ITagView{bytes};
  }

  [[nodiscard]] std::uint8_t priority() const noexcept { return bytes_[0] >> 5; }
  [[nodiscard]] bool drop_eligible() const noexcept { return (bytes_[0] & 0x10) != 0; }
  [[nodiscard]] bool use_customer_address() const noexcept { return (bytes_[0] & 0x08) != 0; }
  /// Three bits (802.1ah 9.7: RES1 and RES2).
  [[nodiscard]] std::uint8_t reserved() const noexcept { return bytes_[0] & 7; }
  /// 24 bits.
  [[nodiscard]] std::uint32_t service_identifier() const noexcept {
    return field<std::uint32_t>(0) & 0x00ffffff;
  }
  [[nodiscard]] MacAddress customer_destination() const noexcept {
    return MacAddress::load(bytes_.data() + 4);
  }
  [[nodiscard]] MacAddress customer_source() const noexcept {
    return MacAddress::load(bytes_.data() + 10);
  }
  [[nodiscard]] std::uint16_t type_or_length() const noexcept { return field<std::uint16_t>(16); }
  /// 802.3: LLC follows. Otherwise type_or_length() is an EtherType.
  [[nodiscard]] bool is_length() const noexcept {
    return type_or_length() <= ether_type::max_length;
  }

  [[nodiscard]] std::size_t header_length() const noexcept { return min_header_length; }
  [[nodiscard]] Bytes payload() const noexcept { return bytes_.subspan(min_header_length); }

 private:
  using View::View;
};

/// What write() makes an I-TAG of.
struct ITagFields {
  /// At most 7.
  std::uint8_t priority = 0;
  bool drop_eligible = false;
  bool use_customer_address = false;
  /// The three bits between that and the service identifier: two reserved ones, and RES2.
  std::uint8_t reserved = 0;
  /// 24 bits.
  std::uint32_t service_identifier = 0;
  MacAddress customer_destination{};
  MacAddress customer_source{};
  /// Left open: what follows, or the payload's length where is_length, or 0.
  std::optional<std::uint16_t> type_or_length{};
  /// 802.3: LLC follows. name_next() sets it where it does; without meaning where type_or_length
  /// is given.
  bool is_length = false;

  [[nodiscard]] static ITagFields of(const ITagView& tag) noexcept {
    return {.priority = tag.priority(),
            .drop_eligible = tag.drop_eligible(),
            .use_customer_address = tag.use_customer_address(),
            .reserved = tag.reserved(),
            .service_identifier = tag.service_identifier(),
            .customer_destination = tag.customer_destination(),
            .customer_source = tag.customer_source(),
            .type_or_length = tag.type_or_length(),
            .is_length = tag.is_length()};
  }
  [[nodiscard]] static constexpr HeaderNumbers numbers() noexcept {
    return {.ether_type = ether_type::provider_backbone};
  }
  constexpr void name_next(const HeaderNumbers& next) noexcept {
    if (next.is_llc) is_length = true;
    if (!type_or_length) type_or_length = next.ether_type;
  }
  [[nodiscard]] static constexpr std::size_t header_length() noexcept {
    return ITagView::min_header_length;
  }
  [[nodiscard]] Written write(MutableBytes to, Bytes payload) const noexcept {
    if (to.size() < header_length()) return std::unexpected{WriteError::no_room};
    if (priority > 7 || reserved > 7 || service_identifier > 0x00ffffff) {
      return std::unexpected{WriteError::bad_value};
    }
    const auto number = written_type_or_length(type_or_length, is_length, payload.size());
    if (!number) return std::unexpected{number.error()};
    store_be(to.data(), std::uint32_t{priority} << 29 | (drop_eligible ? 0x10000000U : 0U) |
                            (use_customer_address ? 0x08000000U : 0U) |
                            std::uint32_t{reserved} << 24 | service_identifier);
    store_bytes(to.data() + 4, customer_destination.octets);
    store_bytes(to.data() + 10, customer_source.octets);
    store_be(to.data() + 16, *number);
    return header_length();
  }
};

}  // namespace weir::wire
