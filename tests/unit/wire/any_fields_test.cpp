// AnyFields: lists of headers known at run time are written as those known at compile time, and
// decoded headers are written again byte by byte.
#include "weir/wire/any_fields.h"

#include <gtest/gtest.h>

#include <array>
#include <vector>

#include "decode_samples.h"
#include "support/allocations.h"
#include "support/hex.h"
#include "weir/wire/frame_writer.h"

namespace weir::wire {
namespace {

using test::hex;
using Buffer = std::array<std::uint8_t, 2048>;

std::vector<std::uint8_t> copy(Bytes bytes) { return {bytes.begin(), bytes.end()}; }

const EthernetFields ethernet{.destination = {{2, 0, 0, 0, 0, 1}}, .source = {{2, 0, 0, 0, 0, 2}}};
const Ipv4Fields ipv4{.source = {{192, 0, 2, 1}}, .destination = {{198, 51, 100, 2}}};
const UdpFields udp{.source_port = 50'000};
const auto text = hex("68 65 6c 6c 6f");

TEST(AnyFields, AreBuiltAsThoseKnownAtCompileTime) {
  Buffer first;
  Buffer second;
  first.fill(0xee);
  second.fill(0x11);
  const VlanFields tag{.identifier = 7};
  const VxlanFields vxlan{.identifier = 5};
  EthernetFields checked = ethernet;
  checked.trailer.has_frame_check_sequence = true;
  const std::vector<AnyFields> layers{checked, tag,      Ipv6Fields{}, udp,
                                      vxlan,   ethernet, ipv4,         TcpFields{}};
  const std::size_t allocations = test::allocation_count();
  const auto run_time = build(first, layers, text);
  EXPECT_EQ(test::allocation_count(), allocations);
  ASSERT_TRUE(run_time);
  const auto compile_time =
      build(second, checked, tag, Ipv6Fields{}, udp, vxlan, ethernet, ipv4, TcpFields{}, text);
  EXPECT_EQ(copy(*run_time), copy(*compile_time));
  EXPECT_EQ(frame_length(layers, text), run_time->size());

  // Short frames are padded, what is no frame is not.
  const std::vector<AnyFields> few{ethernet, ipv4};
  EXPECT_EQ(copy(*build(first, few, text)), copy(*build(second, ethernet, ipv4, text)));
  EXPECT_EQ(build(first, std::vector<AnyFields>{ipv4, udp}, text)->size(), 33U);
  EXPECT_EQ(copy(*build(first, {}, text)), text);
}

TEST(AnyFields, TellWhichLayerCannotBeWritten) {
  Buffer buffer;
  const std::vector<AnyFields> layers{ethernet, VlanFields{.identifier = 4096}, ipv4, udp};
  const auto bad = build(buffer, layers, text);
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().error, WriteError::bad_value);
  EXPECT_EQ(bad.error().layer, 1U);

  const std::vector<AnyFields> good{ethernet, ipv4, udp};
  std::vector<std::uint8_t> small(59, 0xa5);
  const auto no_room = build(small, good, text);
  EXPECT_EQ(no_room.error().error, WriteError::no_room);
  EXPECT_EQ(no_room.error().layer, 3U);
  EXPECT_EQ(small, std::vector<std::uint8_t>(59, 0xa5));

  std::vector<std::uint8_t> large(70'000);
  const std::vector<std::uint8_t> payload(65'535 - 7);
  EXPECT_EQ(build(large, good, payload).error().error, WriteError::too_long);
  EXPECT_EQ(build(large, good, payload).error().layer, 2U);
  EXPECT_EQ(build(large, good, Bytes{payload}.first(65'535 - 28)).value().size(), 65'549U);
  EXPECT_EQ(build(large, good, Bytes{payload}.first(65'535 - 27)).error().layer, 1U);
}

/// What the samples have at least one header of that has Fields.
constexpr std::array written_again{Protocol::ethernet,
                                   Protocol::vlan,
                                   Protocol::provider_vlan,
                                   Protocol::provider_backbone,
                                   Protocol::mpls,
                                   Protocol::arp,
                                   Protocol::ipv4,
                                   Protocol::ipv6,
                                   Protocol::ipv6_hop_by_hop,
                                   Protocol::ipv6_routing,
                                   Protocol::ipv6_fragment,
                                   Protocol::ipv6_destination,
                                   Protocol::tcp,
                                   Protocol::udp,
                                   Protocol::icmp,
                                   Protocol::icmpv6,
                                   Protocol::vxlan,
                                   Protocol::llc,
                                   Protocol::snap,
                                   Protocol::sll,
                                   Protocol::null,
                                   Protocol::slip,
                                   Protocol::token_ring,
                                   Protocol::fddi,
                                   Protocol::arcnet,
                                   Protocol::ipoib,
                                   Protocol::c_hdlc,
                                   Protocol::frame_relay,
                                   Protocol::ppp,
                                   Protocol::wlan,
                                   Protocol::radiotap,
                                   Protocol::prism,
                                   Protocol::ppi,
                                   Protocol::pktap,
                                   Protocol::nflog,
                                   Protocol::vn_tag,
                                   Protocol::e_tag,
                                   Protocol::r_tag,
                                   Protocol::hsr,
                                   Protocol::cisco_metadata,
                                   Protocol::trill,
                                   Protocol::macsec,
                                   Protocol::nsh,
                                   Protocol::pppoe_session,
                                   Protocol::pppoe_discovery,
                                   Protocol::ah,
                                   Protocol::esp,
                                   Protocol::udp_lite,
                                   Protocol::sctp,
                                   Protocol::dccp,
                                   Protocol::igmp,
                                   Protocol::gre,
                                   Protocol::erspan,
                                   Protocol::geneve,
                                   Protocol::gtp,
                                   Protocol::teredo,
                                   Protocol::l2tp,
                                   Protocol::ether_ip,
                                   Protocol::dns,
                                   Protocol::tls,
                                   Protocol::dhcp,
                                   Protocol::netflow};

// Every header of the samples that has Fields, over a buffer of other bytes.
TEST(AnyFields, WriteDecodedHeadersAgainByteByByte) {
  ProtocolSet seen;
  const auto samples = test::all_samples();
  for (const test::Sample& sample : samples) {
    const Packet packet = sample.packet();
    const Layers layers = decode(packet);
    for (const Layer& layer : layers) {
      const auto fields = fields_of(packet, layers, layer);
      if (!fields) continue;
      seen.insert(layer.protocol);
      std::vector<std::uint8_t> written(header_length(*fields), 0xa5);
      ASSERT_EQ(written.size(), layer.header_length) << sample.name;
      const auto result =
          std::visit([&](const auto& header) { return header.write(written, {}); }, *fields);
      ASSERT_EQ(result, written.size()) << sample.name;
      EXPECT_EQ(written, copy(packet.data.subspan(layer.offset, layer.header_length)))
          << sample.name << ' ' << name(layer.protocol);
    }
  }
  for (const Protocol protocol : written_again) {
    EXPECT_TRUE(seen.contains(protocol)) << name(protocol);
  }
}

TEST(AnyFields, RememberHowTheirTagWasAnnounced) {
  Buffer buffer;
  for (const std::uint16_t type : {ether_type::vlan, ether_type::provider_vlan,
                                   ether_type::vlan_9100, ether_type::vlan_9300}) {
    const auto frame = build(buffer, ethernet, VlanFields{.tag_protocol = type}, ipv4);
    const Packet packet{.data = *frame, .wire_length = 60};
    const Layers layers = decode(packet);
    const auto fields = fields_of(packet, layers, layers[1]);
    ASSERT_TRUE(fields);
    EXPECT_EQ(std::get<VlanFields>(*fields).tag_protocol, type);
  }
}

TEST(AnyFields, AreNoneOfHeadersThatCannotBeRead) {
  const auto cut = hex("02 00 00 00 00 01 02 00 00 00 00 02 08 00 45 00 00 21");
  const Packet packet{.data = cut, .wire_length = 60};
  const Layers layers = decode(packet);
  ASSERT_EQ(layers.size(), 2U);
  EXPECT_TRUE(fields_of(packet, layers, layers[0]));
  EXPECT_FALSE(fields_of(packet, layers, layers[1]));

  // A segment whose options were cut between words.
  Buffer buffer;
  const auto options = hex("02 04 05 b4 04 02 08 0a");
  const auto frame = build(buffer, ethernet, ipv4, TcpFields{.options = options});
  const Packet snapped{.data = frame->first(14 + 20 + 26), .wire_length = 62};
  const Layers found = decode(snapped);
  ASSERT_EQ(found.size(), 3U);
  EXPECT_TRUE(view<TcpView>(snapped, found));
  EXPECT_FALSE(fields_of(snapped, found, found[2]));
}

}  // namespace
}  // namespace weir::wire
