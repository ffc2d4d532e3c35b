// Packets as pycap's headers, and what is left of them.
#include <gtest/gtest.h>

#include "support/allocations.h"
#include "support/frames.h"
#include "weir/compat/pycap.h"
#include "weir/wire/arp.h"
#include "weir/wire/icmp.h"
#include "weir/wire/null_loopback.h"

namespace weir::compat::pycap {
namespace {

using test::frame;
using test::Octets;
using test::rest;

const wire::EthernetFields link{.destination = {{2, 0, 0x5e, 0x10, 0, 2}},
                                .source = {{2, 0, 0x5e, 0x10, 0, 1}},
                                .type_or_length = wire::ether_type::ipv4};
const wire::Ipv4Fields network{.identification = 7,
                               .dont_fragment = true,
                               .ttl = 63,
                               .protocol = wire::ip_protocol::udp,
                               .source = {{192, 0, 2, 1}},
                               .destination = {{192, 0, 2, 2}}};

wire::EthernetFields link_to(std::uint16_t type) {
  wire::EthernetFields fields = link;
  fields.type_or_length = type;
  return fields;
}
wire::Ipv4Fields carrying(std::uint8_t protocol) {
  wire::Ipv4Fields fields = network;
  fields.protocol = protocol;
  return fields;
}

Packet packet_of(const Octets& octets, LinkType link_type = LinkType::ethernet) {
  return {.data = octets,
          .wire_length = static_cast<std::uint32_t>(octets.size()),
          .link_type = link_type};
}
/// The item of a packet, whose bytes must outlive it.
item item_of(const Octets& octets, LinkType link_type = LinkType::ethernet) {
  return decoded(packet_of(octets, link_type));
}
Octets copy_of(Bytes bytes) { return {bytes.begin(), bytes.end()}; }
/// Why next() throws.
template <class Expected>
std::string refusal_of(const Octets& octets) {
  try {
    static_cast<void>(item_of(octets));
  } catch (const Expected& error) {
    return error.what();
  }
  return "nothing";
}

TEST(PycapDecoded, HasHeadersFromLowestToHighestThenWhatIsLeft) {
  // C-8 C-14a C-14b C-14c C-14d XC-7 XC-8 XC-10
  const Octets octets =
      frame(link, network, wire::UdpFields{.source_port = 1024, .destination_port = 53}, rest(5));
  const item found = item_of(octets);
  ASSERT_EQ(found.headers().size(), 3U);
  const auto& ethernet = std::get<Ethernet>(found.headers()[0]);
  EXPECT_EQ(weir::to_string(ethernet.source), "02:00:5e:10:00:01");
  EXPECT_EQ(weir::to_string(ethernet.destination), "02:00:5e:10:00:02");
  EXPECT_EQ(ethernet.type, 0x0800);
  EXPECT_EQ(copy_of(ethernet.packet()), octets);
  const auto& ip = std::get<protocol::ip>(found.headers()[1]);
  EXPECT_EQ(std::tie(ip.version, ip.headerlength, ip.length), std::tuple(4, 5, 33));
  EXPECT_EQ(std::tie(ip.id, ip.offset, ip.timetolive), std::tuple(7, 0x4000, 63));
  EXPECT_EQ(ip.protocol, 17);
  EXPECT_EQ(copy_of(ip.packet()), Octets(octets.begin() + 14, octets.end()));
  const auto& udp = std::get<protocol::udp>(found.headers()[2]);
  EXPECT_EQ(std::tie(udp.sourceport, udp.destinationport, udp.length), std::tuple(1024, 53, 13));
  EXPECT_EQ(copy_of(udp.packet()), Octets(octets.begin() + 34, octets.end()));
  EXPECT_EQ(copy_of(found.rest), rest(5));
}

TEST(PycapDecoded, ReadsTheTypeOfService) {
  // XC-8 Q-1
  wire::Ipv4Fields urgent = network;
  urgent.type_of_service = 0xb8;
  EXPECT_EQ(item_of(frame(link, urgent, wire::UdpFields{})).find<protocol::ip>()->typeofservice,
            0xb8);
}

TEST(PycapDecoded, ReadsTcpAndItsOptionsBelongToIt) {
  // XC-7 XC-9
  const Octets options = {2, 4, 5, 0xb4};
  const Octets octets = frame(link, carrying(6),
                              wire::TcpFields{.source_port = 80,
                                              .destination_port = 1024,
                                              .sequence_number = 0xfffffff0,
                                              .acknowledgment_number = 9,
                                              .flags = wire::tcp_flags::psh,
                                              .window = 512,
                                              .urgent_pointer = 3,
                                              .options = options},
                              rest(2));
  const item found = item_of(octets);
  const auto& tcp = *found.find<protocol::tcp>();
  EXPECT_EQ(std::tie(tcp.sourceport, tcp.destinationport, tcp.sequence),
            std::tuple(80, 1024, 0xfffffff0U));
  EXPECT_EQ(std::tie(tcp.acknowledge, tcp.flags, tcp.window, tcp.urgent),
            std::tuple(9U, 8, 512, 3));
  EXPECT_EQ(copy_of(found.rest), rest(2));
}

TEST(PycapDecoded, ReadsArpAndLeavesThePadding) {
  // C-15a C-15b C-15c C-15d C-15e C-15f C-15g C-15h C-15i C-15j
  const Octets near_mac = {2, 0, 0x5e, 0x10, 0, 1};
  const Octets octets = frame(link_to(0x0806),
                              wire::ArpFields{.operation = 2,
                                              .sender_hardware = near_mac,
                                              .sender_protocol = network.source.octets,
                                              .target_hardware = near_mac,
                                              .target_protocol = network.destination.octets},
                              Octets(18, 0));
  const item found = item_of(octets);
  ASSERT_EQ(found.headers().size(), 2U);
  const auto& arp = *found.find<ARP>();
  EXPECT_EQ(std::tie(arp.protocol, arp.operation, arp.hardwareformat), std::tuple(0x0800, 2, 1));
  EXPECT_EQ(std::tie(arp.hardwarelength, arp.protocollength), std::tuple(6, 4));
  EXPECT_EQ(weir::to_string(arp.sourcehardware), "02:00:5e:10:00:01");
  EXPECT_EQ(weir::to_string(arp.targethardware), "02:00:5e:10:00:01");
  EXPECT_EQ(weir::to_string(arp.sourceprotocol), "192.0.2.1");
  EXPECT_EQ(weir::to_string(arp.targetprotocol), "192.0.2.2");
  EXPECT_EQ(arp.packet().size(), 28U + 18);
  EXPECT_EQ(copy_of(found.rest), Octets(18, 0));
}

Octets message(wire::IcmpType type, const Octets& behind, std::uint32_t second = 0x00010002) {
  return frame(link, carrying(1),
               wire::IcmpFields{.type = type, .code = 3, .rest_of_header = second}, behind);
}

TEST(PycapDecoded, ReadsEveryMessageOfIcmpAsItsOwnType) {
  // XC-11 XC-12
  using enum wire::IcmpType;
  EXPECT_EQ(item_of(message(echo, {})).find<protocol::icmpEchoRequest>()->sequence, 2);
  EXPECT_EQ(item_of(message(echo_reply, {})).find<protocol::icmpEchoReply>()->id, 1);
  EXPECT_EQ(item_of(message(information_request, {})).find<protocol::icmpInfoRequest>()->id, 1);
  EXPECT_EQ(item_of(message(information_reply, {})).find<protocol::icmpInfoReply>()->sequence, 2);
  const Octets times = {0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 9};
  const Octets request = message(timestamp, times);
  const item asked = item_of(request);
  const auto& found = *asked.find<protocol::icmpTimestampRequest>();
  EXPECT_EQ(std::tie(found.originatetime, found.receivetime, found.transmittime),
            std::tuple(1U, 2U, 3U));
  EXPECT_EQ(std::tie(found.type, found.code, found.id), std::tuple(13, 3, 1));
  EXPECT_EQ(copy_of(asked.rest), Octets{9});
  const Octets reply = message(timestamp_reply, times);
  EXPECT_NE(item_of(reply).find<protocol::icmpTimestampReply>(), nullptr);
  const Octets elsewhere = message(redirect, rest(28), 0xc00002fe);
  EXPECT_EQ(weir::to_string(item_of(elsewhere).find<protocol::icmpRedirect>()->gateway),
            "192.0.2.254");
  EXPECT_EQ(item_of(elsewhere).rest.size(), 28U);
  const Octets wrong = message(parameter_problem, rest(28), 0x14000000);
  EXPECT_EQ(item_of(wrong).find<protocol::icmpParameterProblem>()->problempointer, 0x14);
}

TEST(PycapDecoded, OfOtherMessagesOnlyTheFirstFourBytesAreAHeader) {
  // C-8 XC-11
  const Octets octets = message(wire::IcmpType::destination_unreachable, rest(28), 1400);
  const item found = item_of(octets);
  EXPECT_EQ(found.find<protocol::icmp>()->type, 3);
  EXPECT_EQ(load_be<std::uint32_t>(found.rest.data()), 1400U);
  EXPECT_EQ(found.rest.size(), 32U);
  // A request for the time that is too short for the times.
  EXPECT_NE(item_of(message(wire::IcmpType::timestamp, rest(11))).find<protocol::icmp>(), nullptr);
}

TEST(PycapDecoded, LeavesAllElseAsBytes) {
  // C-8 XC-7 Q-8
  const Octets inner = frame(network, wire::UdpFields{}, rest(4));
  const auto left = [](const Octets& octets) {
    const item found = item_of(octets);
    return std::pair{found.headers().size(), copy_of(found.rest)};
  };
  constexpr std::uint16_t others[] = {0x86dd, 0x8100, 0x88a8, 0x8035, 0x8864, 0x0026};
  for (const std::uint16_t type : others) {
    EXPECT_EQ(left(frame(link_to(type), inner)), std::pair(std::size_t{1}, inner)) << type;
  }
  EXPECT_EQ(left(frame(link, carrying(47), rest(9))), std::pair(std::size_t{2}, rest(9)));
  wire::Ipv4Fields later = network;
  later.fragment_offset = 8;
  EXPECT_EQ(left(frame(link, later, rest(16))), std::pair(std::size_t{2}, rest(16)));
  EXPECT_EQ(left(Octets(13, 1)), std::pair(std::size_t{0}, Octets(13, 1)));
  EXPECT_EQ(left({}), std::pair(std::size_t{0}, Octets{}));
}

TEST(PycapDecoded, ReadsBsdLoopback) {
  // XC-6
  const Octets inner = frame(network, wire::UdpFields{}, rest(4));
  for (const bool is_little_endian : {true, false}) {
    const Octets octets =
        frame(wire::NullFields{.is_little_endian = is_little_endian, .family = 2}, inner);
    const item found = item_of(octets, LinkType::null);
    ASSERT_EQ(found.headers().size(), 2U);
    EXPECT_NE(found.find<protocol::ip>(), nullptr);
    EXPECT_EQ(copy_of(found.rest), rest(4));
  }
  const Octets six = frame(wire::NullFields{.family = 30}, rest(8));
  EXPECT_EQ(item_of(six, LinkType::null).rest.size(), six.size());
}

TEST(PycapDecoded, CutPacketsHaveWhatWasCaptured) {
  // C-8 Q-1: nothing behind the captured bytes is read
  const Octets octets = frame(link, network, wire::UdpFields{}, rest(100));
  for (std::size_t length = 34; length <= 60; ++length) {
    Packet packet = packet_of(octets);
    packet.data = packet.data.first(length);
    const item found = decoded(packet);
    const std::size_t headers = length < 42 ? 34 : 42;
    EXPECT_EQ(found.rest.size(), length - headers) << length;
  }
}

TEST(PycapDecoded, RefusesArpOfOtherAddresses) {
  // XC-16
  const auto arp = [](std::uint16_t hardware, std::uint16_t protocol, std::size_t hardware_length,
                      std::size_t protocol_length) {
    const Octets mac(hardware_length, 2);
    const Octets ip(protocol_length, 1);
    return frame(link_to(0x0806), wire::ArpFields{.hardware_type = hardware,
                                                  .protocol_type = protocol,
                                                  .sender_hardware = mac,
                                                  .sender_protocol = ip,
                                                  .target_hardware = mac,
                                                  .target_protocol = ip});
  };
  EXPECT_NO_THROW(static_cast<void>(item_of(arp(1, 0x0800, 6, 4))));
  using protocol::not_implemented;
  EXPECT_NE(refusal_of<not_implemented>(arp(1, 0x86dd, 6, 16)), "nothing");
  EXPECT_NE(refusal_of<not_implemented>(arp(1, 0x0800, 6, 16)), "nothing");
  EXPECT_NE(refusal_of<not_implemented>(arp(6, 0x0800, 6, 4)), "nothing");
  EXPECT_NE(refusal_of<not_implemented>(arp(1, 0x0800, 8, 4)), "nothing");
}

TEST(PycapDecoded, RefusesIpHeadersThatAreIncompleteOrWrong) {
  // XC-5 XC-17
  const Octets whole = frame(link, network, wire::UdpFields{}, rest(4));
  for (std::size_t length = 14; length < 34; ++length) {
    EXPECT_EQ(refusal_of<protocol::error>(
                  {whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length)}),
              "incomplete IP header");
  }
  const auto with_first = [&](std::uint8_t first) {
    Octets octets = whole;
    octets[14] = first;
    return octets;
  };
  EXPECT_EQ(refusal_of<protocol::error>(with_first(0x65)), "wrong IP version");
  EXPECT_EQ(refusal_of<protocol::error>(with_first(0x44)), "bad IP header length");
  EXPECT_EQ(refusal_of<error>(with_first(0x4f)), "bad IP length");
}

TEST(PycapDecoded, AllocatesNothing) {
  const Octets octets = frame(link, network, wire::UdpFields{}, rest(100));
  const std::size_t before = test::allocation_count();
  std::size_t headers = 0;
  for (int i = 0; i < 100; ++i) headers += item_of(octets).headers().size();
  EXPECT_EQ(test::allocation_count(), before);
  EXPECT_EQ(headers, 300U);
}

}  // namespace
}  // namespace weir::compat::pycap
