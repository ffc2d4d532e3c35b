// A value as text, without quotes.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "weir/record/value.h"

namespace weir::record {

/// What stands before an IPv4 address among IPv6 ones (RFC 4291 2.5.5.2).
inline constexpr std::array<std::uint8_t, 12> mapped_prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255};

/// Whether it is ASCII, of which every consumer can make something.
[[nodiscard]] bool is_ascii(std::string_view text) noexcept;
/// Appends text from outside as UTF-8: U+FFFD stands for each octet that is no part of that.
void append_utf8(std::string& out, std::string_view text);

/// Appends the text of any value: addresses as RFC 5952 says, octets as hex digits, times as RFC
/// 3339 says; nothing where it is absent.
void append_text(std::string& out, const Value& value);

}  // namespace weir::record
