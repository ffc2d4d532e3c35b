// The Internet Group Management Protocol, versions 1 to 3 (RFC 1112, 2236, 3376).
#pragma once

#include <cstdint>
#include <expected>
#include <optional>

#include "weir/address.h"
#include "weir/wire/checksum.h"
#include "weir/wire/fields.h"
#include "weir/wire/ip_protocol.h"
#include "weir/wire/parse_error.h"
#include "weir/wire/wire.h"

namespace weir::wire {

/// IANA's numbers; any other value is legal and merely not known here.
enum class IgmpType : std::uint8_t {
  membership_query = 0x11,
  membership_report_v1 = 0x12,
  membership_report_v2 = 0x16,
  leave_group = 0x17,
  membership_report_v3 = 0x22,
};

/// A checked view of an IGMP message.
class IgmpView : public View {
 public:
  static constexpr ProtocolSet protocols{Protocol::igmp};
  static constexpr std::size_t min_header_length = 8;

  [[nodiscard]] static std::expected<IgmpView, ParseError> parse(Bytes bytes) noexcept {
    if (bytes.size() < min_header_length) return std::unexpected{ParseError::truncated};
    return IgmpView{bytes};
  }

  [[nodiscard]] IgmpType type() const noexcept {
    return static_cast<IgmpType>(field<std::uint8_t>(0));
  }
  /// As it stands: tenths of a second, or a floating-point code from 128 on (RFC 3376 4.1.1).
  [[nodiscard]] std::uint8_t max_response_code() const noexcept { return field<std::uint8_t>(1); }
  [[nodiscard]] std::uint16_t checksum() const noexcept { return field<std::uint16_t>(2); }
  /// Of all messages but a version 3 report.
  [[nodiscard]] Ipv4Address group() const noexcept { return Ipv4Address::load(bytes_.data() + 4); }
  /// Of a version 3 report: how many group records follow, as it says.
  [[nodiscard]] std::uint16_t group_record_count() const noexcept {
    return field<std::uint16_t>(6);
  }

  [[nodiscard]] static constexpr std::size_t header_length() noexcept { return min_header_length; }
  /// Group records of a version 3 report; sources of a version 3 query; otherwise nothing.
  [[nodiscard]] Bytes payload() const noexcept { return bytes_.subspan(min_header_length); }

 private:
  using View::View;
};

/// What write() makes an IGMP header of.
struct IgmpFields {
  IgmpType type = IgmpType::membership_query;
  std::uint8_t max_response_code = 0;
  /// Over header and payload. Left open: the right one.
  std::optional<std::uint16_t> checksum{};
  /// In a version 3 report 16 reserved bits and the count of group records.
  Ipv4Address group{};

  [[nodiscard]] static IgmpFields of(const IgmpView& message) noexcept {
    return {.type = message.type(),
            .max_response_code = message.max_response_code(),
            .checksum = message.checksum(),
            .group = message.group()};
  }
  [[nodiscard]] static constexpr HeaderNumbers numbers() noexcept {
    return {.ip_protocol = ip_protocol::igmp};
  }
  [[nodiscard]] static constexpr std::size_t header_length() noexcept {
    return IgmpView::min_header_length;
  }
  [[nodiscard]] Written write(MutableBytes to, Bytes /*payload*/) const noexcept {
    if (to.size() < header_length()) return std::unexpected{WriteError::no_room};
    to[0] = static_cast<std::uint8_t>(type);
    to[1] = max_response_code;
    store_be(to.data() + 2, checksum.value_or(0));
    store_bytes(to.data() + 4, group.octets);
    return header_length();
  }
  /// No pseudo-header is in the sum.
  static void seal(MutableBytes message, WordSum /*pseudo_header*/) noexcept {
    store_be(message.data() + 2, std::uint16_t{0});
    store_be(message.data() + 2, internet_checksum(message));
  }
};

}  // namespace weir::wire
