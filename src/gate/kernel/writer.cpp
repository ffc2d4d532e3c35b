// The common steps, instruction by instruction.
#include "gate/kernel/writer.h"

#include "gate/kernel/layout.h"
#include "weir/error.h"
#include "weir/gate/rule.h"

namespace weir::gate {

using namespace bpf::ebpf;
using bpf::ebpf::Register;
using enum bpf::ebpf::Register;
namespace code = bpf::code;

void expect_packet_socket(Assembler& to, Assembler::Label other, Register packet) {
  constexpr std::int32_t packet_family = 17;  // AF_PACKET
  // AF_UNSPEC, which nobody sends with, but test runs of programs do (net/bpf/test_run.c).
  constexpr std::int32_t no_family = 0;
  const auto expected = to.new_label();
  to.load(dw, r1, packet, skb::sk);
  to.jump_if(code::jeq, r1, 0, other);
  to.load(code::w, r1, r1, sock::family);
  to.jump_if(code::jeq, r1, no_family, expected);
  to.jump_if(jne, r1, packet_family, other);
  to.bind(expected);
}

void Writer::find_scratch() {
  const auto found = to.new_label();
  to.store(dw, r10, bpf::ebpf::stack::skb, r1);
  to.store_zero(code::w, r10, stack::key);
  to.load_map(r1, maps_->scratch.descriptor().number());
  to.move(r2, r10);
  to.alu(code::add, r2, stack::key);
  to.call(function::map_lookup_elem);
  to.jump_if(jne, r0, 0, found);
  go_on();
  to.bind(found);
  to.move(frame, r0);
}

void Writer::resume() {
  find_scratch();
  to.load(dw, r1, frame, scratch::tag_size);
  to.store(dw, r10, bpf::ebpf::stack::tag_size, r1);
  to.store_zero(dw, r10, bpf::ebpf::stack::loaded);
}

void Writer::begin_filter() {
  to.load(dw, r1, frame, scratch::length);
  to.store(dw, r10, bpf::ebpf::stack::length, r1);
  to.load(code::w, copied, frame, scratch::copied);
}

void Writer::look_up(const sys::BpfMap& map, Register key, Label absent) {
  to.store(code::w, r10, stack::key, key);
  to.load_map(r1, map.descriptor().number());
  to.move(r2, r10);
  to.alu(code::add, r2, stack::key);
  to.call(function::map_lookup_elem);
  to.jump_if(code::jeq, r0, 0, absent);
}

void Writer::count(HookFate fate) {
  const auto counted = to.new_label();
  to.load(code::w, r1, frame, scratch::counters);
  look_up(maps_->adapter_counters, r1, counted);
  const int offset = static_cast<int>(fate) * static_cast<int>(sizeof(Tally));
  to.load(dw, r2, frame, scratch::frame_length);
  add_to_tally(offset, r2);
  to.bind(counted);
}

void Writer::add_to_tally(int offset, Register size) {
  to.load(dw, r1, r0, offset);
  to.alu(code::add, r1, 1);
  to.store(dw, r0, offset, r1);
  to.load(dw, r1, r0, offset + 8);
  to.alu(code::add, r1, size);
  to.store(dw, r0, offset + 8, r1);
}

void Writer::load_packet() { to.load(dw, r1, r10, bpf::ebpf::stack::skb); }

void Writer::go_on() {
  to.move(r0, go_on_code);
  to.exit();
}

void Writer::vanish() {
  constexpr std::int32_t drop = 2;  // TC_ACT_SHOT
  const auto outgoing = to.new_label();
  to.load(code::w, r1, frame, scratch::outgoing);
  to.jump_if(jne, r1, 0, outgoing);
  to.move(r0, drop);
  to.exit();
  // Whoever sends would be told of a drop, and act on it: what is redirected to nowhere has left.
  to.bind(outgoing);
  to.move(r1, static_cast<std::int32_t>(nowhere));
  to.move(r2, 0);
  to.call(function::redirect);
  to.exit();
}

void Writer::continue_at(std::uint32_t slot) {
  load_packet();
  to.load_map(r2, maps_->programs.descriptor().number());
  to.move(r3, static_cast<std::int32_t>(slot));
  to.call(function::tail_call);
}

bpf::EbpfProgram Writer::take() {
  if (!to.link()) {
    throw Error{ErrorCode::invalid_argument, "rule: its filter is too long for the kernel"};
  }
  return to.take();
}

}  // namespace weir::gate
