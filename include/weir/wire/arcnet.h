// ARCNET as BSD records it (LINKTYPE_ARCNET_BSD): RFC 1051 and RFC 1201 headers.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>

#include "weir/wire/ether_type.h"
#include "weir/wire/fields.h"
#include "weir/wire/parse_error.h"
#include "weir/wire/wire.h"

namespace weir::wire {

/// An ARCNET header: three bytes with the old protocols of RFC 1051; six with a fragmentation
/// header (RFC 1201), ten in its exception form.
class ArcnetView : public View {
 public:
  static constexpr ProtocolSet protocols{Protocol::arcnet};
  static constexpr std::size_t min_header_length = 3;
  static constexpr std::uint8_t type_ipv6 = 0xc4;
  static constexpr std::uint8_t type_ipv4 = 0xd4;
  static constexpr std::uint8_t type_arp = 0xd5;
  static constexpr std::uint8_t type_rarp = 0xd6;
  static constexpr std::uint8_t type_ipv4_old = 0xf0;
  static constexpr std::uint8_t type_arp_old = 0xf1;
  static constexpr std::size_t fragmented_length = 6;
  static constexpr std::size_t exception_length = 10;

  /// Whether a type comes with a fragmentation header.
  [[nodiscard]] static constexpr bool type_has_fragmentation(std::uint8_t type) noexcept {
    return type != type_ipv4_old && type != type_arp_old;
  }

  [[nodiscard]] static std::expected<ArcnetView, ParseError> parse(Bytes bytes) noexcept {
    if (bytes.size() < min_header_length) return std::unexpected{ParseError::truncated};
    const ArcnetView header{bytes};
    if (header.has_fragmentation() && bytes.size() < fragmented_length) {
      return std::unexpected{ParseError::truncated};
    }
    if (bytes.size() < header.header_length()) return std::unexpected{ParseError::truncated};
    return header;
  }

  [[nodiscard]] std::uint8_t source() const noexcept { return bytes_[0]; }
  /// 0 is broadcast.
  [[nodiscard]] std::uint8_t destination() const noexcept { return bytes_[1]; }
  [[nodiscard]] std::uint8_t type() const noexcept { return bytes_[2]; }
  [[nodiscard]] bool has_fragmentation() const noexcept { return type_has_fragmentation(type()); }
  /// 0 if unfragmented or without a fragmentation header.
  [[nodiscard]] std::uint8_t split_flag() const noexcept {
    if (!has_fragmentation()) return 0;
    return bytes_[is_exception() ? 7 : 3];
  }
  [[nodiscard]] std::uint16_t sequence_number() const noexcept {
    if (!has_fragmentation()) return 0;
    return field<std::uint16_t>(is_exception() ? 8 : 4);
  }
  /// RFC 1201: an even flag above 0 is a fragment behind the first, which starts with no header.
  [[nodiscard]] bool is_later_fragment() const noexcept {
    return split_flag() != 0 && split_flag() % 2 == 0;
  }
  /// RFC 1201 3.2.2: what stands in front of packets whose length is no legal one.
  [[nodiscard]] bool is_exception() const noexcept {
    return has_fragmentation() && bytes_[3] == 0xff;
  }
  /// What the exception form has before its second type, 0xffff by the RFC; 0 in other forms.
  [[nodiscard]] std::uint16_t exception_sequence() const noexcept {
    return is_exception() ? field<std::uint16_t>(4) : std::uint16_t{0};
  }
  /// The second type of the exception form; type() in other forms.
  [[nodiscard]] std::uint8_t exception_type() const noexcept {
    return is_exception() ? bytes_[6] : type();
  }

  [[nodiscard]] std::size_t header_length() const noexcept {
    if (!has_fragmentation()) return min_header_length;
    return is_exception() ? exception_length : fragmented_length;
  }
  [[nodiscard]] Bytes payload() const noexcept { return bytes_.subspan(header_length()); }

 private:
  using View::View;
};

/// What write() makes an ARCNET header of.
struct ArcnetFields {
  std::uint8_t source = 0;
  /// 0 is broadcast.
  std::uint8_t destination = 0;
  /// Left open: what follows, or 0.
  std::optional<std::uint8_t> type{};
  /// Like sequence_number not written with the types of RFC 1051. 0xff only as the exception form
  /// has it.
  std::uint8_t split_flag = 0;
  std::uint16_t sequence_number = 0;
  bool is_exception = false;
  /// These two are written in the exception form only. The type left open: the first one.
  std::uint16_t exception_sequence = 0xffff;
  std::optional<std::uint8_t> exception_type{};

  [[nodiscard]] static ArcnetFields of(const ArcnetView& header) noexcept {
    return {.source = header.source(),
            .destination = header.destination(),
            .type = header.type(),
            .split_flag = header.split_flag(),
            .sequence_number = header.sequence_number(),
            .is_exception = header.is_exception(),
            .exception_sequence = header.exception_sequence(),
            .exception_type = header.exception_type()};
  }
  constexpr void name_next(const HeaderNumbers& next) noexcept {
    if (type) return;
    if (next.ether_type == ether_type::ipv4) type = ArcnetView::type_ipv4;
    if (next.ether_type == ether_type::ipv6) type = ArcnetView::type_ipv6;
    if (next.ether_type == ether_type::arp) type = ArcnetView::type_arp;
    if (next.ether_type == ether_type::rarp) type = ArcnetView::type_rarp;
  }
  [[nodiscard]] constexpr std::size_t header_length() const noexcept {
    if (!ArcnetView::type_has_fragmentation(type.value_or(0))) return ArcnetView::min_header_length;
    return is_exception ? ArcnetView::exception_length : ArcnetView::fragmented_length;
  }
  [[nodiscard]] Written write(MutableBytes to, Bytes /*payload*/) const noexcept {
    if (to.size() < header_length()) return std::unexpected{WriteError::no_room};
    const bool has_fragmentation = ArcnetView::type_has_fragmentation(type.value_or(0));
    if (!has_fragmentation && is_exception) return std::unexpected{WriteError::bad_value};
    if (has_fragmentation && !is_exception && split_flag == 0xff) {
      return std::unexpected{WriteError::bad_value};
    }
    to[0] = source;
    to[1] = destination;
    to[2] = type.value_or(0);
    if (!has_fragmentation) return header_length();
    if (is_exception) {
      to[3] = 0xff;
      store_be(to.data() + 4, exception_sequence);
      to[6] = exception_type.value_or(to[2]);
    }
    to[header_length() - 3] = split_flag;
    store_be(to.data() + header_length() - 2, sequence_number);
    return header_length();
  }
};

}  // namespace weir::wire
