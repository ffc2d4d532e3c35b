// What the original of steelscript.packets gets wrong is right here.
#include <gtest/gtest.h>

#include <algorithm>

#include "support/hex.h"
#include "weir/compat/steelscript/dns.h"
#include "weir/compat/steelscript/igmp.h"

namespace weir::compat::steelscript {
namespace {

TEST(InetpktDefects, ClearingOneFlagClearsThatFlagAlone) {
  //
  TCP tcp;
  tcp.set_flags(0x1ff);
  tcp.flag_syn = 0;
  EXPECT_EQ(TCP{tcp.pkt2net()}.get_flags(), 0x1fd);
  IP ip;
  ip.flag_d = ip.flag_m = ip.flag_x = 1;
  ip.flag_d = 0;
  EXPECT_EQ(IP{ip.pkt2net()}.get_flags(), 5);
  MPLS entry;
  entry.label = 0xfffff;
  entry.s = 0;
  EXPECT_EQ(entry.pkt2net(), test::hex("fffff000")) << "in a word of 32 bits too";
}

TEST(InetpktDefects, BitsAreReadWhereTheyLie) {
  //
  EXPECT_EQ(MPLS{test::hex("00064b3f")}.tc, 5);
  IGMP query{test::hex("11640000 e0000001 0a7d 0001 c0000207")};
  EXPECT_EQ(query.get_source_addresses(), (Addresses{{{192, 0, 2, 7}}}));
  EXPECT_EQ(IGMP{test::hex("16000000 effffffa")}.version, 2) << "without a length beside it";
  IGMP report{test::hex("22000000 00000001 02000000 efc30702")};
  EXPECT_EQ(std::get<std::string>(report.get_field_val("igmp.maddr").value()), "239.195.7.2");
}

TEST(InetpktDefects, FrameCheckSequencesAreThoseOfTheWire) {
  //
  Ethernet frame{test::hex("ffffffffffff 020000000001 88b5")};
  const Octets written = frame.pkt2net({.eth_crc = true});
  ASSERT_EQ(written.size(), 64U);
  // The sum over a frame with its sequence is that of every right one (IEEE 802.3 3.2.9).
  std::uint32_t sum = 0xffffffff;
  for (const std::uint8_t byte : written) {
    sum ^= byte;
    for (int bit = 0; bit < 8; ++bit) sum = sum >> 1 ^ ((sum & 1) != 0 ? 0xedb88320 : 0);
  }
  EXPECT_EQ(~sum, 0x2144df1cU);
}

TEST(InetpktDefects, AUdpSumOfZeroIsSentAsOnes) {
  //
  UDP udp;
  udp.payload = std::make_shared<NullPkt>(test::hex("ffeb"));
  (void)udp.pkt2net({.csum = true, .update = true});
  EXPECT_EQ(udp.checksum, 0xffff);
}

TEST(InetpktDefects, NamesAndPortsAreWhole) {
  //
  const ICMP icmp;
  EXPECT_NE(std::ranges::find(icmp.query_fields, "icmp.pointer"), icmp.query_fields.end());
  EXPECT_NE(std::ranges::find(icmp.query_fields, "icmp.receive_timestamp"),
            icmp.query_fields.end());
  TCP tcp;
  tcp.window = 3;
  EXPECT_TRUE(tcp.get_field_val("tcp.window_size_value"));
  const L7Ports ports{{0, [](Bytes bytes) { return std::make_shared<DNS>(bytes); }}};
  Ethernet labelled{test::hex("020000000002 020000000001 8847 000651ff"
                              "4500002800000000 40110000 c0000201 c0000202 0007 0009 0014 0000"
                              "0001 0000 0000 0000 0000 0000"),
                    ports};
  EXPECT_EQ(labelled.get_layer("DNS").pkt_name, "DNS") << "through MPLS";
  DNS message;
  message.queries = {{.query_name = "a.b.example"}};
  const DNS again{message.pkt2net({.update = true, .compress = false})};
  EXPECT_EQ(again.queries.at(0).query_name, "a.b.example") << "every label without compression";
}

}  // namespace
}  // namespace weir::compat::steelscript
