// What info says of a capture, as JSON and as text.
#include "weir/info/summary.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include <array>
#include <set>

#include "info/record.h"
#include "support/flow_traffic.h"
#include "weir/wire/layers.h"

namespace weir::info {
namespace {

using nlohmann::json;

json json_of(const Summary& summary) {
  std::string line;
  append_json(line, summary);
  EXPECT_EQ(line.find('\n'), line.size() - 1) << "one line";
  return json::parse(line);
}

std::string text_of(const Summary& summary) {
  std::string text;
  append_text(text, summary);
  return text;
}

Interface ethernet() {
  Interface interface;
  interface.name = "eth0";
  interface.snapshot_length = 262144;
  return interface;
}

/// Three packets of 40, 40 and 33 bytes, the last earlier than the second, on one interface.
Summary sample() {
  static const std::array interfaces{ethernet()};
  Summary summary{.file = "trace.pcap"};
  summary.interfaces = interfaces;
  const auto first = test::tcp(test::client, test::server, 2, 0, test::at(0));
  const auto second = test::tcp(test::server, test::client, 18, 0, test::at(2'000'000'000));
  const auto third = test::udp(test::client, test::server, 5, test::at(1'000'000'000));
  const std::array packets{first.packet(), second.packet(), third.packet()};
  summary.add(packets);
  return summary;
}

TEST(Summary, CountsPacketsTimesAndLinkTypes) {
  const json info = json_of(sample());
  EXPECT_EQ(info["type"], "info");
  EXPECT_EQ(info["file"], "trace.pcap");
  EXPECT_EQ(info["format"], "pcap");
  EXPECT_EQ(info["compression"], "none");
  EXPECT_EQ(info["byte_order"], "little");
  EXPECT_EQ(info["link_types"], json::array({101}));
  EXPECT_EQ(info["packets"], 3);
  EXPECT_EQ(info["bytes"], 113);
  EXPECT_EQ(info["captured_bytes"], 113);
  EXPECT_EQ(info["first"], "2026-01-02T03:04:05.000000006Z");
  EXPECT_EQ(info["last_ns"], 1'767'323'047'000'000'006);
  EXPECT_EQ(info["backward"], 1);
  EXPECT_EQ(info["complete"], true);
  EXPECT_EQ(info["interfaces"][0]["name"], "eth0");
  EXPECT_EQ(info["interfaces"][0]["snapshot_length"], 262144);
  EXPECT_EQ(info["interfaces"][0]["packets"], 3);
  EXPECT_EQ(info["duration_ns"], 2'000'000'000);
  EXPECT_EQ(info["bits_per_second"], 8 * 56.5);
  EXPECT_EQ(info["strict_time_order"], false);
  for (const char* key : {"file_size", "sha256", "sections", "cut", "blocks", "resolved_names",
                          "damage", "protocols", "stopped", "checksums"}) {
    EXPECT_FALSE(info.contains(key)) << key;
  }
}

TEST(Summary, NotesEachLinkTypeOnceAlsoAcrossBatches) {
  Summary summary;
  for (const LinkType type :
       {LinkType::null, LinkType::ethernet, LinkType::null, LinkType::ethernet, LinkType::raw}) {
    const Packet packet{.link_type = type};
    summary.add({&packet, 1});
  }
  EXPECT_EQ(summary.link_types, (std::vector{LinkType::null, LinkType::ethernet, LinkType::raw}));
}

TEST(Summary, HasNoTimesWithoutAPacketThatHasOne) {
  Summary summary;
  const Packet packet{.flags = PacketFlags::no_timestamp};
  summary.add({&packet, 1});
  const json info = json_of(summary);
  EXPECT_EQ(info["packets"], 1);
  EXPECT_FALSE(info.contains("first"));
  EXPECT_FALSE(info.contains("last_ns"));
  EXPECT_EQ(text_of(summary).find("first"), std::string::npos);
}

TEST(Summary, CountsPacketsOfEachInterfaceAlsoWhereTheyMix) {
  Summary summary;
  const std::vector<Interface> interfaces(4);
  summary.interfaces = interfaces;
  std::array<Packet, 3> packets{};
  packets[1].interface_index = 2;
  summary.add(packets);
  summary.add(std::span{packets}.subspan(1, 1));
  const json info = json_of(summary);
  std::vector<int> counts;
  for (const json& interface : info["interfaces"]) counts.push_back(interface["packets"]);
  EXPECT_EQ(counts, (std::vector{2, 0, 2, 0}));
}

TEST(Summary, TellsWhatWasCut) {
  Summary summary;
  const std::vector<std::uint8_t> bytes(100);
  const std::array packets{Packet{.data = Bytes{bytes}.first(96), .wire_length = 97},
                           Packet{.data = Bytes{bytes}.first(50), .wire_length = 1500},
                           Packet{.data = Bytes{bytes}.first(30), .wire_length = 30}};
  summary.add(packets);
  EXPECT_EQ(json_of(summary)["cut"], (json{{"packets", 2}, {"min", 50}, {"max", 96}}));
  EXPECT_NE(text_of(summary).find("2 packets cut to 50-96 bytes\n"), std::string::npos);
}

TEST(Summary, HasNoRatesWithoutATimeBetweenPackets) {
  Summary summary;
  const Packet packet{.timestamp = test::at(0), .wire_length = 60};
  summary.add({&packet, 1});
  const json info = json_of(summary);
  EXPECT_EQ(info["duration_ns"], 0);
  EXPECT_EQ(info["average_length"], 60);
  for (const char* key : {"bytes_per_second", "bits_per_second", "packets_per_second"}) {
    EXPECT_FALSE(info.contains(key)) << key;
  }
  EXPECT_EQ(text_of(summary).find("rate "), std::string::npos);
}

TEST(Summary, CountsCommentedPackets) {
  Summary summary;
  constexpr std::array<std::uint8_t, 8> comment{1, 0, 2, 0, 'h', 'i', 0, 0};
  constexpr std::array<std::uint8_t, 8> flags{2, 0, 4, 0, 1, 0, 0, 0};
  const PacketMeta commented{.options = comment};
  const PacketMeta other{.options = flags};
  const std::array packets{Packet{.meta = &commented}, Packet{}, Packet{.meta = &other}};
  summary.add(packets);
  EXPECT_EQ(json_of(summary)["commented"], 1);
  EXPECT_NE(text_of(summary).find("3, of them commented 1\n"), std::string::npos);
}

TEST(Summary, PutsInterfacesUnderTheirSections) {
  Summary summary;
  for (const char* comment : {"one", "two\nlines", "three"}) {
    summary.sections.push_back(std::make_shared<const Section>(Section{.comment = comment}));
  }
  std::vector<Interface> interfaces(3);
  interfaces[0].section = summary.sections[0];
  interfaces[1].section = summary.sections[2];
  interfaces[2].section = summary.sections[2];
  summary.interfaces = interfaces;
  const json info = json_of(summary);
  EXPECT_EQ(info["sections"][1], (json{{"comment", "two\nlines"}}));
  EXPECT_EQ(info["interfaces"][0]["section"], 0);
  EXPECT_EQ(info["interfaces"][1]["section"], 2);
  EXPECT_EQ(info["interfaces"][2]["section"], 2);
  EXPECT_NE(text_of(summary).find("comment      two\ncomment      lines\n"), std::string::npos);
}

TEST(Summary, SaysOfAnInterfaceOnlyWhatItsSectionDoesNot) {
  Summary summary;
  summary.sections.push_back(std::make_shared<const Section>(Section{.operating_system = "Linux"}));
  Interface interface;
  summary.interfaces = {&interface, 1};
  interface.section = summary.sections[0];
  interface.name = "eth0";
  interface.operating_system = "Linux";
  EXPECT_EQ(text_of(summary).find("system \"Linux\""), std::string::npos);
  interface.operating_system = "BeOS";
  EXPECT_NE(text_of(summary).find("             system \"BeOS\"\n"), std::string::npos);
}

TEST(Summary, TellsDamage) {
  Summary summary = sample();
  summary.complete = false;
  summary.damage = Damage{.offset = 4711, .what = "record \"cut\""};
  const json info = json_of(summary);
  EXPECT_EQ(info["complete"], false);
  EXPECT_EQ(info["damage"], (json{{"offset", 4711}, {"what", "record \"cut\""}}));
  EXPECT_NE(text_of(summary).find("offset 4711: record \"cut\""), std::string::npos);
}

TEST(Summary, ListsProtocolsReasonsAndChecksums) {
  Summary summary = sample();
  ProtocolCounts protocols;
  ChecksumCounts checksums;
  const auto packet = test::udp(test::client, test::server, 5, test::at(0));
  const wire::Layers layers = wire::decode(packet.packet());
  protocols.add(packet.packet(), layers);
  wire::Layers odd;
  odd.push({0, 5, wire::Protocol::snap});
  odd.stop = wire::StopReason::unknown_protocol;
  protocols.add(packet.packet(), odd);
  checksums.add(layers, wire::verify_checksums(packet.packet(), layers));
  summary.protocols = &protocols;
  summary.checksums = &checksums;
  const json info = json_of(summary);
  EXPECT_EQ(info["protocols"], (json{{"raw", {{"packets", 1}, {"bytes", 33}}},
                                     {"ip", {{"packets", 1}, {"bytes", 33}}},
                                     {"udp", {{"packets", 1}, {"bytes", 33}}}}))
      << "tshark has no name for SNAP";
  EXPECT_EQ(info["stopped"], (json{{"unknown_protocol", 1}}));
  EXPECT_EQ(info["checksums"]["ip"], (json{{"good", 1}, {"bad", 0}, {"unverified", 0}}));
  EXPECT_EQ(info["checksums"]["udp"], (json{{"good", 1}, {"bad", 0}, {"unverified", 0}}));
  const std::string text = text_of(summary);
  EXPECT_NE(text.find("PROTOCOL  PACKETS  BYTES\n"), std::string::npos);
  EXPECT_NE(text.find("unknown_protocol"), std::string::npos);
  EXPECT_NE(text.find("CHECKSUMS"), std::string::npos);
}

TEST(Summary, EscapesWhatTheFileSays) {
  Summary summary = sample();
  summary.file = "a\nb\xff.pcap";
  Interface interface = ethernet();
  interface.description = "evil \x1b[2J \"quoted\"";
  summary.interfaces = {&interface, 1};
  const json info = json_of(summary);
  EXPECT_EQ(info["file"], "a\nb\xef\xbf\xbd.pcap");
  EXPECT_EQ(info["interfaces"][0]["description"], summary.interfaces[0].description);
  EXPECT_EQ(text_of(summary).find('\x1b'), std::string::npos);
}

TEST(Summary, WritesOnlyKeysOfItsTable) {
  std::set<std::string_view> known;
  for (const auto& field : summary_fields()) {
    EXPECT_TRUE(known.insert(field.name).second) << field.name;
  }
  const json info = json_of(sample());
  for (const auto& [key, value] : info.items()) EXPECT_TRUE(known.contains(key)) << key;
}

}  // namespace
}  // namespace weir::info
