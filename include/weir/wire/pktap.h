// Apple's packet tap (LINKTYPE_PKTAP): interface and process before a packet of any link type.
#pragma once

#include <array>
#include <cstdint>
#include <expected>
#include <optional>

#include "weir/wire/fields.h"
#include "weir/wire/next_dlt.h"
#include "weir/wire/parse_error.h"
#include "weir/wire/wire.h"

namespace weir::wire {

/// A packet tap header; little-endian throughout.
class PktapView : public View {
 public:
  static constexpr ProtocolSet protocols{Protocol::pktap};
  static constexpr std::size_t min_header_length = 108;
  static constexpr std::uint32_t record_packet = 1;

  [[nodiscard]] static std::expected<PktapView, ParseError> parse(Bytes bytes) noexcept {
    if (bytes.size() < min_header_length) return std::unexpected{ParseError::truncated};
    const PktapView header{bytes};
    if (header.header_length() < min_header_length) {
      return std::unexpected{ParseError::bad_header_length};
    }
    if (header.header_length() > bytes.size()) return std::unexpected{ParseError::truncated};
    return header;
  }

  /// record_packet, or a kind of record without a packet.
  [[nodiscard]] std::uint32_t record_type() const noexcept { return field_le<std::uint32_t>(4); }
  /// The DLT_ number of what follows.
  [[nodiscard]] std::uint32_t dlt() const noexcept { return field_le<std::uint32_t>(8); }
  /// 24 bytes, filled up with zeros.
  [[nodiscard]] Bytes interface_name() const noexcept { return bytes_.subspan(12, 24); }
  /// 1 is in, 2 is out.
  [[nodiscard]] std::uint32_t flags() const noexcept { return field_le<std::uint32_t>(36); }
  [[nodiscard]] std::uint32_t protocol_family() const noexcept {
    return field_le<std::uint32_t>(40);
  }
  /// Bytes of the link layer before the packet, and behind it.
  [[nodiscard]] std::uint32_t link_header_length() const noexcept {
    return field_le<std::uint32_t>(44);
  }
  [[nodiscard]] std::uint32_t link_trailer_length() const noexcept {
    return field_le<std::uint32_t>(48);
  }
  [[nodiscard]] std::uint32_t process_identifier() const noexcept {
    return field_le<std::uint32_t>(52);
  }
  /// 20 bytes, filled up with zeros.
  [[nodiscard]] Bytes command_name() const noexcept { return bytes_.subspan(56, 20); }
  [[nodiscard]] std::uint32_t service_class() const noexcept { return field_le<std::uint32_t>(76); }
  /// IFT_ number.
  [[nodiscard]] std::uint16_t interface_type() const noexcept {
    return field_le<std::uint16_t>(80);
  }
  [[nodiscard]] std::uint16_t interface_unit() const noexcept {
    return field_le<std::uint16_t>(82);
  }
  /// Of the process on whose behalf it was sent.
  [[nodiscard]] std::uint32_t effective_process_identifier() const noexcept {
    return field_le<std::uint32_t>(84);
  }
  /// 20 bytes, filled up with zeros.
  [[nodiscard]] Bytes effective_command_name() const noexcept { return bytes_.subspan(88, 20); }
  /// What longer headers have behind these.
  [[nodiscard]] Bytes extension() const noexcept {
    return bytes_.first(header_length()).subspan(min_header_length);
  }

  [[nodiscard]] std::size_t header_length() const noexcept { return field_le<std::uint32_t>(0); }
  [[nodiscard]] Bytes payload() const noexcept { return bytes_.subspan(header_length()); }

 private:
  using View::View;
};

/// What write() makes a packet tap header of.
struct PktapFields {
  /// Left open: the header's own.
  std::optional<std::uint32_t> length{};
  std::uint32_t record_type = PktapView::record_packet;
  /// Left open: what follows, or Ethernet's (1).
  std::optional<std::uint32_t> dlt{};
  std::array<std::uint8_t, 24> interface_name{};
  std::uint32_t flags = 0;
  std::uint32_t protocol_family = 0;
  std::uint32_t link_header_length = 0;
  std::uint32_t link_trailer_length = 0;
  std::uint32_t process_identifier = 0;
  std::array<std::uint8_t, 20> command_name{};
  std::uint32_t service_class = 0;
  std::uint16_t interface_type = 0;
  std::uint16_t interface_unit = 0;
  std::uint32_t effective_process_identifier = 0;
  std::array<std::uint8_t, 20> effective_command_name{};
  /// Borrowed; as it is to stand.
  Bytes extension{};

  [[nodiscard]] static PktapFields of(const PktapView& header) noexcept {
    PktapFields fields{.length = static_cast<std::uint32_t>(header.header_length()),
                       .record_type = header.record_type(),
                       .dlt = header.dlt(),
                       .flags = header.flags(),
                       .protocol_family = header.protocol_family(),
                       .link_header_length = header.link_header_length(),
                       .link_trailer_length = header.link_trailer_length(),
                       .process_identifier = header.process_identifier(),
                       .service_class = header.service_class(),
                       .interface_type = header.interface_type(),
                       .interface_unit = header.interface_unit(),
                       .effective_process_identifier = header.effective_process_identifier(),
                       .extension = header.extension()};
    store_bytes(fields.interface_name.data(), header.interface_name());
    store_bytes(fields.command_name.data(), header.command_name());
    store_bytes(fields.effective_command_name.data(), header.effective_command_name());
    return fields;
  }
  constexpr void name_next(const HeaderNumbers& next) noexcept {
    if (!dlt) dlt = next_dlt(next);
  }
  [[nodiscard]] std::size_t header_length() const noexcept {
    return PktapView::min_header_length + extension.size();
  }
  [[nodiscard]] Written write(MutableBytes to, Bytes /*payload*/) const noexcept {
    if (to.size() < header_length()) return std::unexpected{WriteError::no_room};
    if (header_length() > 0xffffffff) return std::unexpected{WriteError::too_long};
    store_le(to.data(), length.value_or(static_cast<std::uint32_t>(header_length())));
    store_le(to.data() + 4, record_type);
    store_le(to.data() + 8, dlt.value_or(1));
    store_bytes(to.data() + 12, interface_name);
    store_le(to.data() + 36, flags);
    store_le(to.data() + 40, protocol_family);
    store_le(to.data() + 44, link_header_length);
    store_le(to.data() + 48, link_trailer_length);
    store_le(to.data() + 52, process_identifier);
    store_bytes(to.data() + 56, command_name);
    store_le(to.data() + 76, service_class);
    store_le(to.data() + 80, interface_type);
    store_le(to.data() + 82, interface_unit);
    store_le(to.data() + 84, effective_process_identifier);
    store_bytes(to.data() + 88, effective_command_name);
    store_bytes(to.data() + PktapView::min_header_length, extension);
    return header_length();
  }
};

}  // namespace weir::wire
