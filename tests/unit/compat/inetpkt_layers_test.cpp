// The layers of steelscript.packets: every attribute written and read again.
#include <gtest/gtest.h>

#include "support/hex.h"
#include "weir/compat/steelscript/inetpkt.h"

namespace weir::compat::steelscript {
namespace {

template <class Class>
Class& as(PKT& layer) {
  return dynamic_cast<Class&>(layer);
}

std::uint32_t number(PKT& layer, std::string_view field) {
  const auto value = layer.get_field_val(field);
  return value ? std::get<std::uint32_t>(*value) : 0xffffffff;
}

Payload null(std::string_view digits) { return std::make_shared<NullPkt>(test::hex(digits)); }

TEST(InetpktLayers, HaveNamesNumbersAndFields) {
  // XE-1 XE-4 XE-8
  Ethernet frame;
  EXPECT_EQ(frame.pkt_name, "Ethernet");
  EXPECT_EQ(frame.pq_type, IP_CONST::PQ_ETH);
  EXPECT_EQ(frame.query_fields.size(), 7U);
  EXPECT_TRUE(frame.l7_ports.empty());
  for (const std::string_view field : frame.query_fields) {
    EXPECT_TRUE(frame.get_field_val(field)) << field;
  }
  EXPECT_FALSE(frame.get_field_val("eth.nothing"));
  PKT plain;
  EXPECT_EQ(plain.pkt_name, "PKT");
  EXPECT_EQ(plain.pq_type, IP_CONST::PQ_PKT);
  EXPECT_FALSE(plain.get_field_val("eth.src"));
  EXPECT_EQ(plain.pkt2net(), Octets{});
  EXPECT_EQ(ARP{}.pq_type, IP_CONST::PQ_ARP);
  EXPECT_EQ(IP{}.pq_type, IP_CONST::PQ_IP);
  EXPECT_EQ(UDP{}.pq_type, IP_CONST::PQ_UDP);
  EXPECT_EQ(TCP{}.pq_type, IP_CONST::PQ_TCP);
  EXPECT_EQ(ICMP{}.pq_type, IP_CONST::PQ_ICMP);
  EXPECT_EQ(MPLS{}.pq_type, IP_CONST::PQ_MPLS);
  EXPECT_EQ(NetflowSimple{}.pq_type, IP_CONST::PQ_NETFLOW_SIMPLE);
  EXPECT_EQ(NullPkt{}.pq_type, IP_CONST::PQ_NULLPKT);
}

TEST(InetpktLayers, MayBeWrongOnPurpose) {
  // XE-5
  IP ip;
  ip.version = 6;
  ip.iphl = 15;
  ip.proto = IP_CONST::PROTO_TCP;
  ip.total_len = 7;
  auto udp = std::make_shared<UDP>();
  udp->ulen = 3;
  ip.payload = udp;
  EXPECT_EQ(ip.pkt2net(),
            test::hex("6f000007 00000000 40060000 00000000 00000000 0000000000030000"));
  ip.frag_offset = 0x2000;
  try {
    (void)ip.pkt2net();
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "cannot write IP: frag_offset is from 0 to 8191, not 8192");
  }
  ip.set_flags(5);
  EXPECT_EQ(ip.flag_x * 100 + ip.flag_d * 10 + ip.flag_m, 101);
}

TEST(InetpktLayers, SumWithAPseudoHeaderOfOnesOwn) {
  // XE-3 XE-6
  IP ip;
  ip.proto = IP_CONST::PROTO_UDP;
  ip.src = {{192, 0, 2, 1}};
  ip.dst = {{192, 0, 2, 2}};
  auto udp = std::make_shared<UDP>();
  udp->payload = null("616263");
  ip.payload = udp;
  (void)ip.pkt2net({.update = true, .udp_csum = true});
  const std::uint16_t right = udp->checksum;
  EXPECT_EQ(ip.checksum, 0) << "udp_csum computes no other";
  (void)ip.pkt2net(
      {.csum = true,
       .ipv4_pheader = Ip4Ph{
           .src = {{192, 0, 2, 9}}, .dst = ip.dst, .reserved = 0, .proto = 17, .payload_len = 0}});
  EXPECT_EQ(udp->checksum, static_cast<std::uint16_t>(right - 8));
  EXPECT_EQ(ip.pkt2net({.csum = true}).size(), 31U);
  EXPECT_EQ(udp->checksum, right);
  EXPECT_EQ(checksum(test::hex("01020304")), checksum(test::hex("0304 0102")));
  EXPECT_EQ(checksum(test::hex("ff")), 0x00ff) << "an odd byte is padded";
}

TEST(InetpktLayers, NullPktHoldsBytes) {
  // XE-7
  NullPkt some{test::hex("010203")};
  EXPECT_EQ(some.get_fake_proto_id(), 0x0102);
  EXPECT_EQ(some.pkt2net(), test::hex("010203"));
  some.payload = test::hex("04");
  EXPECT_EQ(some.get_fake_proto_id(), std::nullopt);
  EXPECT_EQ(some.pkt2net(), test::hex("04"));
}

TEST(InetpktLayers, ConstantsAreThoseOfTheStandards) {
  // XE-9
  EXPECT_EQ(IP_CONST::ICMP_TYPE_SRC_QUENCH, 4);
  EXPECT_EQ(IP_CONST::ICMP_TYPE_REDIR, 5);
  EXPECT_EQ(IP_CONST::ARP_OP_INV_REPLY, 9);
  EXPECT_EQ(IP_CONST::ETH_TYPE_8021Q, 0x8100);
  EXPECT_EQ(IP_CONST::MIN_FRAME_SIZE, 60);
}

TEST(InetpktLayers, EthernetWithATagAndACheckSequence) {
  // XE-10
  Ethernet frame;
  frame.dst_mac = {{2, 0, 0, 0, 0, 2}};
  frame.src_mac = {{2, 0, 0, 0, 0, 1}};
  frame.type = 0x88b5;
  EXPECT_EQ(frame.pkt2net().size(), 60U);
  EXPECT_EQ(frame.pkt2net({.eth_crc = true}).size(), 64U);
  frame.tpid = IP_CONST::ETH_TYPE_8021Q;
  frame.priority_code = 5;
  frame.drop_eligible = 1;
  frame.vlan_id = 0xabc;
  Ethernet again{frame.pkt2net()};
  EXPECT_EQ(again.tpid, 0x8100);
  EXPECT_EQ(again.type, 0x88b5);
  EXPECT_EQ(number(again, "eth.vlan.pri"), 5U);
  EXPECT_EQ(number(again, "eth.vlan.cfi"), 1U);
  EXPECT_EQ(number(again, "eth.vlan.id"), 0xabcU);
  EXPECT_EQ(number(again, "eth.vlan.tpid"), 0x8100U);
}

TEST(InetpktLayers, ArpWithAddressesOfAnyLength) {
  // XE-11
  ARP request;
  request.operation = IP_CONST::ARP_OP_REQUEST;
  request.sender_hw_addr = test::hex("020000000001");
  request.sender_proto_addr = test::hex("c0000201");
  request.target_proto_addr = test::hex("c0000202");
  EXPECT_EQ(request.pkt2net(),
            test::hex("0001 0800 06 04 0001 020000000001 c0000201 000000000000 c0000202"));
  ARP odd{test::hex("0007 86dd 01 02 0009 aa b0b1 cc d0d1 0000")};
  EXPECT_EQ(odd.sender_hw_addr, test::hex("aa"));
  EXPECT_EQ(odd.target_proto_addr, test::hex("d0d1"));
  EXPECT_EQ(number(odd, "arp.opcode"), 9U);
  EXPECT_EQ(odd.pkt2net(), test::hex("0007 86dd 01 02 0009 aa b0b1 cc d0d1 0000"));
  EXPECT_THROW(ARP{test::hex("0001 0800 06 04 0001")}, Error);
}

TEST(InetpktLayers, IpWithEveryField) {
  // XE-12
  IP ip;
  ip.tos = 0xb8;
  ip.ident = 0x1234;
  ip.flag_x = 1;
  ip.flag_m = 1;
  ip.frag_offset = 0x1fff;
  ip.ttl = 3;
  ip.proto = 253;
  ip.set_options(test::hex("010101"));
  EXPECT_EQ(ip.iphl, 6);
  EXPECT_EQ(ip.get_flags(), 5);
  ip.payload = null("ff");
  const Octets written = ip.pkt2net({.csum = true, .update = true});
  EXPECT_EQ(checksum(Bytes{written}.first(24)), 0);
  IP again{written};
  EXPECT_EQ(again.get_options(), test::hex("01010100"));
  EXPECT_EQ(again.total_len, 25);
  EXPECT_EQ(number(again, "ip.frag_offset"), 0x1fffU);
  EXPECT_EQ(number(again, "ip.flags"), 5U);
  EXPECT_EQ(again.payload->pkt_name, "NullPkt");
  EXPECT_EQ(again.pkt2net(), written);
}

TEST(InetpktLayers, UdpAnswersForItsPayload) {
  // XE-13
  UDP udp{test::hex("1388 0035 000c 0000 61626364 ffff")};
  EXPECT_EQ(udp.sport, 5000);
  EXPECT_EQ(number(udp, "udp.length"), 12U);
  const auto bytes = [&](std::string_view field) {
    const auto value = udp.get_field_val(field);
    const Bytes found = value ? std::get<Bytes>(*value) : Bytes{};
    return std::string{found.begin(), found.end()};
  };
  EXPECT_EQ(bytes("udp.payload"), "abcd");
  EXPECT_EQ(bytes("udp.payload.offset[1:3]"), "bc");
  EXPECT_EQ(bytes("udp.payload.offset[1:300]"), "bcd");
  EXPECT_FALSE(udp.get_field_val("udp.payload.offset[3:1]"));
  EXPECT_FALSE(udp.get_field_val("udp.payload.offset[a:b]"));
  EXPECT_EQ(udp.pkt2net(), test::hex("1388 0035 000c 0000 61626364 ffff"));
}

TEST(InetpktLayers, TcpWithEveryField) {
  // XE-14
  TCP tcp;
  tcp.sport = 1;
  tcp.dport = 2;
  tcp.sequence = 0x01020304;
  tcp.acknowledgment = 0x05060708;
  tcp.set_flags(0x155);
  tcp.window = 9;
  tcp.urg_ptr = 10;
  tcp.set_options(test::hex("020405b4 01"));
  tcp.payload = null("aa");
  EXPECT_EQ(tcp.data_offset, 7);
  EXPECT_EQ(tcp.flag_ns, 1);
  EXPECT_EQ(tcp.flag_syn, 0);
  TCP again{tcp.pkt2net({.csum = true})};
  EXPECT_EQ(again.get_flags(), 0x155);
  EXPECT_EQ(again.get_options(), test::hex("020405b4 01000000"));
  EXPECT_EQ(again.ws_len, 1);
  as<NullPkt>(*again.payload).payload = test::hex("616263");
  EXPECT_EQ(number(again, "tcp.len"), 3U);
  (void)again.pkt2net();
  EXPECT_EQ(again.ws_len, 3);
  EXPECT_EQ(again.checksum, tcp.checksum);
  EXPECT_EQ(number(again, "tcp.window_size_value"), 9U);
  TCP stub{test::hex("0001 0002 01020304")};
  EXPECT_EQ(stub.sequence, 0x01020304U);
  EXPECT_EQ(stub.pkt2net({.csum = true}), test::hex("0001 0002 01020304"));
  const Octets more = test::hex("0001 0002 01020304 05060708 3d1c ffff");
  EXPECT_EQ(TCP{more}.pkt2net(), more);
  EXPECT_THROW(TCP{test::hex("0001 0002 010203")}, Error);
}

TEST(InetpktLayers, IcmpOfEachForm) {
  // XE-15
  const auto written = [](std::string_view digits) {
    ICMP message{test::hex(digits)};
    EXPECT_EQ(message.pkt2net(), test::hex(digits));
    EXPECT_EQ(checksum(message.pkt2net({.csum = true})), 0);
    return std::make_unique<ICMP>(test::hex(digits));
  };
  EXPECT_EQ(written("08000000 0001 0002 0000000a 00000007")->data_time(), "10.000007");
  EXPECT_EQ(written("0d000000 0001 0002 00000003 00000004 00000005")->trans_ts, 5U);
  EXPECT_EQ(to_string(written("05010000 c0000209")->address), "192.0.2.9");
  EXPECT_EQ(written("0c000000 14000000")->pointer, 0x14);
  EXPECT_EQ(written("09000000 01020304 05060708")->data, test::hex("05060708"));
  const auto error =
      written("03040000 000005dc 4500003c 00004000 40060000 c0000201 c0000202 0001 0050 01020304");
  EXPECT_EQ(error->mtu, 1500);
  EXPECT_EQ(as<TCP>(error->hdr_pkt->get_layer("TCP")).dport, 80);
}

TEST(InetpktLayers, MplsDownToItsPayload) {
  // XE-17
  MPLS top{test::hex("00064a3f 000657ff 45000014 00000000 40fd0000 c0000201 c0000202")};
  EXPECT_EQ(top.label, 0x64U);
  EXPECT_EQ(top.tc, 5);
  EXPECT_EQ(number(top, "mpls.top.ttl"), 0x3fU);
  EXPECT_EQ(number(top, "mpls.bottom.label"), 0x65U);
  EXPECT_EQ(number(top, "mpls.bottom.tc"), 3U);
  EXPECT_EQ(top.get_layer("IP").pkt_name, "IP");
  MPLS frame{test::hex("000651ff 020000000002 020000000001 88b5")};
  EXPECT_EQ(frame.payload->pkt_name, "Ethernet");
  EXPECT_EQ(frame.pkt2net({.eth_crc = true}).size(), 18U) << "the outermost frame alone is padded";
}

TEST(InetpktLayers, NetflowBegins) {
  // XE-18
  NetflowSimple flow{test::hex("0005 0001 00000002 00000003 00000004 aabb")};
  EXPECT_EQ(flow.version, 5);
  EXPECT_EQ(flow.unix_nano_seconds, 4U);
  EXPECT_EQ(flow.payload, test::hex("aabb"));
  flow.unix_secs = 9;
  EXPECT_EQ(flow.pkt2net(), test::hex("0005 0001 00000002 00000009 00000004 aabb"));
  EXPECT_EQ(NetflowSimple::default_ports()[1], 2055);
}

}  // namespace
}  // namespace weir::compat::steelscript
