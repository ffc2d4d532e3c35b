// The Internet Group Management Protocol, versions 1 to 3 (RFC 1112, 2236, 3376).
#pragma once

#include <algorithm>
#include <cstdint>
#include <expected>
#include <optional>

#include "weir/address.h"
#include "weir/api.h"
#include "weir/wire/checksum.h"
#include "weir/wire/fields.h"
#include "weir/wire/igmp_group_record.h"
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

/// What a code stands for: itself below 128, a floating-point number from there on (RFC 3376 4.1.1,
/// 4.1.7, RFC 3810 5.1.9).
[[nodiscard]] constexpr std::uint32_t igmp_code_value(std::uint8_t code) noexcept {
  if (code < 128) return code;
  return ((code & 15U) | 16U) << ((code >> 4 & 7U) + 3U);
}

/// The code of the largest value that is not above this one; 255, which is 31,744, at most.
[[nodiscard]] constexpr std::uint8_t igmp_code(std::uint32_t value) noexcept {
  if (value < 128) return static_cast<std::uint8_t>(value);
  std::uint8_t code = 255;
  while (igmp_code_value(code) > value) --code;
  return code;
}

/// A checked view of an IGMP message: eight bytes that all have, and what version 3 has behind
/// them. Which version it is, its length says too: take it from decode(), which knows where it
/// ends.
class IgmpView : public View {
 public:
  static constexpr ProtocolSet protocols{Protocol::igmp};
  static constexpr std::size_t min_header_length = 8;

  /// Of a version 3 query without its sources.
  static constexpr std::size_t query_v3_length = 12;

  [[nodiscard]] static std::expected<IgmpView, ParseError> parse(Bytes bytes) noexcept {
    if (bytes.size() < min_header_length) return std::unexpected{ParseError::truncated};
    return IgmpView{bytes};
  }

  [[nodiscard]] IgmpType type() const noexcept {
    return static_cast<IgmpType>(field<std::uint8_t>(0));
  }
  /// 1 to 3, as RFC 3376 7.1 has it; nothing for queries that are to be ignored, or a type that is
  /// not known here.
  [[nodiscard]] std::optional<std::uint8_t> version() const noexcept {
    switch (type()) {
      case IgmpType::membership_query:
        if (bytes_.size() >= query_v3_length) return 3;
        if (bytes_.size() != min_header_length) return std::nullopt;
        return max_response_code() == 0 ? 1 : 2;
      case IgmpType::membership_report_v1:
        return 1;
      case IgmpType::membership_report_v2:
      case IgmpType::leave_group:
        return 2;
      case IgmpType::membership_report_v3:
        return 3;
    }
    return std::nullopt;
  }
  /// As it stands; max_response_time() says what it means.
  [[nodiscard]] std::uint8_t max_response_code() const noexcept { return field<std::uint8_t>(1); }
  /// Of queries, in tenths of a second; version 1 stands for 100 (RFC 3376 7.2.1).
  [[nodiscard]] std::optional<std::uint32_t> max_response_time() const noexcept {
    if (type() != IgmpType::membership_query || !version()) return std::nullopt;
    if (version() == 1) return 100;
    return version() == 2 ? max_response_code() : igmp_code_value(max_response_code());
  }
  [[nodiscard]] std::uint16_t checksum() const noexcept { return field<std::uint16_t>(2); }
  /// Of all messages but a version 3 report.
  [[nodiscard]] Ipv4Address group() const noexcept { return Ipv4Address::load(bytes_.data() + 4); }
  /// Of a version 3 report: how many group records follow, as it says.
  [[nodiscard]] std::uint16_t group_record_count() const noexcept {
    return field<std::uint16_t>(6);
  }

  /// Whether what is named for queries of version 3 below is there.
  [[nodiscard]] bool is_query_v3() const noexcept {
    return type() == IgmpType::membership_query && version() == 3;
  }
  /// The S flag. Of a version 3 query, as all up to source(); elsewhere false and 0.
  [[nodiscard]] bool suppress_router_processing() const noexcept { return (octet(8) & 8) != 0; }
  /// QRV.
  [[nodiscard]] std::uint8_t querier_robustness() const noexcept { return octet(8) & 7; }
  /// Resv, four bits.
  [[nodiscard]] std::uint8_t reserved() const noexcept { return octet(8) >> 4; }
  /// QQIC, as it stands.
  [[nodiscard]] std::uint8_t querier_query_interval_code() const noexcept { return octet(9); }
  /// In seconds.
  [[nodiscard]] std::uint32_t querier_query_interval() const noexcept {
    return igmp_code_value(querier_query_interval_code());
  }
  /// As it says; sources() may hold fewer.
  [[nodiscard]] std::uint16_t source_count() const noexcept {
    return is_query_v3() ? field<std::uint16_t>(10) : 0;
  }
  /// Four bytes each, as many as were captured.
  [[nodiscard]] Bytes sources() const noexcept {
    if (!is_query_v3()) return {};
    const Bytes rest = bytes_.subspan(query_v3_length);
    return rest.first(std::min<std::size_t>(source_count(), rest.size() / Ipv4Address::size) *
                      Ipv4Address::size);
  }
  /// Precondition: four bytes of sources() for each up to `index`.
  [[nodiscard]] Ipv4Address source(std::size_t index) const noexcept {
    return Ipv4Address::load(sources().data() + index * Ipv4Address::size);
  }
  /// Of a version 3 report, as many as it counts and as there are; elsewhere none.
  [[nodiscard]] WEIR_API IgmpGroupRecordList group_records() const noexcept;

  [[nodiscard]] static constexpr std::size_t header_length() noexcept { return min_header_length; }
  /// Group records of a version 3 report; sources of a version 3 query; otherwise nothing.
  [[nodiscard]] Bytes payload() const noexcept { return bytes_.subspan(min_header_length); }

 private:
  using View::View;

  [[nodiscard]] std::uint8_t octet(std::size_t offset) const noexcept {
    return is_query_v3() ? field<std::uint8_t>(offset) : std::uint8_t{0};
  }
};

/// What write() makes an IGMP header of: messages of versions 1 and 2, and what those of version 3
/// begin with. Whole ones of version 3 are in igmp_version_3.h.
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
