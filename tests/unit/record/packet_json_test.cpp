// Packets as JSON.
#include "weir/record/packet_json.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <random>
#include <set>

#include "record/packet_fields.h"
#include "record/packet_record.h"
#include "support/allocations.h"
#include "support/flow_traffic.h"
#include "support/hex.h"
#include "weir/wire/dhcp.h"
#include "weir/wire/frame_writer.h"
#include "weir/wire/netflow_record.h"

namespace weir::record {
namespace {

using nlohmann::json;
using wire::Protocol;

std::string line_of(const Packet& packet, const PacketPlace& place = {.number = 1},
                    PacketJsonOptions options = {}) {
  std::string line;
  PacketJson{options}.append(line, packet, wire::decode(packet), place);
  return line;
}

json json_of(const Packet& packet, const PacketPlace& place = {.number = 1},
             PacketJsonOptions options = {}) {
  return json::parse(line_of(packet, place, options));
}

Interface named(const std::string& name) {
  Interface interface;
  interface.name = name;
  return interface;
}

Packet ethernet(const std::vector<std::uint8_t>& bytes) {
  return {.data = bytes, .wire_length = static_cast<std::uint32_t>(bytes.size())};
}

const auto double_tagged_syn = test::hex(
    "02 00 5e 10 00 02 02 00 5e 10 00 01 81 00"  // Ethernet
    "00 0a 81 00 20 14 08 00"                    // VLAN 10, then VLAN 20 with priority 1
    "45 00 00 3c 1c 46 40 00 40 06 00 00 c0 00 02 01 c6 33 64 02"
    "9c 40 01 bb 00 00 00 01 00 00 00 00 a0 02 72 10 00 00 00 00"
    "02 04 05 b4 04 02 08 0a 00 00 00 07 00 00 00 00 01 03 03 07");

const auto cooked = test::hex(
    "0800 0000 00000007 0001 04 06 02005e100001 0000"
    "4500001c00000000 40010000 c0000201 c0000202 0800 0000 0001 0002");

TEST(PacketJson, TellsTheAdapterACookedPacketCarries) {
  Packet packet = ethernet(cooked);
  packet.link_type = LinkType::linux_sll2;
  const std::array any{named("any")};
  EXPECT_EQ(json_of(packet)["interface"], "7");
  EXPECT_EQ(json_of(packet, {.number = 1, .interfaces = any})["interface"], "7");
  PacketJson writer;
  writer.name_interface(7, "old");
  writer.name_interface(7, "tap\u202e");
  std::string line;
  writer.append(line, packet, wire::decode(packet), {.number = 1, .interfaces = any});
  EXPECT_EQ(json::parse(line)["interface"], "tap\u202e");
  EXPECT_NE(line.find("tap\\u202e"), std::string::npos);
}

TEST(PacketJson, TellsTheDirectionOfTheLinkHeader) {
  Packet packet = ethernet(cooked);
  packet.link_type = LinkType::linux_sll2;
  EXPECT_EQ(json_of(packet)["direction"], "out");
  packet.direction = Direction::in;  // the medium knows better
  EXPECT_EQ(json_of(packet)["direction"], "in");
}

TEST(PacketJson, TellsWhereWhenAndWhat) {
  const auto packet = test::tcp(test::client, test::server, 2, 0, test::at(0));
  Packet other = packet.packet();
  other.direction = Direction::out;
  other.wire_length = 1500;
  const std::array interfaces{named("eth0")};
  const json record = json_of(other, {.number = 7, .file = "a.pcap", .interfaces = interfaces});
  EXPECT_EQ(record["type"], "packet");
  EXPECT_EQ(record["number"], 7);
  EXPECT_EQ(record["file"], "a.pcap");
  EXPECT_EQ(record["time"], "2026-01-02T03:04:05.000000006Z");
  EXPECT_EQ(record["time_ns"], 1'767'323'045'000'000'006);
  EXPECT_EQ(record["interface"], "eth0");
  EXPECT_EQ(record["direction"], "out");
  EXPECT_EQ(record["len"], 1500);
  EXPECT_EQ(record["caplen"], 40);
  EXPECT_EQ(record["link_type"], 101);
  EXPECT_EQ(record["src"], "192.0.2.1");
  EXPECT_EQ(record["dst"], "198.51.100.2");
  EXPECT_EQ(record["src_port"], 40000);
  EXPECT_EQ(record["dst_port"], 443);
  EXPECT_EQ(record["protocol"], "tcp");
  EXPECT_FALSE(record.contains("stopped"));
  EXPECT_FALSE(record.contains("layers"));
}

TEST(PacketJson, HasOneObjectPerProtocolAndAnArrayWhereItRepeats) {
  const json record = json_of(ethernet(double_tagged_syn));
  EXPECT_EQ(record["eth"], (json{{"destination", "02:00:5e:10:00:02"},
                                 {"source", "02:00:5e:10:00:01"},
                                 {"type_or_length", 0x8100}}));
  ASSERT_TRUE(record["vlan"].is_array());
  EXPECT_EQ(record["vlan"][0]["identifier"], 10);
  EXPECT_EQ(record["vlan"][1]["identifier"], 20);
  EXPECT_EQ(record["vlan"][1]["priority"], 1);
  EXPECT_EQ(record["ip"]["total_length"], 60);
  EXPECT_EQ(record["ip"]["dont_fragment"], true);
  EXPECT_FALSE(record["ip"].contains("options"));
  EXPECT_EQ(record["tcp"]["flags"], 2);
  EXPECT_EQ(record["tcp"]["options"], json::parse(R"([{"kind": 2, "maximum_segment_size": 1460},
                            {"kind": 4, "sack_permitted": true},
                            {"kind": 8, "timestamp_value": 7, "timestamp_echo_reply": 0},
                            {"kind": 1}, {"kind": 3, "window_scale": 7}])"));
}

TEST(PacketJson, ListsTheLayersWhenAsked) {
  const json record = json_of(ethernet(double_tagged_syn), {.number = 1}, {.layers = true});
  EXPECT_EQ(record["layers"], json::parse(R"([{"protocol": "eth", "offset": 0, "length": 14},
                            {"protocol": "vlan", "offset": 14, "length": 4},
                            {"protocol": "vlan", "offset": 18, "length": 4},
                            {"protocol": "ip", "offset": 22, "length": 20},
                            {"protocol": "tcp", "offset": 42, "length": 40}])"));
}

TEST(PacketJson, ShowsWhatWasCapturedOfCutOptions) {
  const std::vector<std::uint8_t> cut(double_tagged_syn.begin(), double_tagged_syn.end() - 14);
  Packet packet = ethernet(cut);
  packet.wire_length = static_cast<std::uint32_t>(double_tagged_syn.size());
  const json record = json_of(packet);
  EXPECT_EQ(record["tcp"]["destination_port"], 443);
  EXPECT_EQ(record["dst_port"], 443);
}

// The first two bytes of a UDP header, then the padding of a short frame.
TEST(PacketJson, ReadsNoPortsInThePaddingBehindADatagram) {
  const auto padded = test::hex(
      "02 00 5e 10 00 02 02 00 5e 10 00 01 08 00"
      "45 00 00 16 00 00 40 00 40 11 00 00 c0 00 02 01 c6 33 64 02 9c 40"
      "11 22 33 44 55 66 77 88 99 aa bb cc dd ee ff 11 22 33 44 55 66 77 88 99");
  const json record = json_of(ethernet(padded));
  EXPECT_EQ(record["protocol"], "udp");
  EXPECT_EQ(record["stopped"], "truncated");
  EXPECT_EQ(record["src_port"], 40000);
  EXPECT_FALSE(record.contains("dst_port")) << record;
}

TEST(PacketJson, ReadsNeighbours) {
  const auto request = test::hex(
      "ff ff ff ff ff ff 02 00 5e 10 00 01 08 06"
      "00 01 08 00 06 04 00 01 02 00 5e 10 00 01 c0 00 02 01 00 00 00 00 00 00 c0 00 02 02");
  const json record = json_of(ethernet(request));
  EXPECT_EQ(record["protocol"], "arp");
  EXPECT_EQ(record["arp"]["operation"], 1);
  EXPECT_EQ(record["arp"]["sender_hardware"], "02:00:5e:10:00:01");
  EXPECT_EQ(record["arp"]["target_protocol"], "192.0.2.2");
  EXPECT_FALSE(record.contains("src")) << "no IP header";
  EXPECT_FALSE(record.contains("src_port"));
}

TEST(PacketJson, ReadsNames) {
  std::vector<std::uint8_t> message = test::hex(
      "45 00 00 00 00 00 40 00 40 11 00 00 c0 00 02 01 c6 33 64 02 00 35 9c 40 00 00 00 00"
      "12 34 81 80 00 01 00 01 00 00 00 00"
      "01 61 04 74 65 73 74 00 00 01 00 01"                // a.test A IN
      "c0 0c 00 01 00 01 00 00 0e 10 00 04 c0 00 02 05");  // its answer
  message[3] = static_cast<std::uint8_t>(message.size());
  message[25] = static_cast<std::uint8_t>(message.size() - 20);
  Packet packet = ethernet(message);
  packet.link_type = LinkType::raw;
  const json record = json_of(packet);
  EXPECT_EQ(record["protocol"], "dns");
  EXPECT_EQ(record["dns"]["response"], true);
  EXPECT_EQ(record["dns"]["questions"],
            json::parse(R"([{"name": "a.test", "type": "A", "class": 1}])"));
  EXPECT_EQ(record["dns"]["answers"],
            json::parse(R"([{"name": "a.test", "type": "A", "class": 1, "ttl": 3600,
                             "address": "192.0.2.5"}])"));
}

// An IPv4 packet with a UDP datagram to that port.
std::vector<std::uint8_t> datagram_to(std::uint16_t port, Bytes payload) {
  std::vector<std::uint8_t> buffer(1500);
  const auto packet =
      wire::build(buffer, wire::Ipv4Fields{}, wire::UdpFields{.destination_port = port}, payload);
  buffer.resize(packet.value().size());
  return buffer;
}

TEST(PacketJson, ReadsDhcp) {
  std::vector<std::uint8_t> message(236);
  const auto hardware = test::hex("00 00 5e 00 53 01");
  ASSERT_TRUE((wire::DhcpFields{.xid = 7, .yiaddr = {{192, 0, 2, 9}}, .chaddr = hardware}.write(
      message, {})));
  const auto options = test::hex(
      "63 82 53 63 35 01 05 36 04 c0 00 02 01 33 04 00 00 0e 10 03 08 c0 00 02 01 c0 00 02 02"
      "34 01 01 00 ff");
  message.insert(message.end(), options.begin(), options.end());
  const auto in_file = test::hex("0c 04 68 6f 73 74 ff");
  std::ranges::copy(in_file, message.begin() + 108);
  const auto bytes = datagram_to(67, message);
  Packet packet = ethernet(bytes);
  packet.link_type = LinkType::raw;
  const json record = json_of(packet);
  EXPECT_EQ(record["protocol"], "dhcp");
  const json& dhcp = record["dhcp"];
  EXPECT_EQ(dhcp["op"], 1);
  EXPECT_EQ(dhcp["xid"], 7);
  EXPECT_EQ(dhcp["yiaddr"], "192.0.2.9");
  EXPECT_EQ(dhcp["chaddr"], "00:00:5e:00:53:01");
  EXPECT_EQ(dhcp["message_type"], 5);
  EXPECT_EQ(dhcp["server_identifier"], "192.0.2.1");
  EXPECT_EQ(dhcp["lease_time"], 3600);
  EXPECT_EQ(dhcp["routers"], json::parse(R"(["192.0.2.1", "192.0.2.2"])"));
  EXPECT_EQ(dhcp["host_name"], "host");
  EXPECT_FALSE(dhcp.contains("file")) << "it holds options";
  EXPECT_FALSE(dhcp.contains("sname"));
  ASSERT_EQ(dhcp["options"].size(), 6U);
  EXPECT_EQ(dhcp["options"][0], json::parse(R"({"code": 53, "data": "05"})"));
}

TEST(PacketJson, ReadsNetflow) {
  std::vector<std::uint8_t> message(24 + 48);
  const wire::NetflowRecord flow{.srcaddr = {{192, 0, 2, 1}}, .octets = 1500, .dstport = 53};
  ASSERT_TRUE(flow.write(5, MutableBytes{message}.subspan(24)));
  ASSERT_TRUE((wire::NetflowFields{.flow_sequence = 3}.write(message, Bytes{message}.subspan(24))));
  const auto bytes = datagram_to(2055, message);
  Packet packet = ethernet(bytes);
  packet.link_type = LinkType::raw;
  const json record = json_of(packet);
  EXPECT_EQ(record["protocol"], "cflow");
  EXPECT_EQ(record["cflow"]["version"], 5);
  EXPECT_EQ(record["cflow"]["flow_sequence"], 3);
  EXPECT_FALSE(record["cflow"].contains("source_id"));
  ASSERT_EQ(record["cflow"]["records"].size(), 1U);
  EXPECT_EQ(record["cflow"]["records"][0]["srcaddr"], "192.0.2.1");
  EXPECT_EQ(record["cflow"]["records"][0]["octets"], 1500);
  EXPECT_EQ(record["cflow"]["records"][0]["dstport"], 53);
  EXPECT_FALSE(record["cflow"]["records"][0].contains("router"));
}

TEST(PacketJson, SaysWhyDecodingStopped) {
  const Packet packet{.wire_length = 9, .link_type = LinkType{147}};
  const json record = json_of(packet);
  EXPECT_EQ(record["stopped"], "unknown_link_type");
  EXPECT_FALSE(record.contains("protocol"));
}

TEST(PacketJson, LeavesOutTimesTheMediumDidNotRecord) {
  const Packet packet{.flags = PacketFlags::no_timestamp};
  const json record = json_of(packet);
  EXPECT_FALSE(record.contains("time"));
  EXPECT_FALSE(record.contains("time_ns"));
}

TEST(PacketJson, NumbersInterfacesWithoutNames) {
  const std::array one{Interface{}};
  EXPECT_FALSE(json_of(Packet{}, {.number = 1, .interfaces = one}).contains("interface"));
  const std::array two{Interface{}, named("wlan0\n")};
  EXPECT_EQ(json_of(Packet{}, {.number = 1, .interfaces = two})["interface"], "0");
  EXPECT_EQ(json_of(Packet{.interface_index = 1}, {.number = 1, .interfaces = two})["interface"],
            "wlan0\n");
  EXPECT_EQ(json_of(Packet{.interface_index = 9}, {.number = 1, .interfaces = two})["interface"],
            "9");
}

TEST(PacketJson, IsValidJsonForAnyBytesInAnyProtocol) {
  std::mt19937 random{7};
  std::vector<std::uint8_t> bytes(200);
  for (int round = 0; round < 40; ++round) {
    for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random() % 256);
    if (round % 2 == 0) std::fill(bytes.begin(), bytes.begin() + 8, std::uint8_t{0});
    const std::size_t length = random() % (bytes.size() + 1);
    for (const ProtocolFields& fields : packet_fields()) {
      if (fields.write == nullptr) continue;
      std::string text;
      JsonWriter writer{text};
      Rfc3339 times;
      JsonVisitor visitor{writer, times};
      writer.begin_object();
      fields.write(visitor, Bytes{bytes}.first(length));
      writer.end_object();
      EXPECT_TRUE(json::accept(text)) << name(fields.protocol) << ": " << text;
    }
  }
}

