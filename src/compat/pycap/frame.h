// A frame out of pycap's headers: checked first, then written.
#pragma once

#include <cstddef>
#include <span>

#include "weir/bytes.h"
#include "weir/compat/pycap/protocol.h"

namespace weir::compat::pycap::inject {

class Frame {
 public:
  /// Borrows both. Throws error for what is no packet.
  Frame(std::span<const protocol::any_header> headers, Bytes payload);

  [[nodiscard]] std::size_t length() const noexcept { return length_; }
  /// Precondition: room for length() bytes, no more. Throws error for values that do not fit.
  void write(MutableBytes to) const;

 private:
  void check_order(std::size_t index) const;
  [[nodiscard]] std::size_t found_padding() const noexcept;

  std::span<const protocol::any_header> headers_;
  /// Behind the last header.
  Bytes payload_;
  /// Of a message of ICMP that has no type of its own: the second four bytes of its header.
  std::uint32_t word_ = 0;
  std::size_t length_ = 0;
  /// Bytes at the end of the payload that belong to no datagram.
  std::size_t padding_ = 0;
};

}  // namespace weir::compat::pycap::inject
