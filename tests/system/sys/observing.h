// A program that sees with what a frame was sent.
#pragma once

#include "bpf/ebpf_assembler.h"
#include "bpf/ebpf_code.h"
#include "sys/bpf_map.h"
#include "system/sys/programs.h"

namespace weir::test {

/// Writes time, mark, priority and count into a map of four words.
inline bpf::EbpfProgram observing(const sys::BpfMap& map) {
  using enum bpf::ebpf::Register;
  namespace skb = bpf::ebpf::skb;
  bpf::ebpf::Assembler to;
  const auto done = to.new_label();
  to.move(r6, r1);
  to.store_zero(bpf::code::w, r10, -4);
  to.load_map(r1, map.descriptor().number());
  to.move(r2, r10);
  to.alu(bpf::code::add, r2, -4);
  to.call(bpf::ebpf::function::map_lookup_elem);
  to.jump_if(bpf::code::jeq, r0, 0, done);
  to.load(bpf::ebpf::dw, r1, r6, skb::tstamp);
  to.store(bpf::ebpf::dw, r0, 0, r1);
  to.load(bpf::code::w, r1, r6, skb::mark);
  to.store(bpf::ebpf::dw, r0, 8, r1);
  to.load(bpf::code::w, r1, r6, skb::priority);
  to.store(bpf::ebpf::dw, r0, 16, r1);
  to.move(r1, 1);
  to.fetch_add(r0, 24, r1);
  to.bind(done);
  to.move(r0, next_program);
  to.exit();
  static_cast<void>(to.link());
  return to.take();
}

}  // namespace weir::test
