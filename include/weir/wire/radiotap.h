// Radiotap (LINKTYPE_IEEE802_11_RADIOTAP, radiotap.org): what the radio knew of an 802.11 frame.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <expected>
#include <optional>

#include "weir/wire/fields.h"
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
  /// Byte 1, which means nothing.
  [[nodiscard]] std::uint8_t padding() const noexcept { return bytes_[1]; }
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
  /// What stands behind present(): more such words, then the fields, FLAGS among them.
  [[nodiscard]] Bytes fields() const noexcept {
    return bytes_.first(header_length()).subspan(min_header_length);
  }

  [[nodiscard]] std::size_t header_length() const noexcept { return field_le<std::uint16_t>(2); }
  [[nodiscard]] Bytes payload() const noexcept { return bytes_.subspan(header_length()); }

  static constexpr std::uint32_t has_tsft = 1U << 0;
  static constexpr std::uint32_t has_flags = 1U << 1;
  static constexpr std::uint32_t another_word = 1U << 31;

  /// Where TSFT and FLAGS end, if `present` has them, behind words that end at `words_end`. Fields
  /// are aligned to their own size, counted from the start of the header.
  [[nodiscard]] static constexpr std::size_t flags_end(std::uint32_t present,
                                                       std::size_t words_end) noexcept {
    std::size_t end = words_end;
    if ((present & has_tsft) != 0) end = ((end + 7) & ~std::size_t{7}) + 8;
    return (present & has_flags) != 0 ? end + 1 : end;
  }

 private:
  RadiotapView(Bytes bytes, std::size_t flags_offset) noexcept
      : View{bytes}, flags_offset_{flags_offset} {}

  [[nodiscard]] static std::expected<RadiotapView, ParseError> find_flags(
      Bytes bytes, std::size_t words_end, std::size_t length) noexcept {
    const auto present = load_le<std::uint32_t>(bytes.data() + 4);
    const std::size_t end = flags_end(present, words_end);
    if (end > length) return std::unexpected{ParseError::bad_header_length};
    return RadiotapView{bytes, (present & has_flags) != 0 ? end - 1 : 0};
  }

  std::size_t flags_offset_;
};

/// What write() makes a radiotap header of.
struct RadiotapFields {
  std::uint8_t padding = 0;
  /// Left open: the header's own.
  std::optional<std::uint16_t> length{};
  std::uint32_t present = RadiotapView::has_flags;
  /// Written over FLAGS where `present` has it.
  std::uint8_t flags = 0;
  /// Borrowed: what stands behind `present`, further such words included. Where it is too short to
  /// hold TSFT and FLAGS it is filled up with zeros.
  Bytes fields{};

  [[nodiscard]] static RadiotapFields of(const RadiotapView& header) noexcept {
    return {.padding = header.padding(),
            .length = static_cast<std::uint16_t>(header.header_length()),
            .present = header.present(),
            .flags = header.flags(),
            .fields = header.fields()};
  }
  [[nodiscard]] static constexpr HeaderNumbers numbers() noexcept { return {.link_type = 127}; }
  [[nodiscard]] std::size_t header_length() const noexcept {
    return std::max(RadiotapView::min_header_length + fields.size(), flags_end());
  }
  [[nodiscard]] Written write(MutableBytes to, Bytes /*payload*/) const noexcept {
    if (to.size() < header_length()) return std::unexpected{WriteError::no_room};
    if (header_length() > 0xffff) return std::unexpected{WriteError::too_long};
    to[0] = 0;
    to[1] = padding;
    store_le(to.data() + 2, length.value_or(static_cast<std::uint16_t>(header_length())));
    store_le(to.data() + 4, present);
    std::memset(to.data() + RadiotapView::min_header_length, 0,
                header_length() - RadiotapView::min_header_length);
    store_bytes(to.data() + RadiotapView::min_header_length, fields);
    if ((present & RadiotapView::has_flags) != 0) to[flags_end() - 1] = flags;
    return header_length();
  }

 private:
  [[nodiscard]] std::size_t flags_end() const noexcept {
    std::size_t words = 0;
    bool another = (present & RadiotapView::another_word) != 0;
    for (; another && (words + 1) * 4 <= fields.size(); ++words) {
      const auto word = load_le<std::uint32_t>(fields.data() + words * 4);
      another = (word & RadiotapView::another_word) != 0;
    }
    return RadiotapView::flags_end(present, RadiotapView::min_header_length + words * 4);
  }
};

}  // namespace weir::wire
