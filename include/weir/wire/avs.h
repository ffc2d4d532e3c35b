// The AVS monitoring header (LINKTYPE_IEEE802_11_AVS), versions 1 and 2, before an 802.11 frame.
#pragma once

#include <cstdint>
#include <cstring>
#include <expected>

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

  [[nodiscard]] std::size_t header_length() const noexcept { return field<std::uint32_t>(4); }
  [[nodiscard]] Bytes payload() const noexcept { return bytes_.subspan(header_length()); }

 private:
  using View::View;
};

/// What write() makes a version 1 AVS header of; what is not named here is written as 0.
struct AvsFields {
  std::uint64_t mac_time = 0;
  std::uint64_t host_time = 0;
  std::uint32_t phy_type = 0;
  std::uint32_t channel = 0;
  std::uint32_t data_rate = 0;

  /// Bytes written; 0 if there is no room.
  [[nodiscard]] std::size_t write(MutableBytes to) const noexcept {
    if (to.size() < AvsView::min_header_length) return 0;
    store_be(to.data(), AvsView::version_1);
    store_be(to.data() + 4, std::uint32_t{AvsView::min_header_length});
    store_be(to.data() + 8, mac_time);
    store_be(to.data() + 16, host_time);
    store_be(to.data() + 24, phy_type);
    store_be(to.data() + 28, channel);
    store_be(to.data() + 32, data_rate);
    std::memset(to.data() + 36, 0, AvsView::min_header_length - 36);
    return AvsView::min_header_length;
  }
};

}  // namespace weir::wire
