// The way in by a TAP adapter of our own, whose program hands what is written to it to an adapter.
#pragma once

#include <cstdint>
#include <optional>

#include "sys/bpf_link.h"
#include "sys/clsact.h"
#include "sys/tap.h"
#include "weir/bytes.h"

namespace weir::inject {

class RedirectEntrance {
 public:
  /// Throws SystemError.
  explicit RedirectEntrance(std::uint32_t adapter);

  /// The adapter receives `head` and `frame`, one behind the other. Returns an errno.
  [[nodiscard]] int insert(Bytes head, Bytes frame) const noexcept {
    return head.empty() ? tap_.write(frame) : tap_.write(head, frame);
  }

 private:
  sys::Tap tap_;
  std::optional<sys::TcxLink> link_;
  // Where the kernel has no tcx; it stays when the process is killed, but its adapter does not.
  std::optional<sys::ClsactFilter> filter_;
};

}  // namespace weir::inject
