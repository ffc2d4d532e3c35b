// Hold: is there somebody to decide, is there room, then copy and let vanish.
#include "gate/kernel/hold.h"

#include <cstddef>

#include "gate/kernel/layout.h"
#include "gate/kernel/record_copy.h"
#include "gate/kernel/segment_prefix.h"
#include "gate/kernel/writer.h"

namespace weir::gate {

using namespace bpf::ebpf;
using enum bpf::ebpf::Register;
namespace code = bpf::code;

namespace {

void end_as(Writer& write, Policy policy, HookFate passed, HookFate dropped) {
  const bool passes = policy == Policy::open;
  write.count(passes ? passed : dropped);
  write.end(passes);
}

/// To `silent` once the process has given no sign of life for too long.
void check_heartbeat(Writer& write, std::uint64_t limit, Writer::Label silent) {
  Assembler& to = write.to;
  to.call(function::ktime_get_ns);
  to.load_map_value(r1, write.maps().control.descriptor().number(), control::heartbeat * 8);
  to.load(dw, r1, r1, 0);
  to.alu(code::sub, r0, r1);
  to.load_number(r1, limit);
  to.jump_if(jsgt, r0, r1, silent);
}

/// The frame's own fields of the record; r6 is the packet.
void describe_frame(Writer& write) {
  Assembler& to = write.to;
  to.load(dw, r1, frame, scratch::frame_length);
  to.store(code::w, r10, record_field(offsetof(Record, length)), r1);
  to.store(code::w, r10, record_field(offsetof(Record, wire_length)), r1);
  to.load(code::w, r1, frame, scratch::adapter);
  to.store(code::w, r10, record_field(offsetof(Record, adapter)), r1);
  to.load(code::w, r1, frame, scratch::rule);
  to.store(code::w, r10, record_field(offsetof(Record, rule)), r1);
  to.load(code::w, r1, r6, skb::gso_size);
  to.store(code::w, r10, record_field(offsetof(Record, segment_size)), r1);
  to.load(code::w, r1, frame, scratch::outgoing);
  to.store(code::b, r10, record_field(offsetof(Record, outgoing)), r1);
  to.load(code::w, r1, frame, scratch::link);
  to.store(code::b, r10, record_field(offsetof(Record, link)), r1);
}

constexpr int prefix_field(std::size_t offset) noexcept {
  return stack::record + static_cast<int>(offset);
}

/// Takes the tag that is kept beside the frame off, and leaves it in the prefix: the kernel would
/// put it back between the prefix and the frame. r7 = SegmentPrefix::bits.
void take_tag_off(Writer& write, Writer::Label failed) {
  Assembler& to = write.to;
  const auto untagged = to.new_label();
  const auto customer = to.new_label();
  to.load(code::w, r1, r6, skb::vlan_present);
  to.jump_if(code::jeq, r1, 0, untagged);
  to.load(code::w, r1, r6, skb::vlan_tci);
  to.store(code::h, r10, prefix_field(offsetof(SegmentPrefix, tag_control)), r1);
  to.alu(code::or_, r7, segment_bit::tagged);
  to.load(code::w, r1, r6, skb::vlan_proto);
  to.jump_if(code::jeq, r1, network_order(0x8100), customer);
  to.alu(code::or_, r7, segment_bit::service_tag);
  to.bind(customer);
  to.move(r1, r6);
  to.call(function::skb_vlan_pop);
  to.jump_if(jne, r0, 0, failed);
  to.bind(untagged);
}

/// r2 = so far behind the beginning of the IPv6 header. r7 is SegmentPrefix::bits.
void from_network(Assembler& to, std::int32_t offset) {
  constexpr std::int32_t ethernet = 14;
  to.move(r2, r7);
  to.alu(code::and_, r2, segment_bit::raw);
  to.alu(code::mul, r2, -ethernet / segment_bit::raw);
  to.alu(code::add, r2, ethernet + offset);
}

/// Takes the jumbo option out of a frame longer than IPv6 can tell. The kernel does so when it cuts
/// one, but Linux 6.1 moves 14 + 40 bytes then, whatever stands before them, and with a prefix
/// there the destination is lost (ipv6_gso_segment() of net/ipv6/ip6_offload.c).
void take_jumbo_off(Writer& write) {
  Assembler& to = write.to;
  const auto none = to.new_label();
  constexpr std::int32_t next_header = 6, ipv6_size = 40, jumbo_size = 8, jumbo_option = 0xc2;
  constexpr std::int32_t behind_address = 0, keep_segment_size = 1;  // BPF_ADJ_ROOM_NET, _FIXED_GSO
  const auto load = [&](std::int32_t offset, std::int32_t size) {
    to.move(r1, r6);
    from_network(to, offset);
    to.move(r3, r10);
    to.alu(code::add, r3, stack::spare);
    to.move(r4, size);
    to.call(function::skb_load_bytes);
    to.jump_if(jne, r0, 0, none);
  };
  to.load(code::w, r1, r6, skb::protocol);
  to.jump_if(jne, r1, network_order(0x86dd), none);
  load(next_header, 1);
  to.load(code::b, r1, r10, stack::spare);
  to.jump_if(jne, r1, 0, none);
  load(ipv6_size, jumbo_size);
  to.load(code::b, r1, r10, stack::spare + 1);
  to.jump_if(jne, r1, 0, none);
  to.load(code::b, r1, r10, stack::spare + 2);
  to.jump_if(jne, r1, jumbo_option, none);
  to.move(r1, r6);
  to.move(r2, -jumbo_size);
  to.move(r3, behind_address);
  to.move(r4, keep_segment_size);
  to.call(function::skb_adjust_room);
  to.jump_if(jne, r0, 0, none);
  to.move(r1, r6);
  from_network(to, next_header);
  to.move(r3, r10);
  to.alu(code::add, r3, stack::spare);
  to.move(r4, 1);
  to.move(r5, 0);
  to.call(function::skb_store_bytes);
  to.bind(none);
}

/// To `full` unless the ring has room for all segments, with their records and the sizes they are
/// rounded up to: what has been cut cannot be let go any more.
void check_room(Writer& write, Writer::Label full) {
  Assembler& to = write.to;
  constexpr std::int32_t available_data = 0, size = 1;  // BPF_RB_AVAIL_DATA, BPF_RB_RING_SIZE
  const auto query = [&](std::int32_t what) {
    to.load_map(r1, write.maps().held.descriptor().number());
    to.move(r2, what);
    to.call(function::ringbuf_query);
  };
  query(available_data);
  to.move(r7, r0);
  query(size);
  to.alu(code::sub, r0, r7);
  to.load(dw, r1, frame, scratch::frame_length);
  // Segments just beyond a size of copy_to_ring() take the most: 1,600 bytes become 9,600.
  to.alu(code::mul, r1, 7);
  to.jump_if(jlt, r0, r1, full);
}

/// Sends the frame through the helper adapter, which cuts it. Never falls through.
void cut(Writer& write, std::uint32_t helper, Writer::Label failed) {
  Assembler& to = write.to;
  const auto without_memory = to.new_label();
  to.store(code::w, r10, prefix_field(offsetof(SegmentPrefix, mark)),
           static_cast<std::int32_t>(SegmentPrefix::expected_mark));
  to.load(code::w, r1, frame, scratch::adapter);
  to.store(code::w, r10, prefix_field(offsetof(SegmentPrefix, adapter)), r1);
  to.load(code::w, r1, frame, scratch::rule);
  to.store(code::w, r10, prefix_field(offsetof(SegmentPrefix, rule)), r1);
  to.store(code::h, r10, prefix_field(offsetof(SegmentPrefix, tag_control)), 0);
  to.load(code::w, r1, r6, skb::pkt_type);
  to.store(code::b, r10, prefix_field(offsetof(SegmentPrefix, packet_type)), r1);
  to.load(code::w, r7, frame, scratch::link);
  to.alu(code::lsh, r7, 1);
  to.load(code::w, r1, frame, scratch::outgoing);
  to.alu(code::or_, r7, r1);
  take_tag_off(write, failed);
  take_jumbo_off(write);
  to.store(code::b, r10, prefix_field(offsetof(SegmentPrefix, bits)), r7);
  to.move(r1, r6);
  to.move(r2, sizeof(SegmentPrefix));
  to.move(r3, 0);
  to.call(function::skb_change_head);
  to.jump_if(jne, r0, 0, without_memory);
  to.move(r1, r6);
  to.move(r2, 0);
  to.move(r3, r10);
  to.alu(code::add, r3, stack::record);
  to.move(r4, sizeof(SegmentPrefix));
  to.move(r5, 0);
  to.call(function::skb_store_bytes);
  write.count(HookFate::segmented);
  to.move(r1, static_cast<std::int32_t>(helper));
  to.move(r2, 0);
  to.call(function::redirect);
  to.exit();
  // The tag may be off by now: it can't go on as it came.
  to.bind(without_memory);
  write.count(HookFate::full_dropped);
  write.vanish();
}

/// As much of the packet as the snapshot has, into the ring of notices.
void copy_notice(Writer& write, Writer::Label full) {
  Assembler& to = write.to;
  const auto short_enough = to.new_label();
  write.find_scratch();
  to.load(dw, r6, r10, bpf::ebpf::stack::skb);
  begin_record(write);
  describe_frame(write);
  keep_tag(write);
  to.load(code::w, r1, frame, scratch::snapshot);
  to.load(dw, r2, frame, scratch::frame_length);
  to.jump_if(jle, r2, r1, short_enough);
  to.store(code::w, r10, record_field(offsetof(Record, length)), r1);
  to.bind(short_enough);
  copy_to_ring(write, {.ring = write.maps().notices.descriptor().number()}, full, full);
}

}  // namespace

bpf::EbpfProgram hold_program(const Maps& maps, const HoldProgramOptions& options) {
  Writer write{maps};
  Assembler& to = write.to;
  const auto silent = to.new_label();
  const auto full = to.new_label();
  const auto dying = to.new_label();
  const auto whole = to.new_label();
  write.find_scratch();
  to.load(dw, r6, r10, bpf::ebpf::stack::skb);
  if (options.owner != nullptr) options.owner->check(to, dying);
  if (options.hang_limit != 0) check_heartbeat(write, options.hang_limit, silent);
  to.load(code::w, r1, r6, skb::gso_size);
  to.jump_if(code::jeq, r1, 0, whole);
  if (options.segments == Segments::keep) {
    to.load(code::w, r1, frame, scratch::keepable);
    to.jump_if(jne, r1, 0, whole);
  }
  check_room(write, full);
  cut(write, options.helper, full);
  to.bind(whole);
  begin_record(write);
  describe_frame(write);
  keep_tag(write);
  copy_to_ring(write, {.ring = maps.held.descriptor().number()}, full, full);
  write.count(HookFate::held);
  write.vanish();
  to.bind(full);
  end_as(write, options.policies.ring_full, HookFate::full_passed, HookFate::full_dropped);
  if (to.is_used(silent)) {
    to.bind(silent);
    end_as(write, options.policies.hang, HookFate::hang_passed, HookFate::hang_dropped);
  }
  if (to.is_used(dying)) {
    to.bind(dying);
    end_as(write, options.policies.death, HookFate::hang_passed, HookFate::hang_dropped);
  }
  return write.take();
}

bpf::EbpfProgram notice_program(const Maps& maps) {
  Writer write{maps};
  const auto full = write.to.new_label();
  copy_notice(write, full);
  write.count(HookFate::notified);
  write.go_on();
  write.to.bind(full);
  write.count(HookFate::not_notified);
  write.go_on();
  return write.take();
}

bpf::EbpfProgram shown_drop_program(const Maps& maps) {
  Writer write{maps};
  const auto full = write.to.new_label();
  copy_notice(write, full);
  write.to.bind(full);
  write.count(HookFate::dropped);
  write.vanish();
  return write.take();
}

}  // namespace weir::gate
