// Puts direction, filter and count together.
//
// The order in which a processor's counts are written is what lets user space read them together:
// sequence, counts, sequence. x86 keeps stores in order; elsewhere an atomic operation whose result
// is asked for is a barrier to the kernel's compiler.
#include "capture/count/counting_program.h"

#include <linux/if_packet.h>

#include <cassert>

#include "bpf/ebpf_assembler.h"
#include "bpf/ebpf_frame.h"

namespace weir::capture {
namespace {

using namespace bpf::ebpf;
using enum bpf::ebpf::Register;
using bpf::EbpfProgram;
namespace code = bpf::code;

#if defined(__x86_64__)
constexpr bool stores_stay_in_order = true;
#else
constexpr bool stores_stay_in_order = false;
#endif

/// Ends the program for a packet of the wrong direction; the struct __sk_buff stays in r1.
void check_direction(Assembler& to, const CountingProgramOptions& options) {
  const auto refused = to.new_label();
  const auto wanted = to.new_label();
  if (options.traffic == Traffic::any && options.loopback == 0) return;
  to.load(code::w, r2, r1, skb::pkt_type);
  if (options.traffic == Traffic::in) to.jump_if(code::jeq, r2, PACKET_OUTGOING, refused);
  if (options.traffic == Traffic::out) to.jump_if(jne, r2, PACKET_OUTGOING, refused);
  if (options.loopback != 0) {
    to.jump_if(jne, r2, PACKET_OUTGOING, wanted);
    to.load(code::w, r2, r1, skb::ifindex);
    to.jump_if32(jne, r2, options.loopback, wanted);
  } else {
    to.jump(wanted);
  }
  to.bind(refused);
  to.move(r0, 0);
  to.exit();
  to.bind(wanted);
}

/// r7 = length on the wire, of a frame that was not copied. Where headers are cooked, the kernel
/// skips a tag that a sender has written into its frame itself: that one is not counted.
void measure(Assembler& to) {
  const auto measured = to.new_label();
  to.load(code::w, r7, r1, skb::len);
  to.load(code::w, r2, r1, skb::vlan_present);
  to.jump_if(code::jeq, r2, 0, measured);
  to.alu(code::add, r7, tag_size);
  to.bind(measured);
}

void barrier(Assembler& to) {
  if (stores_stay_in_order) return;
  to.store_zero(dw, r10, stack::loaded);
  to.move(r3, 0);
  to.fetch_add(r10, stack::loaded, r3);
}

void add(Assembler& to, std::size_t word, Register value) {
  const int offset = static_cast<int>(8 * word);
  to.load(dw, r3, r0, offset);
  to.alu(code::add, r3, value);
  to.store(dw, r0, offset, r3);
}

/// Adds a packet of r7 bytes to the processor's slot.
void count(Assembler& to, int slots, Assembler::Label done) {
  constexpr int sequence = static_cast<int>(8 * slot::sequence);
  to.call(function::processor_number);
  to.store(code::w, r10, stack::loaded, r0);
  to.load_map(r1, slots);
  to.move(r2, r10);
  to.alu(code::add, r2, stack::loaded);
  to.call(function::map_lookup_elem);
  to.jump_if(code::jeq, r0, 0, done);
  to.move(r2, 1);
  to.load(dw, r1, r0, sequence);
  to.alu(code::add, r1, 1);
  to.store(dw, r0, sequence, r1);
  barrier(to);
  add(to, slot::packets, r2);
  add(to, slot::bytes, r7);
  barrier(to);
  to.alu(code::add, r1, 1);
  to.store(dw, r0, sequence, r1);
}

EbpfProgram linked(Assembler& to) {
  [[maybe_unused]] const bool in_reach = to.link();
  assert(in_reach);
  return to.take();
}

void append(EbpfProgram& to, const EbpfProgram& more) {
  to.insert(to.end(), more.begin(), more.end());
}

}  // namespace

std::expected<EbpfProgram, bpf::TranslationError> counting_program(
    bpf::ProgramView filter, const CountingProgramOptions& options) {
  Assembler start;
  check_direction(start, options);
  EbpfProgram program = linked(start);
  Assembler rest;
  const auto done = rest.new_label();
  if (filter.empty()) {
    measure(rest);
  } else {
    // Kernels without may_goto refuse to load a loop.
    const auto fragment = bpf::translate_fragment(filter, {.may_goto = true});
    if (!fragment) return std::unexpected{fragment.error()};
    append(program, bpf::copy_frame(options.scratch_map, 0));
    append(program, *fragment);
    rest.jump_if(code::jeq, r0, 0, done);
    rest.load(dw, r7, r10, stack::length);
  }
  rest.alu(code::add, r7, static_cast<std::int32_t>(options.header_size));
  count(rest, options.slots, done);
  rest.bind(done);
  rest.move(r0, 0);
  rest.exit();
  append(program, linked(rest));
  return program;
}

}  // namespace weir::capture
