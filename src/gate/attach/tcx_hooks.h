// A gate's programs at one adapter by tcx, where they go with the process.
#pragma once

#include <array>
#include <cstdint>
#include <utility>

#include "gate/attach/dispatchers.h"
#include "gate/attach/rank.h"
#include "sys/bpf_link.h"

namespace weir::gate {

class TcxHooks {
 public:
  /// Throws SystemError.
  TcxHooks(std::uint32_t adapter, const Dispatchers& dispatchers, Rank rank);
  /// Attached by another process.
  TcxHooks(sys::TcxLink egress, sys::TcxLink ingress) noexcept
      : egress_{std::move(egress)}, ingress_{std::move(ingress)} {}

  /// Descriptors of the links, egress first, for whoever is to have them.
  [[nodiscard]] std::array<sys::FileDescriptor, 2> release() noexcept {
    return {egress_.release(), ingress_.release()};
  }

  [[nodiscard]] bool is_attached() const noexcept {
    return egress_.adapter() != 0 && ingress_.adapter() != 0;
  }

 private:
  sys::TcxLink egress_;
  sys::TcxLink ingress_;
};

}  // namespace weir::gate
