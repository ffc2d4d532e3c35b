// Dispatchers: a direction, a tail call, nothing else.
#include "gate/kernel/dispatcher.h"

#include <cassert>

#include "bpf/ebpf_assembler.h"
#include "gate/kernel/layout.h"
#include "gate/kernel/writer.h"

namespace weir::gate {

using namespace bpf::ebpf;
using enum bpf::ebpf::Register;
namespace code = bpf::code;

RelocatableProgram dispatcher(bool outgoing) {
  constexpr int programs = 0;
  Assembler to;
  to.move(r2, outgoing ? 1 : 0);
  to.store(code::w, r1, skb::cb, r2);
  to.load_map(r2, programs);
  to.move(r3, slot::entry);
  to.call(function::tail_call);
  to.move(r0, go_on_code);
  to.exit();
  return {.code = to.take(), .symbols = {Symbol::programs}};
}

bpf::EbpfProgram linked_dispatcher(const RelocatableProgram& dispatcher, const Maps& maps) {
  return linked(dispatcher, [&](Symbol) { return maps.programs.descriptor().number(); });
}

bpf::EbpfProgram turning_program(std::uint64_t place) {
  constexpr std::uint32_t into_ingress = 1;  // BPF_F_INGRESS
  Assembler to;
  const auto other = to.new_label();
  // Without a look at its type the kernel shows no time stamp that came from elsewhere.
  to.load(code::b, r2, r1, skb::tstamp_type);
  to.load(dw, r7, r1, skb::tstamp);
  to.move(r8, r7);
  to.alu(code::rsh, r8, static_cast<std::int32_t>(tag::kind_shift));
  to.jump_if(jne, r8, static_cast<std::int32_t>(tag::in), other);
  to.move(r6, r1);
  expect_packet_socket(to, other, r6);
  to.move(r1, r6);
  to.load_number(r2, tag::going_on(place));
  to.store(dw, r1, skb::tstamp, r2);
  to.alu32(mov, r1, r7);
  to.move(r2, into_ingress);
  to.call(function::redirect);
  to.exit();
  to.bind(other);
  to.move(r0, go_on_code);
  to.exit();
  [[maybe_unused]] const bool linked = to.link();
  assert(linked);
  return to.take();
}

}  // namespace weir::gate
