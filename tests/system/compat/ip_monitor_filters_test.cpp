// The forms of filter expressions that IPMonitor's document shows, on packets of an adapter.
#include <gtest/gtest.h>

#include <algorithm>

#include "system/compat/monitored.h"

namespace weir::test {
namespace {

/// Each of another kind: the numbers below count in these.
std::vector<Octets> kinds() {
  const wire::EthernetFields all{.destination = {{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}},
                                 .source = eth(0).source,
                                 .type_or_length = 0x0806};
  wire::EthernetFields group = eth(0x0800);
  group.destination = {{0x01, 0x00, 0x5e, 0x00, 0x00, 0xfb}};
  const auto from = [](std::array<std::uint8_t, 4> source, std::uint8_t protocol) {
    wire::Ipv4Fields ip = ip4(protocol);
    ip.source = {source};
    return ip;
  };
  wire::Ipv4Fields to_group = ip4(17);
  to_group.destination = {{224, 0, 0, 251}};
  wire::TcpFields http = tcp(40'000);
  http.source_port = 80;
  return {
      frame(eth(0x0800), ip4(17), udp(53), rest(18)),                     // 0
      frame(eth(0x0800), from({192, 168, 1, 1}, 6), http, rest(6)),       // 1
      frame(eth(0x0800), from({203, 0, 113, 7}, 17), udp(9), rest(158)),  // 2: 200 bytes
      frame(all, rest(46, 0)),                                            // 3
      frame(group, to_group, udp(5353), rest(18)),                        // 4
      frame(eth(0x0800), from({127, 0, 0, 1}, 17), udp(9), rest(18)),     // 5
      frame(eth(0x0800), from({192, 168, 1, 1}, 6), tcp(80), rest(6)),    // 6
  };
}

using Numbers = std::vector<std::size_t>;

class IpMonitorFilters : public LiveTest {
 protected:
  /// Those that are told of the kinds. One more packet ends them, which is always told.
  [[nodiscard]] static Numbers told_by(const std::string& filter) {
    Monitored far;
    far.monitor.set_filter("(" + filter + ") or udp port 7");
    far.activate();
    const auto frames = kinds();
    send("near", frames);
    const Octets last = datagram_of(7);
    send("near", {last});
    EXPECT_TRUE(far.pump([&] { return !far.told.empty() && far.told.back() == last; })) << filter;
    Numbers numbers;
    for (const Octets& told : far.told) {
      if (told == last) break;
      numbers.push_back(static_cast<std::size_t>(std::ranges::find(frames, told) - frames.begin()));
    }
    return numbers;
  }
};

TEST_F(IpMonitorFilters, JoinConditions) {
  //
  EXPECT_EQ(told_by("udp and not port 53"), (Numbers{2, 4, 5}));
  EXPECT_EQ(told_by("port 53 or src net 203.0.113.0/24"), (Numbers{0, 2}));
  EXPECT_EQ(told_by("not udp"), (Numbers{1, 3, 6}));
}

TEST_F(IpMonitorFilters, NameHosts) {
  //
  EXPECT_EQ(told_by("host 203.0.113.7"), Numbers{2});
  EXPECT_EQ(told_by("src host 192.168.1.1"), (Numbers{1, 6}));
  EXPECT_EQ(told_by("dst host 224.0.0.251"), Numbers{4});
  EXPECT_EQ(told_by("dst host 192.168.1.1"), Numbers{});
  EXPECT_EQ(told_by("ip host localhost"), Numbers{5}) << "by name";
}

TEST_F(IpMonitorFilters, NameNetworks) {
  //
  EXPECT_EQ(told_by("net 192.168.1.0/24"), (Numbers{1, 6}));
  EXPECT_EQ(told_by("src net 203.0.113"), Numbers{2});
  EXPECT_EQ(told_by("dst net 224.0.0.0/4"), Numbers{4});
}

TEST_F(IpMonitorFilters, NamePorts) {
  //
  EXPECT_EQ(told_by("port 80"), (Numbers{1, 6}));
  EXPECT_EQ(told_by("src port 80"), Numbers{1});
  EXPECT_EQ(told_by("dst port 80"), Numbers{6});
}

TEST_F(IpMonitorFilters, KnowWhatGoesToAll) {
  // A-55 A-57
  EXPECT_EQ(told_by("ether broadcast"), Numbers{3});
  EXPECT_EQ(told_by("broadcast"), Numbers{3});
  EXPECT_EQ(told_by("ether multicast"), (Numbers{3, 4}));
  EXPECT_EQ(told_by("multicast"), (Numbers{3, 4}));
  EXPECT_EQ(told_by("ip multicast"), Numbers{4});
}

TEST_F(IpMonitorFilters, KnowLengthsTheBoundIncluded) {
  //
  EXPECT_EQ(told_by("greater 200"), Numbers{2});
  EXPECT_EQ(told_by("greater 201"), Numbers{});
  EXPECT_EQ(told_by("udp and less 60"), (Numbers{0, 4, 5}));
  EXPECT_EQ(told_by("less 59"), Numbers{});
}

TEST_F(IpMonitorFilters, NameProtocols) {
  //
  EXPECT_EQ(told_by("tcp"), (Numbers{1, 6}));
  EXPECT_EQ(told_by("arp"), Numbers{3});
  EXPECT_EQ(told_by("ip6"), Numbers{});
}

TEST_F(IpMonitorFilters, NameASourceAProtocolAndAPort) {
  //
  EXPECT_EQ(told_by("host 192.168.1.1"), (Numbers{1, 6}));
  EXPECT_EQ(told_by("src host 192.168.1.1 and tcp port 80"), (Numbers{1, 6}));
  EXPECT_EQ(told_by("src host 192.168.1.1 and tcp src port 80"), Numbers{1});
}

}  // namespace
}  // namespace weir::test