TEST(PacketJson, IsValidJsonForAnyBytesOnAnyLink) {
  std::mt19937 random{11};
  std::vector<std::uint8_t> bytes(120);
  for (int round = 0; round < 30; ++round) {
    for (std::uint16_t type = 0; type < 300; ++type) {
      for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random() % 256);
      const Packet packet{.data = Bytes{bytes}.first(random() % bytes.size()),
                          .wire_length = 120,
                          .link_type = LinkType{type}};
      const std::string line = line_of(packet);
      ASSERT_TRUE(json::accept(line)) << line;
      ASSERT_EQ(line.find('\n'), line.size() - 1);
    }
  }
}

TEST(PacketJson, AllocatesNothingOnceItsLineHasGrown) {
  const Packet packet = ethernet(double_tagged_syn);
  const wire::Layers layers = wire::decode(packet);
  PacketJson sink;
  std::string line;
  sink.append(line, packet, layers, {.number = 1});
  const std::size_t before = test::allocation_count();
  line.clear();
  sink.append(line, packet, layers, {.number = 1});
  EXPECT_EQ(test::allocation_count(), before);
}

TEST(PacketFields, HaveAnEntryForEveryProtocolAndNamesOnlyOnce) {
  for (std::size_t i = 0; i < wire::protocol_count; ++i) {
    const ProtocolFields& fields = packet_fields()[i];
    EXPECT_EQ(fields.protocol, static_cast<Protocol>(i));
    EXPECT_FALSE(fields.title.empty()) << name(static_cast<Protocol>(i));
    std::set<std::string_view> names;
    for (const FieldDescription& field : fields.fields) {
      EXPECT_TRUE(names.insert(field.name).second) << field.name;
      EXPECT_FALSE(field.meaning.empty()) << field.name;
    }
  }
}

}  // namespace
}  // namespace weir::record
