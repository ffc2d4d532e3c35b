// Two programs of one verdict each, and the kernel's live test runs.
//
// A run of more than one frame waits, when it tears its memory down, for every CPU to have been
// idle: some 20 ms. A run of one does not, so each frame has its own.
#include "inject/incoming/xdp_entrance.h"

#include <algorithm>
#include <span>

#include "bpf/ebpf_assembler.h"
#include "weir/error.h"

namespace weir::inject {
namespace {

// The verdicts of enum xdp_action.
constexpr std::int32_t drop = 1;
constexpr std::int32_t pass = 2;

sys::XdpProgram program_of(std::int32_t verdict) {
  bpf::ebpf::Assembler to;
  to.move(bpf::ebpf::Register::r0, verdict);
  to.exit();
  const bpf::EbpfProgram program = to.take();
  return sys::XdpProgram{std::as_bytes(std::span{program})};
}

}  // namespace

XdpEntrance::XdpEntrance(std::uint32_t adapter) : adapter_{adapter}, pass_{program_of(pass)} {
  room_.fill(0);
  // Whether the kernel has it: a frame that goes nowhere.
  const Bytes frame{room_.data(), LinkHeader::size};
  const int error = program_of(drop).run_live(adapter, frame);
  if (error != 0) throw SystemError{error, "have a frame received"};
}

int XdpEntrance::insert(Bytes head, Bytes frame) noexcept {
  if (head.empty()) return pass_.run_live(adapter_, frame);
  const auto behind = std::ranges::copy(head, room_.begin()).out;
  const auto end = std::ranges::copy(frame, behind).out;
  return pass_.run_live(adapter_, {room_.begin(), end});
}

}  // namespace weir::inject
