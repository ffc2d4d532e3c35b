// The socket filter of the helper adapter: what it has been given to send is a segment to hold.
#include <cstddef>

#include "gate/kernel/hold.h"
#include "gate/kernel/layout.h"
#include "gate/kernel/record_copy.h"
#include "gate/kernel/segment_prefix.h"
#include "gate/kernel/writer.h"
#include "weir/gate/rule.h"

namespace weir::gate {

using namespace bpf::ebpf;
using enum bpf::ebpf::Register;
namespace code = bpf::code;

namespace {

constexpr int prefix_field(std::size_t offset) noexcept {
  return stack::flow + static_cast<int>(offset);
}

constexpr std::int32_t prefix_size = sizeof(SegmentPrefix);

/// To `other` unless the frame begins with a prefix of ours. r8 = the length without it.
void read_prefix(Writer& write, Writer::Label other) {
  Assembler& to = write.to;
  to.load(code::w, r8, r6, skb::len);
  to.jump_if(jle, r8, prefix_size, other);
  to.alu(code::sub, r8, prefix_size);
  to.move(r1, r6);
  to.move(r2, 0);
  to.move(r3, r10);
  to.alu(code::add, r3, stack::flow);
  to.move(r4, prefix_size);
  to.call(function::skb_load_bytes);
  to.jump_if(jne, r0, 0, other);
  to.load(code::w, r1, r10, prefix_field(offsetof(SegmentPrefix, mark)));
  to.jump_if32(jne, r1, SegmentPrefix::expected_mark, other);
}

/// The tag of the prefix into stack::spare, and behind it that of the packet at r6, which the
/// kernel took out of the frame when the first one went (skb_vlan_pop() of net/core/skbuff.c). r8
/// counts them then. r7 is SegmentPrefix::bits.
void put_tag_back(Writer& write) {
  Assembler& to = write.to;
  const auto untagged = to.new_label();
  const auto customer = to.new_label();
  const auto written = to.new_label();
  to.store_zero(dw, r10, stack::spare);
  to.move(r1, r7);
  to.alu(code::and_, r1, segment_bit::tagged);
  to.jump_if(code::jeq, r1, 0, untagged);
  to.alu(code::add, r8, tag_size);
  to.move(r1, r7);
  to.alu(code::and_, r1, segment_bit::service_tag);
  to.jump_if(code::jeq, r1, 0, customer);
  to.move(r2, 0x88a8);
  to.jump(written);
  to.bind(customer);
  to.move(r2, 0x8100);
  to.bind(written);
  to.swap_from_network(code::h, r2);
  to.store(code::h, r10, stack::spare, r2);
  to.load(code::h, r2, r10, prefix_field(offsetof(SegmentPrefix, tag_control)));
  to.swap_from_network(code::h, r2);
  to.store(code::h, r10, stack::spare + 2, r2);
  keep_tag(write, stack::spare + tag_size, untagged);
  to.alu(code::add, r8, tag_size);
  to.bind(untagged);
}

void describe_segment(Writer& write) {
  Assembler& to = write.to;
  to.load(code::w, r1, r10, prefix_field(offsetof(SegmentPrefix, adapter)));
  to.store(code::w, r10, record_field(offsetof(Record, adapter)), r1);
  to.load(code::w, r1, r10, prefix_field(offsetof(SegmentPrefix, rule)));
  to.store(code::w, r10, record_field(offsetof(Record, rule)), r1);
  to.load(code::b, r1, r10, prefix_field(offsetof(SegmentPrefix, packet_type)));
  to.store(code::b, r10, record_field(offsetof(Record, packet_type)), r1);
  to.move(r1, r7);
  to.alu(code::and_, r1, segment_bit::outgoing);
  to.store(code::b, r10, record_field(offsetof(Record, outgoing)), r1);
  to.move(r1, r7);
  to.alu(code::and_, r1, segment_bit::raw);
  to.alu(code::rsh, r1, 1);
  to.store(code::b, r10, record_field(offsetof(Record, link)), r1);
  to.store(code::b, r10, record_field(offsetof(Record, is_segment)), 1);
  put_tag_back(write);
  to.store(code::w, r10, record_field(offsetof(Record, length)), r8);
  to.store(code::w, r10, record_field(offsetof(Record, wire_length)), r8);
}

void count_segment(Writer& write, SegmentFate fate) {
  Assembler& to = write.to;
  const auto counted = to.new_label();
  to.move(r1, 0);
  write.look_up(write.maps().segment_counters, r1, counted);
  write.add_to_tally(static_cast<int>(fate) * static_cast<int>(sizeof(Tally)), r8);
  to.bind(counted);
}

void keep_none(Writer& write) {
  write.to.move(r0, 0);
  write.to.exit();
}

}  // namespace

bpf::EbpfProgram segment_filter(const Maps& maps) {
  Writer write{maps};
  Assembler& to = write.to;
  const auto other = to.new_label();
  const auto full = to.new_label();
  to.move(r6, r1);
  read_prefix(write, other);
  begin_record(write);
  to.load(code::b, r7, r10, prefix_field(offsetof(SegmentPrefix, bits)));
  describe_segment(write);
  copy_to_ring(write,
               {.ring = maps.held.descriptor().number(), .skip = prefix_size, .most_tags = 2}, full,
               full);
  count_segment(write, SegmentFate::held);
  keep_none(write);
  to.bind(full);
  count_segment(write, SegmentFate::lost);
  to.bind(other);
  keep_none(write);
  return write.take();
}

}  // namespace weir::gate
