// Domain names (RFC 1035 3.1), from text to what stands in a message.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <string_view>

#include "weir/api.h"
#include "weir/bytes.h"

namespace weir::wire {

/// Why a text is no name.
enum class DnsNameError : std::uint8_t {
  empty_label,     ///< two dots in a row, or one at the beginning
  label_too_long,  ///< more than 63 bytes
  name_too_long,   ///< more than 255 bytes, lengths and root included
  bad_escape,      ///< `\` at the end, or three digits above 255
};

/// "empty_label", "label_too_long", ...
[[nodiscard]] constexpr const char* name(DnsNameError error) noexcept {
  switch (error) {
    case DnsNameError::empty_label:
      return "empty_label";
    case DnsNameError::label_too_long:
      return "label_too_long";
    case DnsNameError::name_too_long:
      return "name_too_long";
    case DnsNameError::bad_escape:
      return "bad_escape";
  }
  return "";
}

/// A name as it stands in a message, uncompressed: labels with their lengths, and the root. A
/// value; const calls from several threads at once.
class DnsName {
 public:
  static constexpr std::size_t max_label = 63;
  static constexpr std::size_t max_size = 255;

  /// The root.
  DnsName() noexcept = default;
  /// Text as DnsReader::name() writes it (RFC 1035 5.1): labels with dots between them and perhaps
  /// one at the end, `\.` for a dot within a label, `\DDD` for any byte. "" and "." are the root.
  [[nodiscard]] WEIR_API static std::expected<DnsName, DnsNameError> parse(
      std::string_view text) noexcept;

  /// Borrows from this object.
  [[nodiscard]] Bytes bytes() const noexcept { return {octets_.data(), size_}; }

 private:
  std::array<std::uint8_t, max_size> octets_{};
  std::size_t size_ = 1;
};

}  // namespace weir::wire
