// Group records of IGMP version 3 reports (RFC 3376 4.2.4): read, and written.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "weir/address.h"
#include "weir/wire/fields.h"
#include "weir/wire/tlv_list.h"
#include "weir/wire/wire.h"

namespace weir::wire {

/// RFC 3376 4.2.12; any other value is legal and merely not known here.
enum class IgmpRecordType : std::uint8_t {
  mode_is_include = 1,
  mode_is_exclude = 2,
  change_to_include = 3,
  change_to_exclude = 4,
  allow_new_sources = 5,
  block_old_sources = 6,
};

/// One group record, as it is read.
struct IgmpGroupRecord {
  static constexpr std::size_t min_length = 8;

  IgmpRecordType type = IgmpRecordType::mode_is_include;
  Ipv4Address multicast_address{};
  /// The source addresses as they stand, four bytes each.
  Bytes sources{};
  /// A multiple of four bytes; version 3 defines none.
  Bytes auxiliary_data{};

  [[nodiscard]] std::size_t source_count() const noexcept {
    return sources.size() / Ipv4Address::size;
  }
  /// Precondition: index < source_count().
  [[nodiscard]] Ipv4Address source(std::size_t index) const noexcept {
    return Ipv4Address::load(sources.data() + index * Ipv4Address::size);
  }

  /// See Tlv; damaged where sources or auxiliary data go beyond the bytes.
  [[nodiscard]] static std::size_t read(Bytes rest, IgmpGroupRecord& record) noexcept {
    if (rest.size() < min_length) return 0;
    const std::size_t auxiliary = std::size_t{rest[1]} * 4;
    const std::size_t sources = load_be<std::uint16_t>(rest.data() + 2) * Ipv4Address::size;
    const std::size_t length = min_length + sources + auxiliary;
    if (rest.size() < length) return 0;
    record = {.type = static_cast<IgmpRecordType>(rest[0]),
              .multicast_address = Ipv4Address::load(rest.data() + 4),
              .sources = rest.subspan(min_length, sources),
              .auxiliary_data = rest.subspan(min_length + sources, auxiliary)};
    return length;
  }
};

using IgmpGroupRecordList = TlvList<IgmpGroupRecord>;

/// One group record to be written.
struct IgmpGroupRecordFields {
  IgmpRecordType type = IgmpRecordType::mode_is_include;
  Ipv4Address multicast_address{};
  /// Borrowed, as what follows; at most 65,535.
  std::span<const Ipv4Address> sources{};
  /// A multiple of four bytes, at most 1,020.
  Bytes auxiliary_data{};

  [[nodiscard]] std::size_t length() const noexcept {
    return IgmpGroupRecord::min_length + sources.size() * Ipv4Address::size + auxiliary_data.size();
  }
  /// What write() would refuse, whatever the room.
  [[nodiscard]] std::optional<WriteError> refused() const noexcept {
    if (sources.size() > 0xffff || auxiliary_data.size() > 1020) return WriteError::too_long;
    if (auxiliary_data.size() % 4 != 0) return WriteError::bad_value;
    return std::nullopt;
  }
  [[nodiscard]] Written write(MutableBytes to) const noexcept {
    if (to.size() < length()) return std::unexpected{WriteError::no_room};
    if (const auto error = refused()) return std::unexpected{*error};
    std::uint8_t* at = to.data();
    at[0] = static_cast<std::uint8_t>(type);
    at[1] = static_cast<std::uint8_t>(auxiliary_data.size() / 4);
    store_be(at + 2, static_cast<std::uint16_t>(sources.size()));
    store_bytes(at + 4, multicast_address.octets);
    at += IgmpGroupRecord::min_length;
    for (const Ipv4Address& source : sources) {
      store_bytes(at, source.octets);
      at += Ipv4Address::size;
    }
    store_bytes(at, auxiliary_data);
    return length();
  }
};

}  // namespace weir::wire
