// Ethernet and its VLAN tags, IPv4, IPv6 and its jumbo option, TCP, UDP: as deep as segments go.
#include "gate/kernel/network_header.h"

#include "gate/kernel/layout.h"

namespace weir::gate {

using namespace bpf::ebpf;
using enum bpf::ebpf::Register;
namespace code = bpf::code;

namespace {

constexpr std::int32_t ipv4 = 0x0800, arp_type = 0x0806, rarp_type = 0x8035, ipv6 = 0x86dd;
constexpr std::int32_t vlan_tag = 0x8100, service_tag = 0x88a8;
constexpr std::int32_t tcp = 6, udp = 17, icmpv6 = 58;
/// An IPv6 header, with a hop-by-hop header that holds the jumbo option alone (RFC 2675).
constexpr std::int32_t ipv6_size = 40, jumbo_size = 8;
/// Behind two VLAN tags.
constexpr std::int32_t deepest = 22;

/// Router solicitation to redirect (RFC 4861).
void find_neighbor_discovery(Writer& write, Writer::Label other) {
  Assembler& to = write.to;
  to.load(code::b, r2, r1, 6);
  to.jump_if(jne, r2, icmpv6, other);
  to.load(code::b, r2, r1, ipv6_size);
  to.jump_if(jlt, r2, 133, other);
  to.jump_if(code::jgt, r2, 137, other);
  to.move(r2, r8);
  to.alu(code::add, r2, ipv6_size);
  to.jump_if(jle, copied, r2, other);
  to.store(code::w, frame, scratch::neighbor, scratch::neighbor_discovery);
}

/// Takes the jumbo option out of the copy: frames longer than IPv6 can tell have it
/// (ipv6_gro_complete of net/ipv6/ip6_offload.c), none of their segments on the wire does. r1 is
/// the IP header, r8 where; r2 to r5 are undefined behind it.
void take_jumbo_out(Writer& write, Writer::Label done) {
  Assembler& to = write.to;
  const auto none = to.new_label();
  constexpr std::int32_t jumbo_option = 0xc2;
  to.load(code::b, r2, r1, 0);
  to.alu(code::rsh, r2, 4);
  to.jump_if(jne, r2, 6, none);
  to.load(code::b, r2, r1, 6);
  to.jump_if(jne, r2, 0, none);
  to.load(code::b, r2, r1, ipv6_size + 1);
  to.jump_if(jne, r2, 0, none);
  to.load(code::b, r2, r1, ipv6_size + 2);
  to.jump_if(jne, r2, jumbo_option, none);
  // Then the copy is full before and behind.
  to.load(dw, r2, r10, bpf::ebpf::stack::length);
  to.jump_if(jle, r2, bpf::ebpf_frame_copy + jumbo_size, none);
  to.alu(code::sub, r2, jumbo_size);
  to.store(dw, r10, bpf::ebpf::stack::length, r2);
  to.load(code::b, r2, r1, ipv6_size);
  to.store(code::b, r1, 6, r2);
  // Loads behind the copy are to find what they ask for further on.
  to.load(dw, r2, r10, bpf::ebpf::stack::tag_size);
  to.alu(code::sub, r2, jumbo_size);
  to.store(dw, r10, bpf::ebpf::stack::tag_size, r2);
  to.move(r3, r8);
  to.alu(code::sub, r3, r2);
  to.move(r2, r3);
  to.alu(code::add, r2, ipv6_size);
  to.move(r3, frame);
  to.alu(code::add, r3, r8);
  to.alu(code::add, r3, ipv6_size);
  to.move(r4, bpf::ebpf_frame_copy - ipv6_size);
  to.alu(code::sub, r4, r8);
  write.load_packet();
  to.call(function::skb_load_bytes);
  to.jump_if(jne, r0, 0, done);
  to.move(r1, frame);
  to.alu(code::add, r1, r8);
  to.bind(none);
}

/// r4 = bytes of the headers up to the payload of a segment. r1 is the IP header, r8 where.
void measure_headers(Writer& write, Writer::Label unknown) {
  Assembler& to = write.to;
  const auto version6 = to.new_label();
  const auto transport = to.new_label();
  const auto is_tcp = to.new_label();
  const auto measured = to.new_label();
  to.move(r4, r8);
  to.load(code::b, r2, r1, 0);
  to.move(r3, r2);
  to.alu(code::rsh, r3, 4);
  to.jump_if(code::jeq, r3, 6, version6);
  to.jump_if(jne, r3, 4, unknown);
  to.load(code::b, r3, r1, 9);
  to.alu(code::and_, r2, 0xf);
  to.alu(code::lsh, r2, 2);
  to.alu(code::add, r4, r2);
  to.alu(code::add, r1, r2);
  to.jump(transport);
  to.bind(version6);
  to.load(code::b, r3, r1, 6);
  to.alu(code::add, r4, ipv6_size);
  to.alu(code::add, r1, ipv6_size);
  to.bind(transport);
  to.jump_if(code::jeq, r3, tcp, is_tcp);
  to.jump_if(jne, r3, udp, unknown);
  to.alu(code::add, r4, 8);
  to.jump(measured);
  to.bind(is_tcp);
  to.load(code::b, r2, r1, 12);
  to.alu(code::rsh, r2, 4);
  to.alu(code::lsh, r2, 2);
  to.alu(code::add, r4, r2);
  to.store(code::w, frame, scratch::keepable, 1);
  to.bind(measured);
}

/// r4 + r5 is the length of a full segment.
void take_first_segment(Writer& write, Writer::Label done) {
  Assembler& to = write.to;
  to.alu(code::add, r4, r5);
  to.load(dw, r1, r10, bpf::ebpf::stack::length);
  to.jump_if(code::jge, r4, r1, done);
  to.store(dw, r10, bpf::ebpf::stack::length, r4);
  to.jump_if(jle, copied, r4, done);
  to.move(copied, r4);
}

}  // namespace

void find_network_header(Writer& write, Writer::Label arp, Writer::Label none) {
  Assembler& to = write.to;
  const auto raw = to.new_label();
  const auto found = to.new_label();
  to.load(code::w, r1, frame, scratch::link);
  to.jump_if(jne, r1, 0, raw);
  for (std::int32_t at = 14; at <= deepest; at += 4) {
    const auto has_tag = to.new_label();
    to.jump_if(jlt, copied, at, none);
    to.load(code::h, r2, frame, at - 2);
    to.move(r8, at);
    if (at < deepest) {
      to.jump_if(code::jeq, r2, network_order(vlan_tag), has_tag);
      to.jump_if(code::jeq, r2, network_order(service_tag), has_tag);
    }
    to.jump_if(code::jeq, r2, network_order(ipv4), found);
    to.jump_if(code::jeq, r2, network_order(ipv6), found);
    to.jump_if(code::jeq, r2, network_order(arp_type), arp);
    to.jump_if(code::jeq, r2, network_order(rarp_type), arp);
    to.jump(none);
    to.bind(has_tag);
  }
  to.bind(raw);
  to.move(r8, 0);
  to.bind(found);
  // A number that the paths do not agree about is added to no pointer without CAP_PERFMON.
  to.store(code::w, frame, unknown, r8);
  to.load(code::w, r8, frame, unknown);
  to.jump_if(code::jgt, r8, deepest, none);
  to.move(r1, frame);
  to.alu(code::add, r1, r8);
}

void read_network_header(Writer& write) {
  Assembler& to = write.to;
  const auto arp = to.new_label();
  const auto done = to.new_label();
  const auto segments = to.new_label();
  const auto is_ip = to.new_label();
  to.store(code::w, frame, scratch::neighbor, 0);
  to.store(code::w, frame, scratch::keepable, 0);
  find_network_header(write, arp, done);
  to.jump(is_ip);
  to.bind(arp);
  to.store(code::w, frame, scratch::neighbor, scratch::neighbor_arp);
  to.jump(done);
  to.bind(is_ip);
  to.load(dw, r3, r10, bpf::ebpf::stack::skb);
  to.load(code::w, r5, r3, skb::gso_size);
  to.jump_if(jne, r5, 0, segments);
  to.load(code::b, r2, r1, 0);
  to.alu(code::rsh, r2, 4);
  to.jump_if(jne, r2, 6, done);
  find_neighbor_discovery(write, done);
  to.jump(done);
  to.bind(segments);
  take_jumbo_out(write, done);
  to.load(dw, r3, r10, bpf::ebpf::stack::skb);
  to.load(code::w, r5, r3, skb::gso_size);
  measure_headers(write, done);
  take_first_segment(write, done);
  to.bind(done);
}

}  // namespace weir::gate
