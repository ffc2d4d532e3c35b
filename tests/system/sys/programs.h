// Programs of a few instructions for tests of what loads and attaches them.
#pragma once

#include <cstdint>
#include <span>

#include "bpf/ebpf_assembler.h"
#include "sys/bpf_map.h"
#include "sys/bpf_program.h"

namespace weir::test {

inline constexpr std::int32_t next_program = -1;  // TCX_NEXT, TC_ACT_UNSPEC

/// Does nothing but to return this.
inline bpf::EbpfProgram returning(std::int32_t value) {
  bpf::ebpf::Assembler to;
  to.move(bpf::ebpf::Register::r0, value);
  to.exit();
  return to.take();
}

inline std::span<const std::byte> as_bytes(const bpf::EbpfProgram& program) {
  return std::as_bytes(std::span{program});
}

/// Adds 1 to the first word of a map and returns this.
inline bpf::EbpfProgram counting(const sys::BpfMap& map, std::int32_t value) {
  using enum bpf::ebpf::Register;
  bpf::ebpf::Assembler to;
  const auto done = to.new_label();
  to.store_zero(bpf::code::w, r10, -4);
  to.load_map(r1, map.descriptor().number());
  to.move(r2, r10);
  to.alu(bpf::code::add, r2, -4);
  to.call(bpf::ebpf::function::map_lookup_elem);
  to.jump_if(bpf::code::jeq, r0, 0, done);
  to.move(r1, 1);
  to.fetch_add(r0, 0, r1);
  to.bind(done);
  to.move(r0, value);
  to.exit();
  static_cast<void>(to.link());
  return to.take();
}

/// Hands every packet to an adapter, which receives it.
inline bpf::EbpfProgram handing_on(std::uint32_t adapter) {
  using enum bpf::ebpf::Register;
  constexpr std::int32_t to_ingress = 1;
  bpf::ebpf::Assembler to;
  to.move(r1, static_cast<std::int32_t>(adapter));
  to.move(r2, to_ingress);
  to.call(bpf::ebpf::function::redirect);
  to.exit();
  return to.take();
}

/// Goes on to the program in slot 0, and returns this if there is none.
inline bpf::EbpfProgram dispatching(const sys::ProgramArray& programs, std::int32_t otherwise) {
  using enum bpf::ebpf::Register;
  constexpr std::int32_t tail_call = 12;
  bpf::ebpf::Assembler to;
  to.load_map(r2, programs.descriptor().number());
  to.move(r3, 0);
  to.call(tail_call);
  to.move(r0, otherwise);
  to.exit();
  return to.take();
}

}  // namespace weir::test
