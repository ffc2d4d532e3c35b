// Netlink messages and attributes as the kernel writes them: every length is checked.
#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "weir/bytes.h"

namespace weir::sys {

/// One message; borrows its body.
struct NetlinkMessage {
  std::uint16_t type = 0;
  std::uint16_t flags = 0;
  std::uint32_t sequence = 0;
  Bytes body{};
};

/// Takes the first message off `rest`. Nothing at the end, and where a length contradicts the
/// bytes: `rest` is empty then.
[[nodiscard]] std::optional<NetlinkMessage> take_message(Bytes& rest) noexcept;

/// Takes a header of the kernel's, say an ifinfomsg, off the front of `body`; nothing if it is cut.
template <class T>
[[nodiscard]] std::optional<T> take_header(Bytes& body) noexcept {
  static_assert(std::is_trivially_copyable_v<T> && sizeof(T) % 4 == 0);
  if (body.size() < sizeof(T)) return std::nullopt;
  T header;
  std::memcpy(&header, body.data(), sizeof header);
  body = body.subspan(sizeof header);
  return header;
}

/// One attribute; borrows its value.
struct NetlinkAttribute {
  /// Without the bits for nesting and byte order.
  std::uint16_t type = 0;
  Bytes value{};

  /// The value as a number of exactly that size, in this machine's byte order.
  template <class T>
  [[nodiscard]] std::optional<T> as() const noexcept {
    static_assert(std::is_unsigned_v<T>);
    if (value.size() != sizeof(T)) return std::nullopt;
    T number;
    std::memcpy(&number, value.data(), sizeof number);
    return number;
  }
  /// The characters before the first NUL, or all.
  [[nodiscard]] std::string text() const;
};

/// Takes the first attribute off `rest`, as take_message() does.
[[nodiscard]] std::optional<NetlinkAttribute> take_attribute(Bytes& rest) noexcept;

/// Appends an attribute to the body of a request. Precondition: `value` has less than 64 KiB.
void append_attribute(std::vector<std::uint8_t>& body, std::uint16_t type, Bytes value);

/// The bytes of a header that a request begins with.
template <class T>
[[nodiscard]] std::vector<std::uint8_t> body_of(const T& header) {
  static_assert(std::is_trivially_copyable_v<T> && sizeof(T) % 4 == 0);
  std::vector<std::uint8_t> body(sizeof header);
  std::memcpy(body.data(), &header, sizeof header);
  return body;
}

}  // namespace weir::sys
