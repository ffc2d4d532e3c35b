// A gate's programs at one adapter by tcx, where they go with the process.
#pragma once

#include <cstdint>

#include "gate/attach/dispatchers.h"
#include "gate/attach/rank.h"
#include "sys/bpf_link.h"

namespace weir::gate {

class TcxHooks {
 public:
  /// Throws SystemError.
  TcxHooks(std::uint32_t adapter, const Dispatchers& dispatchers, Rank rank);

  [[nodiscard]] bool is_attached() const noexcept {
    return egress_.adapter() != 0 && ingress_.adapter() != 0;
  }

 private:
  sys::TcxLink egress_;
  sys::TcxLink ingress_;
};

}  // namespace weir::gate
