// What the kernel offers a gate: found out by trying, where that is allowed.
#include <optional>
#include <span>
#include <string>

#include "bpf/ebpf_assembler.h"
#include "gate/kernel/owner_watch.h"
#include "sys/bpf_link.h"
#include "sys/bpf_map.h"
#include "sys/bpf_program.h"
#include "sys/clsact.h"
#include "sys/tap.h"
#include "weir/error.h"
#include "weir/gate/gate.h"

namespace weir::gate {
namespace {

constexpr std::uint32_t loopback = 1;

/// Passes everything.
sys::TrafficControlProgram passing() {
  using enum bpf::ebpf::Register;
  bpf::ebpf::Assembler to;
  to.move(r0, -1);
  to.exit();
  const bpf::EbpfProgram program = to.take();
  return sys::TrafficControlProgram{std::as_bytes(std::span{program}), "weir_probe"};
}

bool has_clsact(const sys::Tap& adapter) {
  try {
    const sys::ClsactFilter filter{passing(), adapter.index(), sys::Hook::egress};
    return true;
  } catch (const SystemError&) {
    return false;
  }
}

bool can_watch_owner() {
  try {
    const OwnerWatch watch;
    return true;
  } catch (const Error&) {
    return false;
  }
}

}  // namespace

Support support() {
  Support support{.why_not = missing_capabilities()};
  if (!support.why_not.empty()) return support;
  support.why_not = sys::why_no_bpf();
  if (!support.why_not.empty()) return support;
  try {
    const sys::Tap adapter;
    support.tcx = sys::programs_at(loopback, sys::Hook::ingress).has_value();
    support.clsact = has_clsact(adapter);
    support.owner_watch = can_watch_owner();
    if (!support.tcx && !support.clsact) {
      support.why_not = "the kernel has neither tcx nor clsact with BPF filters";
    }
  } catch (const SystemError& error) {
    support.why_not = error.what();
  }
  return support;
}

}  // namespace weir::gate
