// Copies the start of a frame, as it was on the wire, to where filters read it.
#include "bpf/ebpf_frame.h"

#include <cassert>

#include "bpf/ebpf_assembler.h"

namespace weir::bpf {

namespace {

using namespace ebpf;
using enum ebpf::Register;

/// r9 = the value of the scratch map.
void find_scratch(Assembler& to, int scratch_map, Assembler::Label failed) {
  to.store(dw, r10, stack::skb, r1);
  to.store_zero(code::w, r10, stack::loaded);
  to.load_map(r1, scratch_map);
  to.move(r2, r10);
  to.alu(code::add, r2, stack::loaded);
  to.call(function::map_lookup_elem);
  to.jump_if(code::jeq, r0, 0, failed);
  to.move(frame, r0);
}

/// r7 = length of the frame without, r8 = length of the tag that is kept beside it; r3 = where the
/// rest of the frame goes. A pointer and a number that differs between paths are not added up: that
/// takes CAP_PERFMON.
void measure(Assembler& to) {
  const auto measured = to.new_label();
  to.load(dw, r1, r10, stack::skb);
  to.load(code::w, r7, r1, skb::len);
  to.move(r8, 0);
  to.move(r3, frame);
  to.load(code::w, r2, r1, skb::vlan_present);
  to.jump_if(code::jeq, r2, 0, measured);
  to.jump_if(jlt, r7, addresses_size, measured);
  to.move(r8, tag_size);
  to.alu(code::add, r3, tag_size);
  to.bind(measured);
}

/// Copies at most 256 bytes to r3.
void copy(Assembler& to, Assembler::Label failed) {
  const auto sized = to.new_label();
  const auto copied_all = to.new_label();
  to.move(r2, 0);
  to.move(r4, ebpf_frame_copy);
  to.jump_if(code::jge, r7, ebpf_frame_copy, sized);
  to.move(r4, r7);
  // Before Linux 6.8 the verifier learns nothing from a comparison with 0.
  to.jump_if(jlt, r4, 1, copied_all);
  to.bind(sized);
  to.call(function::skb_load_bytes);
  to.jump_if(jne, r0, 0, failed);
  to.bind(copied_all);
}

/// Moves the addresses to the front and writes the tag into the gap.
void put_tag_back(Assembler& to) {
  const auto done = to.new_label();
  to.jump_if(code::jeq, r8, 0, done);
  for (int at = 0; at < addresses_size; at += tag_size) {
    to.load(code::w, r1, frame, at + tag_size);
    to.store(code::w, frame, at, r1);
  }
  to.load(dw, r1, r10, stack::skb);
  to.load(code::w, r2, r1, skb::vlan_proto);  // in network order already
  to.store(code::h, frame, addresses_size, r2);
  to.load(code::w, r2, r1, skb::vlan_tci);
  to.swap_from_network(code::h, r2);
  to.store(code::h, frame, addresses_size + 2, r2);
  to.bind(done);
}

void keep_lengths(Assembler& to) {
  const auto limited = to.new_label();
  to.alu(code::add, r7, r8);
  to.store(dw, r10, stack::length, r7);
  to.store(dw, r10, stack::tag_size, r8);
  to.move(copied, r7);
  to.jump_if(jle, copied, ebpf_frame_copy, limited);
  to.move(copied, ebpf_frame_copy);
  to.bind(limited);
}

}  // namespace

void ebpf::copy_frame(Assembler& to, Assembler::Label failed) {
  measure(to);
  copy(to, failed);
  put_tag_back(to);
  keep_lengths(to);
}

EbpfProgram copy_frame(int scratch_map, std::int32_t on_failure) {
  Assembler to;
  const auto failed = to.new_label();
  const auto ready = to.new_label();
  find_scratch(to, scratch_map, failed);
  ebpf::copy_frame(to, failed);
  to.jump(ready);
  to.bind(failed);
  to.move(r0, on_failure);
  to.exit();
  to.bind(ready);
  [[maybe_unused]] const bool linked = to.link();
  assert(linked);
  return to.take();
}

}  // namespace weir::bpf
