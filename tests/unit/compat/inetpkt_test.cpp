// The packet classes of steelscript.packets in C++: read, asked and written.
#include "weir/compat/steelscript/inetpkt.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "support/hex.h"
#include "weir/link_type.h"
#include "weir/savefile/reader.h"

namespace weir::compat::steelscript {
namespace {

const auto echo = test::hex(
    "020000000002 020000000001 0800"
    "4500001c 00004000 4001b6ab c0000201 c0000202 0800f7fd00010001");

template <class Class>
Class& as(PKT& layer) {
  return dynamic_cast<Class&>(layer);
}

Octets padded(Bytes bytes) {
  Octets frame(bytes.begin(), bytes.end());
  if (frame.size() < 60) frame.resize(60);
  return frame;
}

TEST(Inetpkt, ReadsAFrameLayerByLayer) {
  // E-4
  const Ethernet frame{echo};
  EXPECT_EQ(to_string(frame.src_mac), "02:00:00:00:00:01");
  EXPECT_EQ(to_string(frame.dst_mac), "02:00:00:00:00:02");
  EXPECT_EQ(frame.type, 0x0800);
  const auto& ip = as<IP>(*frame.payload);
  EXPECT_EQ(to_string(ip.src), "192.0.2.1");
  EXPECT_EQ(to_string(ip.dst), "192.0.2.2");
  EXPECT_EQ(ip.flag_d, 1);
  const auto& icmp = as<ICMP>(*ip.payload);
  EXPECT_EQ(icmp.type, 8);
  EXPECT_EQ(icmp.code, 0);
  EXPECT_EQ(icmp.identifier, 1);
}

TEST(Inetpkt, WritesWhatItReadOfEveryCapture) {
  std::size_t frames = 0;
  for (const auto& entry : std::filesystem::directory_iterator{WEIR_CAPTURES}) {
    const auto ending = entry.path().extension();
    if (ending != ".pcap" && ending != ".pcapng" && ending != ".gz") continue;
    savefile::Reader reader{entry.path()};
    for (const Packet& packet : reader) {
      if (packet.link_type != LinkType::ethernet || packet.data.size() < 14) continue;
      Ethernet frame{packet.data};
      ASSERT_EQ(frame.pkt2net(), padded(packet.data)) << entry.path() << " frame " << frames;
      ++frames;
    }
  }
  EXPECT_GT(frames, 500U);
}

TEST(Inetpkt, ComputesChecksumsAndLengthsOnDemandAndKeepsThem) {
  Ethernet frame;
  auto ip = std::make_shared<IP>();
  auto udp = std::make_shared<UDP>();
  ip->src = {{192, 0, 2, 1}};
  ip->dst = {{192, 0, 2, 2}};
  ip->proto = 17;
  udp->sport = 50'000;
  udp->dport = 53;
  udp->payload = std::make_shared<NullPkt>(test::hex("6869"));
  ip->payload = udp;
  frame.payload = ip;
  const Octets written = frame.pkt2net({.csum = true, .update = true});
  EXPECT_EQ(ip->total_len, 30);
  EXPECT_EQ(udp->ulen, 10);
  EXPECT_NE(udp->checksum, 0);
  Ethernet again{written};
  EXPECT_EQ(as<UDP>(again.get_layer("UDP")).checksum, udp->checksum);
  EXPECT_EQ(as<IP>(again.get_layer("IP")).checksum, ip->checksum);
  EXPECT_EQ(checksum(Bytes{written}.subspan(14, 20)), 0);
}

TEST(Inetpkt, HasANullPktForWhatItCannotRead) {
  for (std::size_t length = 14; length < echo.size(); ++length) {
    Ethernet cut{Bytes{echo}.first(length)};
    EXPECT_EQ(cut.pkt2net(), padded(Bytes{echo}.first(length))) << length;
  }
  EXPECT_EQ(Ethernet{Bytes{echo}.first(20)}.payload->pkt_name, "NullPkt");
  EXPECT_THROW(Ethernet{Bytes{echo}.first(13)}, Error);
}

TEST(Inetpkt, FindsLayersByNameAndNumber) {
  // XE-2
  Ethernet frame{test::hex("020000000002 020000000001 8847 000640ff 000651ff")};
  EXPECT_EQ(as<MPLS>(frame.get_layer("MPLS", 2)).label, 0x65U);
  EXPECT_EQ(as<MPLS>(frame.get_layer_by_type(0x8847)).label, 0x64U);
  EXPECT_EQ(frame.get_layer("TCP").pkt_name, "NullPkt");
  EXPECT_EQ(frame.get_layer("MPLS", 3).pkt2net(), Octets{});
}

}  // namespace
}  // namespace weir::compat::steelscript
