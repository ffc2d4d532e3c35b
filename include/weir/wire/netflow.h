// NetFlow export: headers of versions 1, 5, 7 and 9 (RFC 3954). Records of 1, 5 and 7 are in
// netflow_record.h, templates and records of 9 in netflow_v9.h.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>

#include "weir/api.h"
#include "weir/wire/fields.h"
#include "weir/wire/parse_error.h"
#include "weir/wire/wire.h"

namespace weir::wire {

/// The port it is mostly sent to; IANA has none.
inline constexpr std::uint16_t netflow_port = 2055;

/// Bytes of a header; 0 for a version that is not known here.
[[nodiscard]] constexpr std::size_t netflow_header_length(std::uint16_t version) noexcept {
  switch (version) {
    case 1:
      return 16;
    case 5:
    case 7:
      return 24;
    case 9:
      return 20;
    default:
      return 0;
  }
}

/// A checked view of an export packet's header, of any of the versions.
class NetflowView : public View {
 public:
  static constexpr ProtocolSet protocols{Protocol::netflow};
  static constexpr std::size_t min_header_length = 16;

  [[nodiscard]] static std::expected<NetflowView, ParseError> parse(Bytes bytes) noexcept {
    if (bytes.size() < 2) return std::unexpected{ParseError::truncated};
    const NetflowView header{bytes};
    if (header.header_length() == 0) return std::unexpected{ParseError::bad_version};
    if (bytes.size() < header.header_length()) return std::unexpected{ParseError::truncated};
    return header;
  }

  [[nodiscard]] std::uint16_t version() const noexcept { return field<std::uint16_t>(0); }
  /// Records in the packet: of flows, and in version 9 of templates too.
  [[nodiscard]] std::uint16_t count() const noexcept { return field<std::uint16_t>(2); }
  /// Milliseconds since the exporter booted.
  [[nodiscard]] std::uint32_t sys_uptime() const noexcept { return field<std::uint32_t>(4); }
  /// When it was sent: seconds since 1970.
  [[nodiscard]] std::uint32_t unix_secs() const noexcept { return field<std::uint32_t>(8); }
  /// What to add to unix_secs(); nothing in version 9.
  [[nodiscard]] std::optional<std::uint32_t> unix_nanoseconds() const noexcept {
    return when(version() != 9, 12);
  }
  /// Of flows sent before (version 9: of packets); nothing in version 1.
  [[nodiscard]] std::optional<std::uint32_t> flow_sequence() const noexcept {
    return when(version() != 1, version() == 9 ? 12 : 16);
  }
  /// Of version 5, as the three below.
  [[nodiscard]] std::optional<std::uint8_t> engine_type() const noexcept {
    if (version() != 5) return std::nullopt;
    return field<std::uint8_t>(20);
  }
  [[nodiscard]] std::optional<std::uint8_t> engine_id() const noexcept {
    if (version() != 5) return std::nullopt;
    return field<std::uint8_t>(21);
  }
  /// 0 none, 1 one packet of each interval, 2 a random one of each; two bits.
  [[nodiscard]] std::optional<std::uint8_t> sampling_mode() const noexcept {
    if (version() != 5) return std::nullopt;
    return static_cast<std::uint8_t>(field<std::uint16_t>(22) >> 14);
  }
  /// One packet of so many was looked at; 14 bits.
  [[nodiscard]] std::optional<std::uint16_t> sampling_interval() const noexcept {
    if (version() != 5) return std::nullopt;
    return static_cast<std::uint16_t>(field<std::uint16_t>(22) & 0x3fff);
  }
  /// The last four bytes of version 7.
  [[nodiscard]] std::optional<std::uint32_t> reserved() const noexcept {
    return when(version() == 7, 20);
  }
  /// Of version 9: which part of the exporter it is; templates belong to one.
  [[nodiscard]] std::optional<std::uint32_t> source_id() const noexcept {
    return when(version() == 9, 16);
  }

  [[nodiscard]] std::size_t header_length() const noexcept {
    return netflow_header_length(version());
  }
  /// Records, or flow sets.
  [[nodiscard]] Bytes payload() const noexcept { return bytes_.subspan(header_length()); }

 private:
  using View::View;

  [[nodiscard]] std::optional<std::uint32_t> when(bool there, std::size_t offset) const noexcept {
    if (!there) return std::nullopt;
    return field<std::uint32_t>(offset);
  }
};

/// What write() makes a header of. A version leaves out what it does not have.
struct NetflowFields {
  std::uint16_t version = 5;
  /// Left open: as many records of the version as the payload holds. Version 9 leaves it open only
  /// where the payload has all templates of its records: see netflow_v9_record_count().
  std::optional<std::uint16_t> count{};
  std::uint32_t sys_uptime = 0;
  std::uint32_t unix_secs = 0;
  std::uint32_t unix_nanoseconds = 0;
  std::uint32_t flow_sequence = 0;
  std::uint8_t engine_type = 0;
  std::uint8_t engine_id = 0;
  std::uint8_t sampling_mode = 0;
  std::uint16_t sampling_interval = 0;
  std::uint32_t reserved = 0;
  std::uint32_t source_id = 0;

  [[nodiscard]] static NetflowFields of(const NetflowView& header) noexcept {
    return {.version = header.version(),
            .count = header.count(),
            .sys_uptime = header.sys_uptime(),
            .unix_secs = header.unix_secs(),
            .unix_nanoseconds = header.unix_nanoseconds().value_or(0),
            .flow_sequence = header.flow_sequence().value_or(0),
            .engine_type = header.engine_type().value_or(0),
            .engine_id = header.engine_id().value_or(0),
            .sampling_mode = header.sampling_mode().value_or(0),
            .sampling_interval = header.sampling_interval().value_or(0),
            .reserved = header.reserved().value_or(0),
            .source_id = header.source_id().value_or(0)};
  }
  [[nodiscard]] static constexpr HeaderNumbers numbers() noexcept { return {.port = netflow_port}; }
  [[nodiscard]] std::size_t header_length() const noexcept {
    return netflow_header_length(version);
  }
  /// bad_value: a version that is not known here, a sampling mode or interval of too many bits, or
  /// records that cannot be counted.
  [[nodiscard]] WEIR_API Written write(MutableBytes to, Bytes payload) const noexcept;
};

}  // namespace weir::wire
