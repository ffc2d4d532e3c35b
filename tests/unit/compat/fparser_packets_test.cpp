// The packets FParser keeps of flows: what they are, how they are packed, and when they make room.
#include <gtest/gtest.h>

#include <ranges>
#include <thread>

#include "unit/compat/fparser_file.h"

namespace weir::compat::fparser {
namespace {

constexpr std::int64_t begin_us = 1'000'000'000'000;

std::vector<FlowPacket> packets_of(const Flow& flow) {
  std::vector<FlowPacket> packets;
  for (const FlowPacket& packet : flow) packets.push_back(packet);
  return packets;
}

class FParserPackets : public FParserFile {
 protected:
  /// Of the whole file.
  void parse(const std::vector<Sent>& packets, std::size_t budget = FParser::default_history_budget,
             int level = LOG_WARNING) {
    FParser parser{file(packets), true,       usual,         usual_fin,     "ip",
                   100,           level,      told.on_tcp(), told.on_udp(), told.on_kill(),
                   false,         told.log(), budget};
    told.wait();
  }
  Told told;
};

TEST_F(FParserPackets, AreThoseOfATcpFlowAsOftenAsTheyAreAskedFor) {
  // XD-2 XD-5
  const Sent first{.time = 1234ns,
                   .protocol = 6,
                   .flags = 0x02,
                   .sequence = 4'000'000'000,
                   .window = 512,
                   .ip_id = 7};
  const Sent second{.time = 20ms,
                    .protocol = 6,
                    .flags = 0x18,
                    .sequence = 4'000'000'001,
                    .acknowledgment = 3'000'000'000,
                    .window = 65'535,
                    .ip_id = 65'535,
                    .ttl = 255,
                    .payload = 1000};
  parse({first, second});
  ASSERT_EQ(told.tcp.size(), 1U);
  const Flow& flow = *told.tcp[0];
  EXPECT_EQ(flow.size(), 2U);
  const std::vector<FlowPacket> expected{{.timestamp = begin_us + 1,
                                          .ip_id = 7,
                                          .ttl = 64,
                                          .ip_length = 40,
                                          .flags = 0x02,
                                          .seq = 4'000'000'000,
                                          .window = 512},
                                         {.timestamp = begin_us + 20'000,
                                          .ip_id = 65'535,
                                          .ttl = 255,
                                          .ip_length = 1040,
                                          .flags = 0x18,
                                          .seq = 4'000'000'001,
                                          .ack = 3'000'000'000,
                                          .window = 65'535}};
  EXPECT_EQ(packets_of(flow), expected);
  EXPECT_EQ(packets_of(flow), expected);
}

TEST_F(FParserPackets, AreThoseOfAUdpFlow) {
  // XD-5
  parse({{.time = 0s, .ip_id = 1}, {.time = 1s, .ip_id = 1, .ttl = 1, .payload = 100}});
  ASSERT_EQ(told.udp.size(), 1U);
  const std::vector<FlowPacket> expected{
      {.timestamp = begin_us, .ip_id = 1, .ttl = 64, .ip_length = 31},
      {.timestamp = begin_us + 1'000'000, .ip_id = 1, .ttl = 1, .ip_length = 131}};
  EXPECT_EQ(packets_of(*told.udp[0]), expected);
}

TEST_F(FParserPackets, OutOfOrderAreKeptAsTheyCame) {
  // XD-15
  parse({{.time = 5s}, {.time = 2s}, {.time = 6s + 5000h}});
  std::vector<std::int64_t> times;
  for (const FlowPointer& flow : told.udp) {
    for (const FlowPacket& packet : *flow) times.push_back(packet.timestamp - begin_us);
  }
  EXPECT_EQ(times,
            (std::vector<std::int64_t>{5'000'000, 2'000'000, 6'000'000 + 18'000'000'000'000}));
}

TEST_F(FParserPackets, AreWalkedByThreadsOnceTheParserHasGone) {
  // XD-12
  std::vector<Sent> packets;
  for (std::uint16_t i = 0; i < 1000; ++i) packets.push_back({.time = i * 1ms, .ip_id = i});
  parse(packets);
  ASSERT_EQ(told.udp.size(), 1U);
  std::vector<std::jthread> threads;
  std::array<std::uint64_t, 4> sums{};
  for (std::uint64_t& sum : sums) {
    threads.emplace_back([&sum, flow = told.udp[0]] {
      for (const FlowPacket& packet : *flow) sum += packet.ip_id;
    });
  }
  threads.clear();
  for (const std::uint64_t sum : sums) EXPECT_EQ(sum, 999U * 500);
}

TEST_F(FParserPackets, OfActiveFlowsAreThoseOfThatMoment) {
  // XD-2 XD-5
  FlowPointer found;
  {
    HeldParser held{file(some_that_live()), 60};
    found = held.parser.find_udp_flow("192.0.2.1", 2, "198.51.100.2", 80);
    ASSERT_NE(found, nullptr);
    EXPECT_EQ(held.parser.get_info().udp_pkts, 5U);
    held.go();
    held.parser.stop();
  }
  std::vector<std::int64_t> seconds;
  for (const FlowPacket& packet : *found) {
    seconds.push_back((packet.timestamp - begin_us) / 1'000'000);
  }
  EXPECT_EQ(seconds, (std::vector<std::int64_t>{50, 51, 59}));
}

TEST_F(FParserPackets, AreTellingInRunsAsThePackageKeepsThem) {
  // XD-6
  std::vector<Sent> packets;
  for (const auto& [ip_id, ttl] : std::vector<std::pair<std::uint16_t, std::uint8_t>>{
           {10, 64}, {12, 64}, {14, 64}, {15, 63}, {14, 62}, {13, 61}, {65'535, 61}}) {
    packets.push_back({.time = 1s, .protocol = 6, .sequence = 1, .ip_id = ip_id, .ttl = ttl});
  }
  parse(packets);
  const Flow& flow = *told.tcp.at(0);
  EXPECT_EQ(flow.get_id_encoded(),
            (std::vector<EncodedRun>{{10, 2, 2}, {15, 65'535, 1}, {13, 65'522, 1}}));
  // A falling one has two in each run: 63 is 64 + 255, and 62 is not 64 + 510.
  EXPECT_EQ(flow.get_ttl_encoded(),
            (std::vector<EncodedRun>{{64, 0, 2}, {63, 255, 1}, {61, 0, 1}}));
  const std::map<std::string, std::uint64_t> expected{
      {"id_fields", 3},    {"id_stride", 4},   {"ttl_fields", 3}, {"ttl_stride", 4},
      {"len_fields", 1},   {"len_stride", 6},  {"seq_fields", 1}, {"seq_stride", 6},
      {"ack_fields", 1},   {"ack_stride", 6},  {"win_fields", 1}, {"win_stride", 6},
      {"flags_fields", 1}, {"flags_stride", 6}};
  EXPECT_EQ(flow.get_encodings(), expected);
}

TEST_F(FParserPackets, OfUdpHaveNoEncodingsOfTcp) {
  // XD-6
  parse({{.time = 0s, .ip_id = 5}});
  const std::map<std::string, std::uint64_t> expected{{"id_fields", 1},  {"id_stride", 0},
                                                      {"ttl_fields", 1}, {"ttl_stride", 0},
                                                      {"len_fields", 1}, {"len_stride", 0}};
  EXPECT_EQ(told.udp.at(0)->get_encodings(), expected);
  EXPECT_EQ(told.udp.at(0)->get_id_encoded(), (std::vector<EncodedRun>{{5, 0, 0}}));
}

/// Of many flows, nothing of which repeats.
std::vector<Sent> many_packets() {
  std::vector<Sent> packets;
  for (std::uint32_t i = 0; i < 20'000; ++i) {
    packets.push_back({.time = i * 1ms + i * i % 977 * 1us,
                       .protocol = 6,
                       .port = static_cast<std::uint16_t>(i % 64 + 1),
                       .sequence = i * 2'654'435'761U,
                       .acknowledgment = i * 40'503U,
                       .window = static_cast<std::uint16_t>(i * 31),
                       .ip_id = static_cast<std::uint16_t>(i * 77)});
  }
  return packets;
}

TEST_F(FParserPackets, MakeRoomTheOldestFirstWhichIsLoggedOnce) {
  // XD-16
  const std::vector<Sent> packets = many_packets();
  parse(packets, 65'536);
  std::size_t kept = 0;
  std::uint64_t counted = 0;
  for (const FlowPointer& flow : told.tcp) {
    kept += flow->size();
    counted += flow->get_info().size_pkts;
    const std::vector<FlowPacket> told_packets = packets_of(*flow);
    ASSERT_EQ(told_packets.size(), flow->size());
    if (!told_packets.empty()) {
      EXPECT_EQ(told_packets.back().timestamp, flow->get_info().last_rx) << "the newest are kept";
    }
  }
  EXPECT_EQ(counted, packets.size());
  EXPECT_LT(kept, packets.size() / 2);
  EXPECT_GT(kept, 1000U);
  ASSERT_EQ(told.lines.size(), 1U);
  EXPECT_TRUE(told.lines[0].contains("all 65536 bytes for packets are used")) << told.lines[0];
}

TEST_F(FParserPackets, AreAFewBytesEach) {
  // XD-16
  parse(many_packets(), std::size_t{20'000} * 24);
  std::size_t kept = 0;
  for (const FlowPointer& flow : told.tcp) kept += flow->size();
  EXPECT_EQ(kept, 20'000U);
  EXPECT_TRUE(told.lines.empty());
}

TEST_F(FParserPackets, AreNotKeptWithoutABudget) {
  // XD-16
  parse({{0s}, {1s}}, 0);
  ASSERT_EQ(told.udp.size(), 1U);
  EXPECT_EQ(told.udp[0]->size(), 0U);
  EXPECT_EQ(told.udp[0]->get_info().size_pkts, 2U);
  EXPECT_TRUE(told.udp[0]->get_id_encoded().empty());
  EXPECT_EQ(told.udp[0]->get_encodings().at("ttl_fields"), 0U);
  EXPECT_TRUE(told.lines.empty());
}

}  // namespace
}  // namespace weir::compat::fparser
