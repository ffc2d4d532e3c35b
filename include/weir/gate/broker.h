// Keeps the rights of a gate, for a process that has given up its own.
#pragma once

#include <memory>

#include "weir/api.h"

namespace weir::gate {

class KeptRights;

/// A process forked from this one that does for one gate what takes rights while it runs: loads
/// the programs of rules that come later, attaches to adapters and opens sockets that send on them,
/// sets the loopback and restores it. So the process that parses packets can do without any
/// capability (GateOptions::before_threads). What it is asked for is checked: nothing but what a
/// gate does is done, whoever has taken the asking process over. It hands descriptors over and
/// keeps none, and ends with this object, or when the process it was forked from does, killed or
/// not. Works in the network namespace of the thread that made it.
class WEIR_API Broker {
 public:
  /// Forks; call it before any thread is started, with the rights of a gate. Throws SystemError.
  Broker();
  Broker(const Broker&) = delete;
  Broker& operator=(const Broker&) = delete;
  ~Broker();

 private:
  friend class Running;

  std::shared_ptr<KeptRights> rights_;
  int process_ = -1;
};

}  // namespace weir::gate
