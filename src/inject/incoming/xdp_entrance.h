// The way in by XDP: a program runs on a frame as though the adapter's driver had received it.
#pragma once

#include <array>
#include <cstdint>

#include "inject/incoming/link_header.h"
#include "sys/bpf_program.h"
#include "weir/bytes.h"
#include "weir/inject/incoming.h"

namespace weir::inject {

class XdpEntrance {
 public:
  /// Throws SystemError: EINVAL or EOPNOTSUPP where the kernel has no such runs.
  explicit XdpEntrance(std::uint32_t adapter);

  /// The adapter has received `head` and `frame`, one behind the other, when this returns. Returns
  /// an errno. Precondition: `frame` has at most longest_by_xdp bytes, both together 14 or more.
  [[nodiscard]] int insert(Bytes head, Bytes frame) noexcept;

 private:
  std::uint32_t adapter_;
  sys::XdpProgram pass_;
  std::array<std::uint8_t, LinkHeader::size + longest_by_xdp> room_;
};

}  // namespace weir::inject
