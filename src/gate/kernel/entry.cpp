// The entry: what it finds out about a packet it leaves in the scratch value for the rules.
#include "gate/kernel/entry.h"

#include "gate/kernel/flow_look_up.h"
#include "gate/kernel/layout.h"
#include "gate/kernel/network_header.h"
#include "gate/kernel/writer.h"

namespace weir::gate {

using namespace bpf::ebpf;
using enum bpf::ebpf::Register;
namespace code = bpf::code;

namespace {

/// Finds the adapter among the gate's; packets of others go on.
void find_adapter(Writer& write) {
  Assembler& to = write.to;
  const auto absent = to.new_label();
  const auto found = to.new_label();
  write.load_packet();
  to.load(code::w, r2, r1, skb::cb);
  to.alu(code::and_, r2, 1);
  to.store(code::w, frame, scratch::outgoing, r2);
  to.load(code::w, r1, r1, skb::ifindex);
  to.store(code::w, frame, scratch::adapter, r1);
  write.look_up(write.maps().adapters, r1, absent);
  to.load(code::w, r1, r0, 0);
  to.load(code::w, r2, frame, scratch::outgoing);
  to.alu(code::add, r1, r2);
  to.store(code::w, frame, scratch::counters, r1);
  to.load(code::w, r1, r0, 4);
  to.store(code::w, frame, scratch::link, r1);
  to.load(code::w, r1, r0, 8);
  to.store(code::w, frame, scratch::snapshot, r1);
  to.jump(found);
  to.bind(absent);
  write.go_on();
  to.bind(found);
}

/// The length with a tag that is kept beside the frame.
void measure(Writer& write) {
  Assembler& to = write.to;
  const auto measured = to.new_label();
  write.load_packet();
  to.load(code::w, r2, r1, skb::len);
  to.load(code::w, r3, r1, skb::vlan_present);
  to.jump_if(code::jeq, r3, 0, measured);
  to.alu(code::add, r2, tag_size);
  to.bind(measured);
  to.store(dw, frame, scratch::frame_length, r2);
}

void clear_tag(Writer& write) {
  write.load_packet();
  write.to.move(r2, 0);
  write.to.store(dw, r1, skb::tstamp, r2);
}

/// What a gate has sent on a loopback to be received there; the tag is in r7. Never falls through.
void turn(Writer& write, std::uint64_t place, Writer::Label foreign, Writer::Label left_over) {
  constexpr std::int32_t into_ingress = 1;  // BPF_F_INGRESS
  Assembler& to = write.to;
  to.load(code::w, r1, frame, scratch::outgoing);
  // Its sender is gone: nobody has turned it.
  to.jump_if(code::jeq, r1, 0, left_over);
  to.load_number(r8, tag::turning(place));
  to.jump_if(jne, r7, r8, foreign);
  write.load_packet();
  to.load_number(r2, tag::going_on(place));
  to.store(dw, r1, skb::tstamp, r2);
  to.load(code::w, r1, r1, skb::ifindex);
  to.move(r2, into_ingress);
  to.call(function::redirect);
  to.exit();
}

/// What gates sent on: our own goes on untagged, that of gates further on as it is; the tag of one
/// that should have cleared it but is gone makes no difference.
void read_tag(Writer& write, std::uint64_t place) {
  Assembler& to = write.to;
  const auto untagged = to.new_label();
  const auto own = to.new_label();
  const auto outgoing = to.new_label();
  const auto foreign = to.new_label();
  const auto left_over = to.new_label();
  const auto turning = to.new_label();
  write.load_packet();
  // Without a look at its type the kernel shows no time stamp that came from elsewhere.
  to.load(code::b, r2, r1, skb::tstamp_type);
  to.load(dw, r7, r1, skb::tstamp);
  to.move(r8, r7);
  to.alu(code::rsh, r8, static_cast<std::int32_t>(tag::kind_shift));
  const auto tagged = to.new_label();
  to.jump_if(code::jeq, r8, static_cast<std::int32_t>(tag::turn), tagged);
  to.jump_if(jne, r8, static_cast<std::int32_t>(tag::on), untagged);
  to.bind(tagged);
  expect_packet_socket(to, left_over, r1);
  to.jump_if(code::jeq, r8, static_cast<std::int32_t>(tag::turn), turning);
  to.alu(code::lsh, r7, 64 - static_cast<std::int32_t>(tag::kind_shift));
  to.alu(code::rsh, r7, 64 - static_cast<std::int32_t>(tag::kind_shift));
  to.load_number(r8, place);
  to.jump_if(code::jeq, r7, r8, own);
  to.load(code::w, r1, frame, scratch::outgoing);
  to.jump_if(jne, r1, 0, outgoing);
  // In: altitudes upwards, instances upwards.
  to.jump_if(code::jgt, r7, r8, foreign);
  to.jump(left_over);
  to.bind(outgoing);
  // Out: altitudes downwards, instances upwards.
  to.move(r1, r7);
  to.alu(code::rsh, r1, tag::instance_bits);
  to.move(r2, r8);
  to.alu(code::rsh, r2, tag::instance_bits);
  to.jump_if(jlt, r1, r2, foreign);
  to.jump_if(code::jgt, r1, r2, left_over);
  to.jump_if(jlt, r7, r8, left_over);
  to.bind(foreign);
  write.count(HookFate::foreign);
  write.go_on();
  to.bind(own);
  clear_tag(write);
  write.count(HookFate::reinjected);
  write.go_on();
  to.bind(turning);
  turn(write, place, foreign, left_over);
  to.bind(left_over);
  clear_tag(write);
  to.bind(untagged);
}

/// For the programs that go on with the packet.
void leave_lengths(Writer& write) {
  Assembler& to = write.to;
  to.load(dw, r1, r10, bpf::ebpf::stack::length);
  to.store(dw, frame, scratch::length, r1);
  to.load(dw, r1, r10, bpf::ebpf::stack::tag_size);
  to.store(dw, frame, scratch::tag_size, r1);
  to.store(code::w, frame, scratch::copied, copied);
}

void go_to_rules(Writer& write, const EntryOptions& options) {
  Assembler& to = write.to;
  const auto raw = to.new_label();
  const auto unmatched = to.new_label();
  to.load(code::w, r1, frame, scratch::link);
  to.jump_if(jne, r1, 0, raw);
  if (options.rules[0]) {
    write.continue_at(*options.rules[0]);
    write.go_on();
  } else {
    to.jump(unmatched);
  }
  to.bind(raw);
  if (options.rules[1]) {
    write.continue_at(*options.rules[1]);
    write.go_on();
  }
  if (to.is_used(unmatched) || !options.rules[1]) {
    to.bind(unmatched);
    write.count(HookFate::unmatched);
    write.go_on();
  }
}

}  // namespace

bpf::EbpfProgram entry_program(const Maps& maps, const EntryOptions& options) {
  Writer write{maps};
  Assembler& to = write.to;
  const auto unreadable = to.new_label();
  const auto readable = to.new_label();
  write.find_scratch();
  find_adapter(write);
  measure(write);
  read_tag(write, options.place);
  write.count(HookFate::seen);
  if (options.rules[0] || options.rules[1]) {
    copy_frame(to, unreadable);
    to.jump(readable);
    to.bind(unreadable);
    write.count(HookFate::unreadable);
    write.go_on();
    to.bind(readable);
    read_network_header(write);
    look_up_flow(write);
    leave_lengths(write);
  }
  go_to_rules(write, options);
  return write.take();
}

}  // namespace weir::gate
