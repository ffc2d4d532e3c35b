// The AVS monitoring header (LINKTYPE_IEEE802_11_AVS), versions 1 and 2, before an 802.11 frame.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>

#include "weir/wire/fields.h"
#include "weir/wire/parse_error.h"
#include "weir/wire/wire.h"

namespace weir::wire {

/// An AVS header; big-endian throughout.
class AvsView : public View {
 public:
  static constexpr ProtocolSet protocols{Protocol::prism};
  static constexpr std::size_t min_header_length = 64;
  static constexpr std::uint32_t version_1 = 0x80211001;
  static constexpr std::uint32_t version_2 = 0x80211002;

  [[nodiscard]] static std::expected<AvsView, ParseError> parse(Bytes bytes) noexcept {
    if (bytes.size() < min_header_length) return std::unexpected{ParseError::truncated};
    const AvsView header{bytes};
    if (header.version() != version_1 && header.version() != version_2) {
      return std::unexpected{ParseError::bad_version};
    }
    if (header.header_length() < min_header_length) {
      return std::unexpected{ParseError::bad_header_length};
    }
    if (header.header_length() > bytes.size()) return std::unexpected{ParseError::truncated};
    return header;
  }

  /// version_1 or version_2.
  [[nodiscard]] std::uint32_t version() const noexcept { return field<std::uint32_t>(0); }
  /// Microseconds of the adapter's clock.
  [[nodiscard]] std::uint64_t mac_time() const noexcept { return field<std::uint64_t>(8); }
  [[nodiscard]] std::uint64_t host_time() const noexcept { return field<std::uint64_t>(16); }
  [[nodiscard]] std::uint32_t phy_type() const noexcept { return field<std::uint32_t>(24); }
  [[nodiscard]] std::uint32_t channel() const noexcept { return field<std::uint32_t>(28); }
  /// Units of 100 kbit/s.
  [[nodiscard]] std::uint32_t data_rate() const noexcept { return field<std::uint32_t>(32); }
  [[nodiscard]] std::uint32_t antenna() const noexcept { return field<std::uint32_t>(36); }
  [[nodiscard]] std::uint32_t priority() const noexcept { return field<std::uint32_t>(40); }
  [[nodiscard]] std::uint32_t ssi_type() const noexcept { return field<std::uint32_t>(44); }
  /// As ssi_type says.
  [[nodiscard]] std::int32_t ssi_signal() const noexcept {
    return static_cast<std::int32_t>(field<std::uint32_t>(48));
  }
  /// As ssi_type says.
  [[nodiscard]] std::int32_t ssi_noise() const noexcept {
    return static_cast<std::int32_t>(field<std::uint32_t>(52));
  }
  [[nodiscard]] std::uint32_t preamble() const noexcept { return field<std::uint32_t>(56); }
  [[nodiscard]] std::uint32_t encoding() const noexcept { return field<std::uint32_t>(60); }
  /// What version 2 has behind these.
  [[nodiscard]] Bytes extension() const noexcept {
    return bytes_.first(header_length()).subspan(min_header_length);
  }

  [[nodiscard]] std::size_t header_length() const noexcept { return field<std::uint32_t>(4); }
  [[nodiscard]] Bytes payload() const noexcept { return bytes_.subspan(header_length()); }

 private:
  using View::View;
};

/// What write() makes an AVS header of.
struct AvsFields {
  std::uint32_t version = AvsView::version_1;
  /// Left open: the header's own.
  std::optional<std::uint32_t> length{};
  std::uint64_t mac_time = 0;
  std::uint64_t host_time = 0;
  std::uint32_t phy_type = 0;
  std::uint32_t channel = 0;
  std::uint32_t data_rate = 0;
  std::uint32_t antenna = 0;
  std::uint32_t priority = 0;
  std::uint32_t ssi_type = 0;
  std::int32_t ssi_signal = 0;
  std::int32_t ssi_noise = 0;
  std::uint32_t preamble = 0;
  std::uint32_t encoding = 0;
  /// Borrowed; as it is to stand.
  Bytes extension{};

  [[nodiscard]] static AvsFields of(const AvsView& header) noexcept {
    return {.version = header.version(),
            .length = static_cast<std::uint32_t>(header.header_length()),
            .mac_time = header.mac_time(),
            .host_time = header.host_time(),
            .phy_type = header.phy_type(),
            .channel = header.channel(),
            .data_rate = header.data_rate(),
            .antenna = header.antenna(),
            .priority = header.priority(),
            .ssi_type = header.ssi_type(),
            .ssi_signal = header.ssi_signal(),
            .ssi_noise = header.ssi_noise(),
            .preamble = header.preamble(),
            .encoding = header.encoding(),
            .extension = header.extension()};
  }
  [[nodiscard]] static constexpr HeaderNumbers numbers() noexcept { return {.link_type = 163}; }
  [[nodiscard]] std::size_t header_length() const noexcept {
    return AvsView::min_header_length + extension.size();
  }
  [[nodiscard]] Written write(MutableBytes to, Bytes /*payload*/) const noexcept {
    if (to.size() < header_length()) return std::unexpected{WriteError::no_room};
    if (header_length() > 0xffffffff) return std::unexpected{WriteError::too_long};
    store_be(to.data(), version);
    store_be(to.data() + 4, length.value_or(static_cast<std::uint32_t>(header_length())));
    store_be(to.data() + 8, mac_time);
    store_be(to.data() + 16, host_time);
    const std::uint32_t numbers_behind[] = {phy_type,
                                            channel,
                                            data_rate,
                                            antenna,
                                            priority,
                                            ssi_type,
                                            static_cast<std::uint32_t>(ssi_signal),
                                            static_cast<std::uint32_t>(ssi_noise),
                                            preamble,
                                            encoding};
    std::uint8_t* at = to.data() + 24;
    for (const std::uint32_t number : numbers_behind) {
      store_be(at, number);
      at += sizeof number;
    }
    store_bytes(at, extension);
    return header_length();
  }
};

}  // namespace weir::wire
