// ARP and neighbor discovery: what packets are, what filters name, what rules may hold.
#include "gate/rules/neighbors.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

namespace weir::gate {
namespace {

TEST(Neighbors, FiltersNameThem) {
  struct Case {
    const char* filter;
    Neighbors named;
  };
  constexpr Neighbors none{};
  constexpr Neighbors arp{.arp = true};
  constexpr Neighbors discovery{.discovery = true};
  for (const Case& one : {
           Case{"", none},
           {"ip", none},
           {"tcp port 2054", none},
           {"not port 2054", none},
           {"port (58 or 2054)", none},
           {"len = 2055", none},
           {"arp", arp},
           {"udp or rarp", arp},
           {"not arp", arp},
           {"ether proto \\arp", arp},
           {"ether proto 0x0806", arp},
           {"ether proto 0x8035", arp},
           {"ether proto 2054", arp},
           {"ether proto (0x800 or 0x0806)", arp},
           {"ether[12:2] = 0x806", arp},
           {"ether[12:2] != 0x806", arp},
           {"0x806 = ether[12:2]", arp},
           {"icmp6", discovery},
           {"icmp6[icmp6type] = icmp6-neighborsolicit", discovery},
           {"ip6 proto 58", discovery},
           {"ip6 proto \\ipv6-icmp", discovery},
           {"ip6[6] = 0x3a", discovery},
           {"ip6[6] = 072", discovery},
           {"arp or icmp6", {true, true}},
       }) {
    EXPECT_EQ(names_neighbors(one.filter), one.named) << one.filter;
  }
}

TEST(Neighbors, OnlyRulesThatHoldNeedToNameThem) {
  constexpr Neighbors both{true, true};
  EXPECT_EQ(neighbors_of({.action = Action::hold, .filter = "udp"}), Neighbors{});
  EXPECT_EQ(neighbors_of({.action = Action::hold, .filter = "arp"}), Neighbors{.arp = true});
  EXPECT_EQ(neighbors_of({.action = Action::hold, .hold_neighbors = true}), both);
  for (const Action action : {Action::pass, Action::drop, Action::notify}) {
    EXPECT_EQ(neighbors_of({.action = action, .filter = "udp"}), both);
  }
}

std::vector<std::uint8_t> framed(std::vector<std::uint8_t> header, std::vector<std::uint8_t> rest) {
  std::vector<std::uint8_t> frame(12, 2);
  frame.insert(frame.end(), header.begin(), header.end());
  frame.insert(frame.end(), rest.begin(), rest.end());
  return frame;
}

std::vector<std::uint8_t> icmpv6(std::uint8_t type, std::uint8_t next_header = 58) {
  std::vector<std::uint8_t> datagram(44);
  datagram[0] = 0x60;
  datagram[6] = next_header;
  datagram[40] = type;
  return datagram;
}

NeighborKind found(const std::vector<std::uint8_t>& bytes,
                   LinkType link_type = LinkType::ethernet) {
  return neighbor_in({.data = bytes,
                      .wire_length = static_cast<std::uint32_t>(bytes.size()),
                      .link_type = link_type});
}

TEST(Neighbors, PacketsAreToldByTheirNumbers) {
  EXPECT_EQ(found(framed({0x08, 0x06}, {})), NeighborKind::arp);
  EXPECT_EQ(found(framed({0x80, 0x35}, {})), NeighborKind::arp);
  EXPECT_EQ(found(framed({0x08, 0x00}, icmpv6(135))), NeighborKind::none);
  EXPECT_EQ(found(framed({0x81, 0, 0, 5, 0x08, 0x06}, {})), NeighborKind::arp);
  EXPECT_EQ(found(framed({0x88, 0xa8, 0, 1, 0x81, 0, 0, 5, 0x08, 0x06}, {})), NeighborKind::arp);
  EXPECT_EQ(found(framed({0x81, 0, 0, 1, 0x81, 0, 0, 1, 0x81, 0, 0, 5, 0x08, 0x06}, {})),
            NeighborKind::none);
  for (unsigned type = 0; type < 256; ++type) {
    const auto datagram = icmpv6(static_cast<std::uint8_t>(type));
    const NeighborKind wanted =
        type >= 133 && type <= 137 ? NeighborKind::discovery : NeighborKind::none;
    EXPECT_EQ(found(framed({0x86, 0xdd}, datagram)), wanted) << type;
    EXPECT_EQ(found(framed({0x81, 0, 0, 5, 0x86, 0xdd}, datagram)), wanted) << type;
    EXPECT_EQ(found(datagram, LinkType::raw), wanted) << type;
  }
  EXPECT_EQ(found(framed({0x86, 0xdd}, icmpv6(135, 17))), NeighborKind::none);
}

TEST(Neighbors, ShortPacketsAreNone) {
  auto frame = framed({0x81, 0, 0, 5, 0x86, 0xdd}, icmpv6(135));
  frame.resize(12 + 6 + 41);
  EXPECT_EQ(found(frame), NeighborKind::discovery);
  while (!frame.empty()) {
    frame.pop_back();
    // Exactly as much memory as there are bytes: a read beyond is seen.
    EXPECT_EQ(found(std::vector<std::uint8_t>(frame)), NeighborKind::none) << frame.size();
  }
}

}  // namespace
}  // namespace weir::gate
