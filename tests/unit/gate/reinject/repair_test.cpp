// repair(): what a handler has spoilt becomes right.
#include "gate/reinject/repair.h"

#include <gtest/gtest.h>

#include "support/checked_frames.h"
#include "weir/wire/icmp.h"
#include "weir/wire/sctp.h"
#include "weir/wire/vxlan.h"

namespace weir::gate {
namespace {

using namespace weir::test;

/// `frame` with all bytes from `from` on changed, repaired.
Octets repaired(Octets frame, std::size_t trailer = 0, LinkType link_type = LinkType::ethernet) {
  repair(frame, link_type, trailer, false);
  return frame;
}

TEST(Repair, LeavesWhatIsRight) {
  const Octets right = sealed(eth(0x0800), ip4(17), udp(), rest(101));
  EXPECT_EQ(repaired(right), right);
}

TEST(Repair, WritesLengthsAndChecksumsOfALongerDatagram) {
  Octets longer = sealed(eth(0x0800), ip4(17), udp(), rest(101));
  longer.resize(longer.size() + 20, 0x5a);
  EXPECT_EQ(repaired(longer), sealed(eth(0x0800), ip4(17), udp(), rest(121)));
  Octets shorter = sealed(eth(0x86dd), ip6(17), udp(), rest(101));
  shorter.resize(shorter.size() - 20);
  EXPECT_EQ(repaired(shorter), sealed(eth(0x86dd), ip6(17), udp(), rest(81)));
}

TEST(Repair, WritesWhatTheHandlerHasSpoilt) {
  const Octets right = sealed(eth(0x86dd), ip6(6), tcp(), rest(300));
  Octets spoilt = right;
  store_be(&spoilt[18], std::uint16_t{5'000});
  spoilt[ipv6_transport + 16] ^= 0xff;
  EXPECT_EQ(repaired(spoilt), right);
}

TEST(Repair, KeepsPaddingBehindADatagramOfTheSameSize) {
  const Octets right = sealed(eth(0x0800), ip4(17), udp(), rest(5));
  Octets spoilt = right;
  spoilt[ipv4_transport + 7] ^= 1;
  EXPECT_EQ(repaired(spoilt, 60 - 47), right);
}

TEST(Repair, LeavesAnUdpChecksumOutThatIsOut) {
  Octets none = sealed(eth(0x0800), ip4(17), udp(), rest(50));
  none[40] = none[41] = 0;
  none.resize(none.size() + 2);
  const Octets now = repaired(none);
  EXPECT_EQ(load_be<std::uint16_t>(&now[40]), 0);
  EXPECT_EQ(load_be<std::uint16_t>(&now[38]), 60);
  EXPECT_EQ(checksums_of(now), "ip good, udp not_present");
}

TEST(Repair, WritesTheLengthOfAJumbogram) {
  const Octets options{17, 0, 0xc2, 4, 0, 1, 0, 0};
  const Octets longer = repaired(frame(eth(0x86dd), ip6(0), options, udp(), rest(70'000)));
  EXPECT_EQ(load_be<std::uint32_t>(&longer[14 + 40 + 4]), 8U + 8 + 70'000);
  EXPECT_EQ(load_be<std::uint16_t>(&longer[14 + 4]), 0);
  EXPECT_EQ(checksums_of(longer), "udp good");
}

TEST(Repair, RepairsTunnelsFromWithin) {
  const auto tunnel = [](std::size_t size) {
    return sealed(eth(0x0800), ip4(17), udp(4789), wire::VxlanFields{}, eth(0x86dd), ip6(6), tcp(),
                  rest(size));
  };
  Octets longer = tunnel(77);
  longer.resize(longer.size() + 11, 0x5a);
  EXPECT_EQ(repaired(longer), tunnel(88));
}

TEST(Repair, RepairsOtherProtocols) {
  const auto sctp = [](std::size_t size) {
    return sealed(eth(0x0800), ip4(132), wire::SctpFields{}, rest(size));
  };
  Octets longer = sctp(32);
  longer.resize(longer.size() + 4, 0x5a);
  EXPECT_EQ(repaired(longer), sctp(36));

  Octets echo = sealed(eth(0x0800), ip4(1), Octets{8, 0, 0, 0, 0, 1, 0, 1}, rest(40));
  EXPECT_EQ(checksums_of(repaired(echo)), "ip good, icmp good");
}

TEST(Repair, LeavesTheLengthOfAFragmentedDatagram) {
  Octets first = sealed(eth(0x0800), ip4(17), udp(), rest(64));
  store_be(&first[20], std::uint16_t{0x2000});
  store_be(&first[38], std::uint16_t{3'000});
  const Octets now = repaired(first);
  EXPECT_EQ(load_be<std::uint16_t>(&now[38]), 3'000);
  EXPECT_EQ(load_be<std::uint16_t>(&now[16]), 92);
}

TEST(Repair, LeavesTheChecksumOfSegmentsToTheAdapter) {
  const Octets before = sealed(eth(0x0800), ip4(6), tcp(), rest(9'000));
  Octets longer = before;
  longer.resize(before.size() + 100);
  repair(longer, LinkType::ethernet, 0, true);
  EXPECT_EQ(load_be<std::uint16_t>(&longer[16]), before.size() + 100 - 14);
  EXPECT_EQ(load_be<std::uint16_t>(&longer[50]), load_be<std::uint16_t>(&before[50]));
}

TEST(Repair, TakesAnyBytes) {
  const Octets right = sealed(eth(0x0800), ip4(17), udp(), rest(30));
  for (std::size_t size = 0; size < right.size(); ++size) {
    for (const std::size_t trailer : {std::size_t{0}, std::size_t{13}, std::size_t{100}}) {
      const Octets cut =
          repaired({right.begin(), right.begin() + static_cast<long>(size)}, trailer);
      EXPECT_EQ(cut.size(), size);
    }
  }
}

}  // namespace
}  // namespace weir::gate
