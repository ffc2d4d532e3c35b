// Two hosts, each a network namespace, with adapters back to back: "near0", "near1", ... here,
// "far0", ... there.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sys/file_descriptor.h"
#include "system/gate/faults/streams.h"
#include "system/network_namespace.h"

namespace weir::test {

/// Every pair has addresses, 10.77.N.1 near and 10.77.N.2 far, and knows its neighbor's: there is
/// no traffic but what the test makes.
class Hosts {
 public:
  explicit Hosts(int pairs);

  /// Both ways of a pair: inwards and outwards, seen from here.
  [[nodiscard]] std::vector<Way> ways(int pair) const;
  /// Of the far host's process.
  [[nodiscard]] const std::string& far_process() const noexcept { return far_; }
  /// A command of a shell there.
  void run_far(const std::string& command) const;

 private:
  ElsewhereProcess process_{};
  std::string far_;
};

/// Adapters, queueing discipline and filters of this namespace, as ip(8) and tc(8) list them:
/// without counters, in no need of an order.
[[nodiscard]] std::string network_listing();

}  // namespace weir::test
