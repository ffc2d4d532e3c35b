// The programs that go to every adapter of a gate.
#pragma once

#include "sys/bpf_link.h"
#include "sys/bpf_program.h"

namespace weir::gate {

/// Borrowed.
struct Dispatchers {
  const sys::TrafficControlProgram* ingress = nullptr;
  const sys::TrafficControlProgram* egress = nullptr;

  [[nodiscard]] const sys::TrafficControlProgram& at(sys::Hook hook) const noexcept {
    return hook == sys::Hook::ingress ? *ingress : *egress;
  }
};

}  // namespace weir::gate
