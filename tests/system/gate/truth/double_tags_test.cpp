// Frames of several segments, of whose two VLAN tags the kernel keeps the outer one beside them.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <net/if.h>

#include <cstring>
#include <vector>

#include "bpf/ebpf_assembler.h"
#include "bpf/ebpf_code.h"
#include "support/checked_frames.h"
#include "sys/bpf_link.h"
#include "sys/send_batch.h"
#include "system/gate/truth/gate_network.h"

namespace weir::test {
namespace {

using gate::Gate;
using gate::HeldPacket;
using gate::Segments;

class GateDoubleTags : public GateTest {};

/// Puts an outer tag before one of 802.1Q.
sys::TrafficControlProgram tagging(std::uint16_t type_in_network_order, std::uint16_t control) {
  using enum bpf::ebpf::Register;
  constexpr std::int32_t vlan_push = 18;
  bpf::ebpf::Assembler to;
  const auto other = to.new_label();
  to.load(bpf::code::w, r2, r1, bpf::ebpf::skb::vlan_proto);
  to.jump_if(bpf::ebpf::jne, r2, htons(0x8100), other);
  to.move(r2, type_in_network_order);
  to.move(r3, control);
  to.call(vlan_push);
  to.bind(other);
  to.move(r0, -1);
  to.exit();
  EXPECT_TRUE(to.link());
  const auto program = to.take();
  return sys::TrafficControlProgram{std::as_bytes(std::span{program})};
}

TEST_P(GateDoubleTags, StayWithTheirSegmentsCutAndKept) {
  // Its programs come before those of clsact, too.
  if (!gate::support().tcx) GTEST_SKIP() << "needs tcx (Linux 6.6)";
  bridge();
  left().run("ethtool -K eth0 tx on tso on gso on >/dev/null 2>&1; true");
  run("ethtool -K to_left rx on >/dev/null 2>&1; true");
  constexpr std::size_t size = 20'000;
  constexpr std::uint16_t segment = 1'400;
  constexpr std::size_t headers = 22 + 40 + 20;
  Octets payload(size);
  for (std::size_t i = 0; i < size; ++i) payload[i] = static_cast<std::uint8_t>(i * 7 + i / 256);
  const Octets plain = sealed(eth(0x86dd), ip6(6), tcp(), payload);
  const Octets frame =
      tagged(left_to_adapter(plain, 14, ipv6_transport + 16, 6, 20 + size), 0x6009, 0x8100);
  const sys::Offload offload{.segments = sys::Offload::Segments::tcp_ipv6,
                             .header_length = 18 + 40 + 20,
                             .segment_size = segment,
                             .checksum_start = 18 + 40,
                             .checksum_offset = 16,
                             .pseudo_header = load_be<std::uint16_t>(frame.data() + 18 + 40 + 16)};
  for (const Segments segments : {Segments::cut, Segments::keep}) {
    gate::GateOptions kept = options();
    kept.segments = segments;
    kept.attachment = GetParam();
    std::vector<Octets> held;
    gate::Handlers handlers;
    handlers.on_held = [&](HeldPacket& packet) {
      held.push_back(octets(packet.packet()));
      packet.accept();
    };
    Gate gate{kept, handlers};
    gate.add({.filter = "vlan 7 and vlan 9 and ip6 and tcp"});
    gate.start();
    const sys::TcxLink outer{tagging(htons(0x88a8), 0x2007),
                             ::if_nametoindex("to_left"),
                             sys::Hook::ingress,
                             {.where = sys::HookPlace::Where::first}};
    Witness witness{right()};
    send_offloaded(left(), frame, offload);
    const std::size_t count = (size + segment - 1) / segment;
    Octets arrived;
    for (const Octets& part : witness.frames(count)) {
      ASSERT_GT(part.size(), headers);
      EXPECT_EQ(load_be<std::uint64_t>(part.data() + 12), 0x88a8200781006009U);
      EXPECT_EQ(checksums_of(part).find("bad"), std::string::npos) << checksums_of(part);
      EXPECT_LE(part.size(), headers + segment);
      arrived.insert(arrived.end(), part.begin() + headers, part.end());
    }
    EXPECT_TRUE(arrived == payload);
    EXPECT_EQ(held.size(), segments == Segments::cut ? count : 1U);
    for (const Octets& part : held) {
      EXPECT_EQ(load_be<std::uint64_t>(part.data() + 12), 0x88a8200781006009U);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Attachments, GateDoubleTags,
                         ::testing::Values(gate::Attachment::tcx, gate::Attachment::clsact),
                         name_of_attachment);

}  // namespace
}  // namespace weir::test
