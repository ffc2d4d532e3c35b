// Netlink messages made by hand.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "sys/netlink_message.h"

namespace weir::test {

using NetlinkBytes = std::vector<std::uint8_t>;

/// A header of the kernel's, and attributes behind it.
class NetlinkBody {
 public:
  template <class T>
  explicit NetlinkBody(const T& header) : bytes_{sys::body_of(header)} {}
  /// Attributes alone, to nest.
  NetlinkBody() = default;

  NetlinkBody& add(std::uint16_t type, Bytes value) {
    sys::append_attribute(bytes_, type, value);
    return *this;
  }
  /// As the kernel does it, with a NUL.
  NetlinkBody& add(std::uint16_t type, std::string_view text) {
    NetlinkBytes value{text.begin(), text.end()};
    value.push_back(0);
    return add(type, Bytes{value});
  }
  NetlinkBody& add(std::uint16_t type, const NetlinkBody& nested) {
    return add(type, Bytes{nested.bytes_});
  }
  template <class T>
  NetlinkBody& number(std::uint16_t type, T value) {
    NetlinkBytes bytes(sizeof value);
    std::memcpy(bytes.data(), &value, sizeof value);
    return add(type, Bytes{bytes});
  }

  [[nodiscard]] const NetlinkBytes& bytes() const noexcept { return bytes_; }
  [[nodiscard]] NetlinkBytes& bytes() noexcept { return bytes_; }

 private:
  NetlinkBytes bytes_;
};

}  // namespace weir::test
