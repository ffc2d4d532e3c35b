// The key of a flow, made on the stack: gate/flow_key.h in eBPF.
#include "gate/kernel/flow_look_up.h"

#include <cstddef>

#include "gate/flow_key.h"
#include "gate/kernel/flow_value.h"
#include "gate/kernel/network_header.h"

namespace weir::gate {

using namespace bpf::ebpf;
using enum bpf::ebpf::Register;
namespace code = bpf::code;

namespace {

constexpr int field(std::size_t offset) noexcept { return stack::flow + static_cast<int>(offset); }

/// Copies `size` bytes, four at a time, from r1 + `from` into the key.
void copy(Assembler& to, int from, std::size_t into, int size) {
  for (int at = 0; at < size; at += 4) {
    to.load(code::w, r2, r1, from + at);
    to.store(code::w, r10, field(into) + at, r2);
  }
}

/// ::ffff:0:0/96.
void map_ipv4(Assembler& to, std::size_t address) {
  to.store_zero(code::w, r10, field(address));
  to.store_zero(code::w, r10, field(address) + 4);
  to.store(code::h, r10, field(address) + 8, 0);
  to.store(code::h, r10, field(address) + 10, 0xffff);
}

/// r3 = the protocol, r4 = where its header begins in the packet, r1 its address. r1 is the IP
/// header, r8 where it begins.
void take_addresses(Writer& write, Writer::Label none) {
  Assembler& to = write.to;
  const auto version6 = to.new_label();
  const auto taken = to.new_label();
  to.load(code::b, r5, r1, 0);
  to.move(r3, r5);
  to.alu(code::rsh, r3, 4);
  to.move(r4, r8);
  to.jump_if(code::jeq, r3, 6, version6);
  to.jump_if(jne, r3, 4, none);
  to.load(code::h, r2, r1, 6);
  to.alu(code::and_, r2, network_order(0x3fff));  // the offset, and whether more follow
  to.jump_if(jne, r2, 0, none);
  map_ipv4(to, offsetof(FlowKey, source));
  map_ipv4(to, offsetof(FlowKey, destination));
  copy(to, 12, offsetof(FlowKey, source) + 12, 4);
  copy(to, 16, offsetof(FlowKey, destination) + 12, 4);
  to.load(code::b, r3, r1, 9);
  to.alu(code::and_, r5, 0xf);
  to.jump_if(jlt, r5, 5, none);
  to.alu(code::lsh, r5, 2);
  to.alu(code::add, r4, r5);
  to.alu(code::add, r1, r5);
  to.jump(taken);
  to.bind(version6);
  copy(to, 8, offsetof(FlowKey, source), 16);
  copy(to, 24, offsetof(FlowKey, destination), 16);
  to.load(code::b, r3, r1, 6);
  to.alu(code::add, r4, 40);
  to.alu(code::add, r1, 40);
  to.bind(taken);
}

/// The whole key; to `none` for what has none.
void make_key(Writer& write, Writer::Label none) {
  Assembler& to = write.to;
  constexpr std::int32_t tcp = 6, udp = 17;
  const auto has_ports = to.new_label();
  find_network_header(write, none, none);
  take_addresses(write, none);
  to.jump_if(code::jeq, r3, tcp, has_ports);
  to.jump_if(jne, r3, udp, none);
  to.bind(has_ports);
  to.alu(code::add, r4, 4);
  to.jump_if(jlt, copied, r4, none);
  to.load(code::w, r2, r1, 0);
  to.store(code::w, r10, field(offsetof(FlowKey, source_port)), r2);
  to.store(code::w, r10, field(offsetof(FlowKey, protocol)), 0);
  to.store(code::b, r10, field(offsetof(FlowKey, protocol)), r3);
  to.load(code::w, r2, frame, scratch::adapter);
  to.store(code::w, r10, field(offsetof(FlowKey, adapter)), r2);
}

/// The value at r0, the generation in r7.
void carry_out(Writer& write, Writer::Label none) {
  Assembler& to = write.to;
  const auto drops = to.new_label();
  to.load(code::w, r1, r0, offsetof(FlowValue, generation));
  to.jump_if32(jne, r1, r7, none);
  to.move(r1, 1);
  to.fetch_add(r0, offsetof(FlowValue, packets), r1);
  to.load(dw, r1, frame, scratch::frame_length);
  to.fetch_add(r0, offsetof(FlowValue, bytes), r1);
  to.load(code::h, r1, r0, offsetof(FlowValue, passes));
  to.jump_if(code::jeq, r1, 0, drops);
  write.count(HookFate::flow_passed);
  write.go_on();
  to.bind(drops);
  write.count(HookFate::flow_dropped);
  write.vanish();
}

}  // namespace

void look_up_flow(Writer& write) {
  Assembler& to = write.to;
  const auto none = to.new_label();
  to.load_map_value(r1, write.maps().control.descriptor().number(), control::flow_generation * 8);
  to.load(code::w, r7, r1, 0);
  to.jump_if(code::jeq, r7, 0, none);
  make_key(write, none);
  to.load_map(r1, write.maps().flows.descriptor().number());
  to.move(r2, r10);
  to.alu(code::add, r2, stack::flow);
  to.call(function::map_lookup_elem);
  to.jump_if(code::jeq, r0, 0, none);
  carry_out(write, none);
  to.bind(none);
}

}  // namespace weir::gate
