// What IGMP version 3 writes (RFC 3376 4): queries with sources, reports with group records.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "weir/address.h"
#include "weir/api.h"
#include "weir/wire/fields.h"
#include "weir/wire/igmp.h"
#include "weir/wire/igmp_group_record.h"

namespace weir::wire {

/// What write() makes a version 3 query of, its sources included.
struct IgmpQueryFields {
  /// Of tenths of a second: igmp_code().
  std::uint8_t max_response_code = 100;
  /// Left open: the right one.
  std::optional<std::uint16_t> checksum{};
  /// 0.0.0.0 asks for all.
  Ipv4Address group{};
  /// Resv, four bits.
  std::uint8_t reserved = 0;
  bool suppress_router_processing = false;
  /// QRV, three bits.
  std::uint8_t querier_robustness = 2;
  /// QQIC, of seconds: igmp_code().
  std::uint8_t querier_query_interval_code = 125;
  /// Left open: of `sources`.
  std::optional<std::uint16_t> source_count{};
  /// Borrowed.
  std::span<const Ipv4Address> sources{};

  [[nodiscard]] static constexpr HeaderNumbers numbers() noexcept {
    return {.ip_protocol = ip_protocol::igmp};
  }
  [[nodiscard]] std::size_t header_length() const noexcept {
    return IgmpView::query_v3_length + sources.size() * Ipv4Address::size;
  }
  [[nodiscard]] WEIR_API Written write(MutableBytes to, Bytes payload) const noexcept;
  static void seal(MutableBytes message, WordSum pseudo_header) noexcept {
    IgmpFields::seal(message, pseudo_header);
  }
};

/// What write() makes a version 3 report of, its group records included.
struct IgmpReportFields {
  /// The byte behind the type.
  std::uint8_t reserved = 0;
  /// Left open: the right one.
  std::optional<std::uint16_t> checksum{};
  /// The two bytes before the count.
  std::uint16_t reserved_flags = 0;
  /// Left open: of `records`.
  std::optional<std::uint16_t> group_record_count{};
  /// Borrowed, with what they borrow.
  std::span<const IgmpGroupRecordFields> records{};

  [[nodiscard]] static constexpr HeaderNumbers numbers() noexcept {
    return {.ip_protocol = ip_protocol::igmp};
  }
  [[nodiscard]] WEIR_API std::size_t header_length() const noexcept;
  [[nodiscard]] WEIR_API Written write(MutableBytes to, Bytes payload) const noexcept;
  static void seal(MutableBytes message, WordSum pseudo_header) noexcept {
    IgmpFields::seal(message, pseudo_header);
  }
};

}  // namespace weir::wire
