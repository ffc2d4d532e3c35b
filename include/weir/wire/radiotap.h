// Radiotap (LINKTYPE_IEEE802_11_RADIOTAP, radiotap.org): what the radio knew of an 802.11 frame.
#pragma once

#include <cstdint>
#include <expected>

#include "weir/wire/parse_error.h"
#include "weir/wire/wire.h"

namespace weir::wire {

/// A radiotap header; little-endian throughout. Of its fields only FLAGS is read: it says how to
/// read the frame behind.
class RadiotapView : public View {
 public:
  static constexpr ProtocolSet protocols{Protocol::radiotap};
  static constexpr std::size_t min_header_length = 8;

  [[nodiscard]] static std::expected<RadiotapView, ParseError> parse(Bytes bytes) noexcept {
    if (bytes.size() < min_header_length) return std::unexpected{ParseError::truncated};
    if (bytes[0] != 0) return std::unexpected{ParseError::bad_version};
    const std::size_t length = load_le<std::uint16_t>(bytes.data() + 2);
    if (length < min_header_length) return std::unexpected{ParseError::bad_header_length};
    if (length > bytes.size()) return std::unexpected{ParseError::truncated};
    std::size_t words_end = min_header_length;
    while ((load_le<std::uint32_t>(bytes.data() + words_end - 4) & another_word) != 0) {
      words_end += 4;
      if (words_end > length) return std::unexpected{ParseError::bad_header_length};
    }
    return find_flags(bytes, words_end, length);
  }

  [[nodiscard]] std::uint8_t version() const noexcept { return bytes_[0]; }
  /// The first of the words that say which fields are there.
  [[nodiscard]] std::uint32_t present() const noexcept { return field_le<std::uint32_t>(4); }
  /// The FLAGS field; 0 if there is none.
  [[nodiscard]] std::uint8_t flags() const noexcept {
    return flags_offset_ != 0 ? bytes_[flags_offset_] : std::uint8_t{0};
  }
  /// Whether payload() ends with a frame check sequence.
  [[nodiscard]] bool fcs_at_end() const noexcept { return (flags() & 0x10) != 0; }
  /// Whether the 802.11 header is padded to a multiple of four bytes.
  [[nodiscard]] bool data_padded() const noexcept { return (flags() & 0x20) != 0; }
  [[nodiscard]] bool bad_fcs() const noexcept { return (flags() & 0x40) != 0; }

  [[nodiscard]] std::size_t header_length() const noexcept { return field_le<std::uint16_t>(2); }
  [[nodiscard]] Bytes payload() const noexcept { return bytes_.subspan(header_length()); }

 private:
  static constexpr std::uint32_t has_tsft = 1U << 0;
  static constexpr std::uint32_t has_flags = 1U << 1;
  static constexpr std::uint32_t another_word = 1U << 31;

  RadiotapView(Bytes bytes, std::size_t flags_offset) noexcept
      : View{bytes}, flags_offset_{flags_offset} {}

  // Fields are aligned to their own size, counted from the start of the header.
  [[nodiscard]] static std::expected<RadiotapView, ParseError> find_flags(
      Bytes bytes, std::size_t words_end, std::size_t length) noexcept {
    const auto present = load_le<std::uint32_t>(bytes.data() + 4);
    std::size_t end = words_end;
    if ((present & has_tsft) != 0) end = ((end + 7) & ~std::size_t{7}) + 8;
    const std::size_t flags = (present & has_flags) != 0 ? end++ : 0;
    if (end > length) return std::unexpected{ParseError::bad_header_length};
    return RadiotapView{bytes, flags};
  }

  std::size_t flags_offset_;
};

/// What write() makes a radiotap header of: FLAGS is its only field.
struct RadiotapFields {
  std::uint8_t flags = 0;

  /// Bytes written; 0 if there is no room.
  [[nodiscard]] std::size_t write(MutableBytes to) const noexcept {
    constexpr std::uint16_t length = 9;
    if (to.size() < length) return 0;
    to[0] = 0;
    to[1] = 0;
    store_le(to.data() + 2, length);
    store_le(to.data() + 4, std::uint32_t{2});
    to[8] = flags;
    return length;
  }
};

}  // namespace weir::wire
