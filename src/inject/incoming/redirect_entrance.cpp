// The program, and its adapter.
#include "inject/incoming/redirect_entrance.h"

#include <cerrno>
#include <span>

#include "bpf/ebpf_assembler.h"
#include "weir/error.h"

namespace weir::inject {
namespace {

using enum bpf::ebpf::Register;

// BPF_F_INGRESS: the adapter receives the frame instead of sending it.
constexpr std::int32_t ingress = 1;

/// Hands everything to the adapter.
sys::TrafficControlProgram program_for(std::uint32_t adapter) {
  bpf::ebpf::Assembler to;
  to.move(r1, static_cast<std::int32_t>(adapter));
  to.move(r2, ingress);
  to.call(bpf::ebpf::function::redirect);
  to.exit();
  const bpf::EbpfProgram program = to.take();
  return sys::TrafficControlProgram{std::as_bytes(std::span{program}), "weir_incoming"};
}

}  // namespace

RedirectEntrance::RedirectEntrance(std::uint32_t adapter) {
  const sys::TrafficControlProgram program = program_for(adapter);
  try {
    link_.emplace(program, tap_.index(), sys::Hook::ingress);
  } catch (const SystemError& error) {
    if (error.system_code().value() != EINVAL) throw;
    filter_.emplace(program, tap_.index(), sys::Hook::ingress);
  }
  tap_.set_up();
}

}  // namespace weir::inject
