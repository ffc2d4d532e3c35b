// Rings give room in sizes that are known when a program is loaded: one of a few for each packet.
#include "gate/kernel/record_copy.h"

#include <array>
#include <cstddef>

#include "gate/kernel/layout.h"

namespace weir::gate {

using namespace bpf::ebpf;
using enum bpf::ebpf::Register;
namespace code = bpf::code;

namespace {

constexpr std::array<std::int32_t, 5> sizes{192, 1'600, 9'600, 65'600, longest_held};
constexpr int record_size = sizeof(Record);

/// Of r4 bytes: to `failed` unless they are 1 to `most`, as the verifier wants to see it.
void bound(Writer& write, std::int32_t most, Writer::Label failed) {
  write.to.jump_if(jlt, r4, 1, failed);
  write.to.jump_if(code::jgt, r4, most, failed);
}

void load_bytes(Writer& write, std::int32_t from, std::int32_t to_offset, Writer::Label failed) {
  Assembler& to = write.to;
  to.move(r1, r6);
  to.move(r2, from);
  to.move(r3, r7);
  to.alu(code::add, r3, record_size + to_offset);
  to.call(function::skb_load_bytes);
  to.jump_if(jne, r0, 0, failed);
}

/// The MAC addresses, as many tags, and what follows.
void load_with_tags(Writer& write, int tags, std::int32_t size, std::int32_t skip,
                    Writer::Label failed) {
  Assembler& to = write.to;
  const std::int32_t front = addresses_size + tags * tag_size;
  to.move(r4, addresses_size);
  load_bytes(write, skip, 0, failed);
  for (int at = 0; at < tags * tag_size; at += tag_size) {
    to.load(code::w, r2, r10, stack::spare + at);
    to.store(code::w, r7, record_size + addresses_size + at, r2);
  }
  to.load(code::w, r4, r10, record_field(offsetof(Record, length)));
  to.alu(code::sub, r4, front);
  bound(write, size - front, failed);
  load_bytes(write, skip + addresses_size, front, failed);
}

/// Whether the reader has to be woken, found out between the record's place in the ring and its
/// completion: before it sleeps it says so, and then looks for places that are taken.
void ask_reader(Writer& write) {
  Assembler& to = write.to;
  to.load_map_value(r1, write.maps().control.descriptor().number(), control::reader_awake * 8);
  to.move(r2, 0);
  to.fetch_add(r1, 0, r2);
  to.store(dw, r10, stack::key, r2);
}

void submit(Writer& write) {
  constexpr std::int32_t no_wakeup = 1, force_wakeup = 2;  // BPF_RB_NO_WAKEUP, _FORCE_WAKEUP
  Assembler& to = write.to;
  const auto asleep = to.new_label();
  to.load(dw, r1, r10, stack::key);
  to.move(r2, force_wakeup);
  to.jump_if(code::jeq, r1, 0, asleep);
  to.move(r2, no_wakeup);
  to.bind(asleep);
  to.move(r1, r7);
  to.call(function::ringbuf_submit);
}

/// Into `size` bytes behind the record.
void copy_of_size(Writer& write, const CopyPlan& plan, std::int32_t size, Writer::Label full,
                  Writer::Label done) {
  Assembler& to = write.to;
  const auto failed = to.new_label();
  const auto copied_all = to.new_label();
  const auto plain = to.new_label();
  to.load_map(r1, plan.ring);
  to.move(r2, record_size + size);
  to.move(r3, 0);
  to.call(function::ringbuf_reserve);
  to.jump_if(code::jeq, r0, 0, full);
  to.move(r7, r0);
  ask_reader(write);
  for (int at = 0; at < record_size; at += 8) {
    to.load(dw, r1, r10, stack::record + at);
    to.store(dw, r7, at, r1);
  }
  to.load(code::w, r1, r10, stack::spare);
  to.jump_if(code::jeq, r1, 0, plain);
  if (plan.most_tags > 1) {
    const auto one = to.new_label();
    to.load(code::w, r1, r10, stack::spare + tag_size);
    to.jump_if(code::jeq, r1, 0, one);
    load_with_tags(write, 2, size, plan.skip, failed);
    to.jump(copied_all);
    to.bind(one);
  }
  load_with_tags(write, 1, size, plan.skip, failed);
  to.jump(copied_all);
  to.bind(plain);
  to.load(code::w, r4, r10, record_field(offsetof(Record, length)));
  bound(write, size, failed);
  load_bytes(write, plan.skip, 0, failed);
  to.bind(copied_all);
  submit(write);
  to.move(r0, 0);
  to.jump(done);
  to.bind(failed);
  to.move(r1, r7);
  to.move(r2, 0);
  to.call(function::ringbuf_discard);
  to.move(r0, 1);
  to.jump(done);
}

}  // namespace

void begin_record(Writer& write) {
  Assembler& to = write.to;
  for (int at = 0; at < record_size; at += 8) to.store_zero(dw, r10, stack::record + at);
  to.call(function::ktime_get_ns);
  to.store(dw, r10, record_field(offsetof(Record, when)), r0);
  to.load(code::w, r1, r6, skb::mark);
  to.store(code::w, r10, record_field(offsetof(Record, mark)), r1);
  to.load(code::w, r1, r6, skb::priority);
  to.store(code::w, r10, record_field(offsetof(Record, priority)), r1);
  to.load(code::w, r1, r6, skb::pkt_type);
  to.store(code::b, r10, record_field(offsetof(Record, packet_type)), r1);
}

void keep_tag(Writer& write) {
  const auto untagged = write.to.new_label();
  write.to.store_zero(dw, r10, stack::spare);
  keep_tag(write, stack::spare, untagged);
  write.to.bind(untagged);
}

void keep_tag(Writer& write, int at, Writer::Label untagged) {
  Assembler& to = write.to;
  to.load(code::w, r1, r6, skb::vlan_present);
  to.jump_if(code::jeq, r1, 0, untagged);
  to.load(code::w, r2, r6, skb::vlan_proto);  // in network order already
  to.store(code::h, r10, at, r2);
  to.load(code::w, r2, r6, skb::vlan_tci);
  to.swap_from_network(code::h, r2);
  to.store(code::h, r10, at + 2, r2);
}

void copy_to_ring(Writer& write, const CopyPlan& plan, Writer::Label full, Writer::Label failed) {
  Assembler& to = write.to;
  const auto done = to.new_label();
  std::array<Writer::Label, sizes.size()> fits{};
  for (auto& label : fits) label = to.new_label();
  to.load(code::w, r4, r10, record_field(offsetof(Record, length)));
  for (std::size_t i = 0; i < sizes.size(); ++i) to.jump_if(jle, r4, sizes[i], fits[i]);
  to.jump(full);
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    to.bind(fits[i]);
    copy_of_size(write, plan, sizes[i], full, done);
  }
  to.bind(done);
  to.jump_if(jne, r0, 0, failed);
}

}  // namespace weir::gate
