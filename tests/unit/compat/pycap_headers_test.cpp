// Headers of pycap as a program makes and prints them.
#include <gtest/gtest.h>

#include "weir/compat/pycap.h"
#include "weir/compat/pycap/constants.h"

namespace weir::compat::pycap {
namespace {

constexpr const char* near_mac = "02:00:5e:10:00:01";
constexpr const char* far_mac = "02:00:5e:10:00:02";

TEST(PycapHeaders, HoldWhatTheyAreMadeOf) {
  // C-14a C-14b C-14c C-15a C-15b C-15c C-15d C-15e C-15f C-15g C-15h C-15i XC-8 XC-9 XC-10 XC-13
  const Ethernet ethernet{constants::ethernet::ETHERTYPE_IP, near_mac, far_mac};
  EXPECT_EQ(ethernet.type, 0x0800);
  EXPECT_EQ(weir::to_string(ethernet.source), near_mac);
  EXPECT_EQ(weir::to_string(ethernet.destination), far_mac);
  const ARP arp{near_mac, far_mac, "192.0.2.1", "192.0.2.2", 2};
  EXPECT_EQ(std::tie(arp.protocol, arp.operation, arp.hardwareformat), std::tuple(0x0800, 2, 1));
  EXPECT_EQ(std::tie(arp.hardwarelength, arp.protocollength), std::tuple(6, 4));
  EXPECT_EQ(weir::to_string(arp.sourcehardware), near_mac);
  EXPECT_EQ(weir::to_string(arp.targethardware), far_mac);
  EXPECT_EQ(weir::to_string(arp.sourceprotocol), "192.0.2.1");
  EXPECT_EQ(weir::to_string(arp.targetprotocol), "192.0.2.2");
  const protocol::ip ip{4, 28, 7, 0x4000, 63, 17, 9, "192.0.2.3", "192.0.2.4"};
  EXPECT_EQ(std::tie(ip.version, ip.headerlength, ip.typeofservice), std::tuple(4, 5, 0));
  EXPECT_EQ(std::tie(ip.length, ip.id, ip.offset), std::tuple(28, 7, 0x4000));
  EXPECT_EQ(std::tie(ip.timetolive, ip.protocol, ip.checksum), std::tuple(63, 17, 9));
  EXPECT_EQ(weir::to_string(ip.source) + weir::to_string(ip.destination), "192.0.2.3192.0.2.4");
  const protocol::tcp tcp{1, 2, 3, 4, 5, 6, 7};
  EXPECT_EQ(std::tie(tcp.sourceport, tcp.destinationport, tcp.sequence), std::tuple(1, 2, 3U));
  EXPECT_EQ(std::tie(tcp.acknowledge, tcp.flags, tcp.window, tcp.urgent), std::tuple(4U, 5, 6, 7));
  const protocol::udp udp{1, 2, 3};
  EXPECT_EQ(std::tie(udp.sourceport, udp.destinationport, udp.length), std::tuple(1, 2, 3));
}

TEST(PycapHeaders, MessagesAreOfTheirTypeAndTakeWhatTheyHave) {
  // XC-11 XC-12 XC-13 Q-1
  const protocol::icmp any{11, 1, 5};
  EXPECT_EQ(std::tie(any.type, any.code, any.checksum), std::tuple(11, 1, 5));
  const protocol::icmpEchoRequest ping{0, 0, 1, 2};
  EXPECT_EQ(std::tie(ping.type, ping.code, ping.checksum), std::tuple(8, 0, 0));
  EXPECT_EQ(std::tie(ping.id, ping.sequence), std::tuple(1, 2));
  EXPECT_EQ(protocol::icmpEchoReply{}.type, 0);
  EXPECT_EQ(protocol::icmpInfoRequest{}.type, 15);
  EXPECT_EQ(protocol::icmpInfoReply{}.type, 16);
  const protocol::icmpTimestampRequest times{0, 0, 1, 2, 3, 4, 5};
  EXPECT_EQ(times.type, 13);
  EXPECT_EQ(std::tie(times.id, times.sequence), std::tuple(1, 2));
  EXPECT_EQ(std::tie(times.originatetime, times.receivetime, times.transmittime),
            std::tuple(3U, 4U, 5U));
  EXPECT_EQ(protocol::icmpTimestampReply{}.type, 14);
  const protocol::icmpRedirect redirect{1, 0, "192.0.2.254"};
  EXPECT_EQ(std::tie(redirect.type, redirect.code), std::tuple(5, 1));
  EXPECT_EQ(weir::to_string(redirect.gateway), "192.0.2.254");
  const protocol::icmpParameterProblem problem{0, 0, 20};
  EXPECT_EQ(std::tie(problem.type, problem.problempointer), std::tuple(12, 20));
}

TEST(PycapHeaders, TakeAddressesInOneFormOnly) {
  // XC-14
  for (const char* const text : {"02-00-5e-10-00-01", "2:0:5e:10:0:1", "02005e100001", "",
                                 "02:00:5e:10:00:01 ", "02:00:5e:10:00", "02:00:5e:10:00:0g"}) {
    EXPECT_THROW(Ethernet(0x0800, text, far_mac), Error) << text;
    EXPECT_THROW(Ethernet(0x0800, near_mac, text), Error) << text;
    EXPECT_THROW(ARP(near_mac, text, "192.0.2.1", "192.0.2.2", 1), Error) << text;
  }
  EXPECT_EQ(protocol::mac("02:00:5E:10:00:0A"), protocol::mac("02:00:5e:10:00:0a"));
  EXPECT_THROW(ARP(near_mac, far_mac, "192.0.2.1", "192.0.2", 1), Error);
  EXPECT_THROW(protocol::ip(4, 0, 0, 0, 0, 0, 0, "host", "192.0.2.1"), Error);
  EXPECT_THROW(protocol::icmpRedirect(0, 0, "192.0.2.256"), Error);
}

TEST(PycapHeaders, HaveNoPacketUnlessTheyWereCaptured) {
  // C-14d C-15j
  EXPECT_EQ(Ethernet(0x0800, near_mac, far_mac).packet().data(), nullptr);
  EXPECT_EQ(ARP{}.packet().data(), nullptr);
}

TEST(PycapHeaders, ShowThemselvesInOneLine) {
  // XC-15
  EXPECT_EQ(to_string(Ethernet{0x0800, near_mac, far_mac}),
            "Ethernet(type=0x800, 02:00:5e:10:00:01 -> 02:00:5e:10:00:02)");
  EXPECT_EQ(to_string(ARP{near_mac, far_mac, "192.0.2.1", "192.0.2.2", 1}),
            "ARP(op=0x1, protocol=0x800, 02:00:5e:10:00:01 (192.0.2.1) -> "
            "02:00:5e:10:00:02 (192.0.2.2))");
  EXPECT_EQ(to_string(protocol::ip{4, 0, 0, 0, 0, 6, 0, "192.0.2.1", "192.0.2.2"}),
            "IP(proto=0x6, 192.0.2.1 -> 192.0.2.2)");
  EXPECT_EQ(to_string(protocol::udp{1024, 53, 0}), "UDP(1024 -> 53)");
  EXPECT_EQ(to_string(protocol::icmpEchoRequest{3}), "ICMP(type=0x8, code=0x3)");
}

TEST(PycapHeaders, NameEveryFlagOfTcpAlone) {
  // XC-9 XC-15 XC-24 Q-1
  const auto shown = [](int flags) {
    return to_string(
        protocol::tcp{80, 1024, 0xc1600e16, 0, static_cast<std::uint16_t>(flags), 0, 0});
  };
  EXPECT_EQ(shown(0), "TCP(80 -> 1024, seq=0xc1600e16, ack=0x0000, flags=(none))");
  using namespace constants::tcp;
  const std::pair<int, const char*> names[] = {{TH_FIN, "fin"},   {TH_SYN, "syn"}, {TH_RST, "rst"},
                                               {TH_PUSH, "push"}, {TH_ACK, "ack"}, {TH_URG, "urg"}};
  for (const auto& [flag, name] : names) {
    EXPECT_TRUE(shown(flag).ends_with(std::string{"flags=("} + name + "))")) << shown(flag);
  }
  EXPECT_TRUE(shown(TH_PUSH | TH_ACK).ends_with("flags=(push, ack))"));
}

TEST(PycapConstants, SayWhatHeadersHold) {
  // XC-21 XC-22 XC-23 XC-24 XC-25
  namespace numbers = constants;
  EXPECT_EQ(numbers::ethernet::HEADER_LENGTH, int{wire::EthernetView::min_header_length});
  EXPECT_EQ(numbers::arp::HEADER_LENGTH, 28);
  EXPECT_EQ(numbers::ip::HEADER_LENGTH, int{wire::Ipv4View::min_header_length});
  EXPECT_EQ(numbers::tcp::HEADER_LENGTH, int{wire::TcpView::min_header_length});
  EXPECT_EQ(numbers::udp::HEADER_LENGTH, int{wire::UdpView::min_header_length});
  EXPECT_EQ(numbers::icmp::ECHO_HEADER_LENGTH, int{wire::IcmpView::min_header_length});
  EXPECT_EQ(numbers::icmp::ICMP_ECHO, static_cast<int>(wire::IcmpType::echo));
}

}  // namespace
}  // namespace weir::compat::pycap
