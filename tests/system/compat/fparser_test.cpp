// FParser on an adapter: what it finds while packets come, and how it ends.
#include "weir/compat/fparser.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <mutex>
#include <thread>

#include "support/frames.h"
#include "system/compat/monitored.h"
#include "system/network.h"

namespace weir::test {
namespace {

using compat::fparser::FlowPointer;
using compat::fparser::FParser;
using compat::fparser::LOG_ERR;
using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;
using FParserLive = LiveTest;

bool within_time(const std::function<bool()>& holds) {
  const auto end = steady_clock::now() + seconds{5};
  while (!holds()) {
    if (steady_clock::now() > end) return false;
    std::this_thread::sleep_for(milliseconds{5});
  }
  return true;
}

TEST_F(FParserLive, FindsFlowsWhilePacketsCome) {
  // D-1 D-13 D-17 D-19 D-21 D-25 XD-8
  std::atomic<int> killed = 0;
  std::atomic<int> told = 0;
  FParser parser{"far",
                 false,
                 600,
                 30,
                 "ip",
                 100,
                 LOG_ERR,
                 {},
                 [&](const FlowPointer&) { ++told; },
                 [&] { ++killed; }};
  send("near", {datagram_of(7), datagram_of(8), datagram_of(7, 1000)});
  ASSERT_TRUE(within_time([&] { return parser.get_info().udp_pkts == 3; }));
  const auto flows = parser.flow_iter(compat::fparser::SORT_BYTES);
  ASSERT_EQ(flows.size(), 2U);
  EXPECT_EQ(flows[0]->get_id().dport, 7);
  EXPECT_EQ(flows[0]->get_info().size_bytes, 1000U - 14 + 60 - 14);
  EXPECT_EQ(parser.get_info().udp_flows, 2U);
  const auto& from = flows[1]->get_id();
  EXPECT_NE(parser.find_udp_flow(from.src, from.sport, from.dest, from.dport), nullptr);
  ASSERT_TRUE(within_time([&] { return parser.get_info().live_captures[0].captured_pkts == 3; }));
  EXPECT_EQ(parser.get_info().live_captures[0].device, "far");
  EXPECT_EQ(parser.get_info().live_captures[0].filter, "ip");
  EXPECT_EQ(parser.get_info().live_captures[0].snaplen, 100);
  EXPECT_EQ(told, 0);
  parser.stop();
  EXPECT_EQ(told, 2);
  EXPECT_EQ(killed, 1);
}

TEST_F(FParserLive, StopParsesWhatCameBefore) {
  // D-14
  for (int round = 0; round < 5; ++round) {
    std::atomic<int> packets = 0;
    FParser parser{"far",
                   false,
                   600,
                   30,
                   "ip",
                   100,
                   LOG_ERR,
                   {},
                   [&](const FlowPointer& flow) {
                     packets += static_cast<int>(flow->size()); }};
    send("near", {datagram_of(7), datagram_of(8), datagram_of(7)});
    const auto start = steady_clock::now();
    parser.stop();
    EXPECT_LT(steady_clock::now() - start, seconds{2});
    EXPECT_EQ(packets, 3);
  }
}

TEST_F(FParserLive, FlowsEndInSilence) {
  // D-4 D-27
  std::atomic<int> told = 0;
  const FParser parser{
      "far", false, 1, 30, "ip", 100, LOG_ERR, {}, [&](const FlowPointer&) { ++told; }};
  send("near", {datagram_of(7)});
  EXPECT_TRUE(within_time([&] { return told == 1; }));
  EXPECT_TRUE(parser.flow_iter().empty());
}

TEST_F(FParserLive, TheFilterAndTheLengthHoldForTheAdapter) {
  // D-6 D-7
  // Ports are behind 34 bytes of Ethernet and IPv4. The kernel filters what is whole.
  for (const auto& [snaplen, port] : {std::pair{60, 8}, std::pair{34, 0}}) {
    std::mutex guard;
    std::vector<FlowPointer> flows;
    FParser parser{"far",
                   false,
                   600,
                   30,
                   "udp dst port 8",
                   snaplen,
                   LOG_ERR,
                   {},
                   [&](const FlowPointer& flow) {
                     const std::scoped_lock lock{guard};
                     flows.push_back(flow);
                   }};
    send("near", {datagram_of(7, 500), datagram_of(8, 500)});
    parser.stop();
    ASSERT_EQ(flows.size(), 1U);
    EXPECT_EQ(flows[0]->get_id().dport, port);
    EXPECT_EQ(flows[0]->get_info().size_pkts, 1U);
  }
}

TEST_F(FParserLive, AnAdapterThatGoesEndsTheParserWhichStillAnswers) {
  // D-8 D-11
  std::atomic<int> killed = 0;
  std::mutex guard;
  std::vector<std::string> lines;
  FParser parser{"far",
                 false,
                 600,
                 30,
                 "ip",
                 100,
                 LOG_ERR,
                 {},
                 {},
                 [&] { ++killed; },
                 false,
                 [&](int, std::string_view line) {
                   const std::scoped_lock lock{guard};
                   lines.emplace_back(line);
                 }};
  ip("link set far down");
  ASSERT_TRUE(within_time([&] { return killed == 1; }));
  EXPECT_TRUE(parser.flow_iter().empty());
  parser.stop();
  EXPECT_EQ(killed, 1);
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0], "capture on far: Network is down");
}

TEST_F(FParserLive, RefusesAdaptersThatAreNot) {
  // D-2 D-13
  EXPECT_THROW(FParser{"none"}, SystemError);
}

}  // namespace
}  // namespace weir::test
