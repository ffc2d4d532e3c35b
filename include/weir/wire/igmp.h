// The Internet Group Management Protocol, versions 1 to 3 (RFC 1112, 2236, 3376).
#pragma once

#include <cstdint>
#include <cstring>
#include <expected>

#include "weir/address.h"
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
  /// Over header and payload: see internet_checksum().
  std::uint16_t checksum = 0;
  Ipv4Address group{};

  /// Returns the bytes written; 0 if `to` is too small.
  [[nodiscard]] std::size_t write(MutableBytes to) const noexcept {
    if (to.size() < IgmpView::min_header_length) return 0;
    to[0] = static_cast<std::uint8_t>(type);
    to[1] = max_response_code;
    store_be(to.data() + 2, checksum);
    std::memcpy(to.data() + 4, group.octets.data(), Ipv4Address::size);
    return IgmpView::min_header_length;
  }
};

}  // namespace weir::wire
