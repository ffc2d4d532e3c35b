// FParser on capture files: what it finds, what it tells and when, and what it refuses.
#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <limits>
#include <set>
#include <thread>

#include "unit/compat/fparser_file.h"
#include "weir/filter/filter.h"
#include "weir/flow/tracker.h"
#include "weir/savefile/reader.h"

namespace weir::compat::fparser {
namespace {

TEST_F(FParserFile, TellsEachFlowOnceAndThenThatItIsKilled) {
  // D-1 D-3 D-9 D-10 D-11 D-12 XD-1 XD-3 XD-8
  Told told;
  const std::string path = file({{0s}, {1s, 17, 1, true}, {2s}, {3s, 6, 7}, {4s, 1}});
  FParser parser{path,    true,          usual,         usual_fin,      "ip",  100,
                 LOG_ERR, told.on_tcp(), told.on_udp(), told.on_kill(), false, told.log()};
  told.wait();
  ASSERT_EQ(told.udp.size(), 2U);
  ASSERT_EQ(told.tcp.size(), 1U);
  EXPECT_EQ(told.udp[1]->get_id(), (FlowId{"192.0.2.1", 1, "198.51.100.2", 80, FLOW_TYPE_UDP}));
  EXPECT_EQ(told.udp[1]->size(), 2U);
  EXPECT_EQ(told.udp[0]->get_id(), (FlowId{"198.51.100.2", 80, "192.0.2.1", 1, FLOW_TYPE_UDP}));
  EXPECT_EQ(told.tcp[0]->get_id().type, FLOW_TYPE_TCP);
  EXPECT_EQ(parser.find_udp_flow("192.0.2.1", 1, "198.51.100.2", 80), nullptr);
  EXPECT_TRUE(parser.flow_iter().empty());
  const FParserInfo info = parser.get_info();
  EXPECT_EQ(info.tcp_flows + info.udp_flows + info.tcp_pkts + info.udp_pkts, 0U);
  EXPECT_DOUBLE_EQ(info.avg_pps, 5. / 4);
  EXPECT_EQ(info.first_rx, 1'000'000'000'000);
  EXPECT_TRUE(info.live_captures.empty());
  parser.stop();
  parser.stop();
  EXPECT_EQ(told.killed, 1);
  EXPECT_EQ(told.lines, std::vector<std::string>{});
}

TEST_F(FParserFile, AFlowIsSummedUp) {
  // XD-4 XD-13
  Told told;
  const std::string path = file({{0s}, {1s}, {2500ms}});
  FParser parser{path, true,    usual, usual_fin,     "ip",
                 100,  LOG_ERR, {},    told.on_udp(), told.on_kill()};
  told.wait();
  parser.stop();
  const FlowInfo info = told.udp.at(0)->get_info();
  EXPECT_EQ(info.size_pkts, 3U);
  EXPECT_EQ(info.size_bytes, 3U * 31);
  // Of each second 0.35 remain, of the last one 0.65 after it, and so on.
  const double constant = -1 / std::log(0.65);
  const double rate = (std::pow(0.65, 2.5) + std::pow(0.65, 1.5) + 1) / constant;
  EXPECT_NEAR(info.pps, rate, 1e-6);
  EXPECT_NEAR(info.Bps, 31 * rate, 1e-4);
  EXPECT_EQ(info.first_rx, 1'000'000'000'000);
  EXPECT_EQ(info.last_rx, 1'000'002'500'000);
}

TEST_F(FParserFile, TimeoutsGoByThePacketsClock) {
  // D-4 D-5 D-26 D-27 XD-14
  const std::vector<Sent> packets{
      {0s, 6, 1, false, 0x10, 1}, {1s, 6, 1, false, 0x11, 1}, {2s}, {7s, 17, 9}, {12s}};
  std::vector<std::string> order;
  const std::string path = file(packets);
  std::promise<void> killed;
  const auto on_flow = [&](const FlowPointer& flow) {
    order.push_back(std::to_string(flow->get_id().type) + ":" + std::to_string(flow->size()));
  };
  const FParser parser{path, true,    10,      5,       "ip",
                       100,  LOG_ERR, on_flow, on_flow, [&] { killed.set_value(); }};
  killed.get_future().wait();
  EXPECT_EQ(order, (std::vector<std::string>{"1:2", "2:1", "2:1", "2:1"}));
}

TEST_F(FParserFile, TimeoutsMayBeNothingAndForEver) {
  // D-4 D-5
  const std::string path = file({{0s}, {1h}, {20h}});
  for (const auto& [timeout, flows] :
       {std::pair{std::int64_t{0}, 3U}, std::pair{std::numeric_limits<std::int64_t>::max(), 1U}}) {
    Told told;
    FParser parser{path, true,    timeout, timeout,       "ip",
                   100,  LOG_ERR, {},      told.on_udp(), told.on_kill()};
    told.wait();
    parser.stop();
    EXPECT_EQ(told.udp.size(), flows);
  }
}

TEST_F(FParserFile, TheTimeSpentEndingFlowsIsTold) {
  // D-26
  std::vector<Sent> packets;
  for (int second = 0; second < 200; ++second) packets.push_back({1s * second});
  const std::string path = file(packets);
  Told told;
  const FParser parser{path, true, 0, 0, "ip", 100, LOG_ERR, {}, told.on_udp(), told.on_kill()};
  told.wait();
  EXPECT_EQ(told.udp.size(), 200U);
  EXPECT_GT(parser.get_info().time_collecting, 0);
  EXPECT_LT(parser.get_info().time_collecting, 100);
}

TEST_F(FParserFile, TimesThatJumpLoseNothing) {
  // XD-15
  const std::string path = file({{24h}, {24h + 1s}, {0s}, {-1'000'000s}, {24h + 2s}, {24h + 3s}});
  Told told;
  FParser parser{path, true,    usual, usual_fin,     "ip",
                 100,  LOG_ERR, {},    told.on_udp(), told.on_kill()};
  told.wait();
  parser.stop();
  std::uint64_t packets = 0;
  for (const FlowPointer& flow : told.udp) packets += flow->size();
  EXPECT_EQ(packets, 6U);
}

TEST_F(FParserFile, TheFilterChooses) {
  // D-6
  const std::string path = file({{0s}, {1s, 6}});
  for (const auto& [filter, tcp, udp] : {std::tuple{"ip", 1U, 1U}, std::tuple{"tcp", 1U, 0U},
                                         std::tuple{"host localhost", 0U, 0U}}) {
    Told told;
    FParser parser{path, true,    usual,         usual_fin,     filter,
                   100,  LOG_ERR, told.on_tcp(), told.on_udp(), told.on_kill()};
    told.wait();
    parser.stop();
    EXPECT_EQ(told.tcp.size(), tcp) << filter;
    EXPECT_EQ(told.udp.size(), udp) << filter;
  }
  EXPECT_THROW((FParser{path, true, usual, usual_fin, "host no-such-host.invalid"}), FilterError);
}

TEST_F(FParserFile, AFilterThatMakesNoSenseIsToldOfAtOnceOrAtTheEnd) {
  // D-6 D-8
  const std::string filter = "wlan addr1 00:00:5e:00:53:01";
  const std::string known = std::string{WEIR_CAPTURES} + "/http.pcap";
  EXPECT_THROW((FParser{known, true, usual, usual_fin, filter}), FilterError);
  Told told;
  FParser parser{file({{0s}}), true, usual,         usual_fin,      filter, 100,
                 LOG_ERR,      {},   told.on_udp(), told.on_kill(), false,  told.log()};
  told.wait();
  parser.stop();
  ASSERT_EQ(told.lines.size(), 1U);
  EXPECT_TRUE(told.lines[0].contains("1 packets left out: ")) << told.lines[0];
}

TEST_F(FParserFile, RefusesWhatCannotBe) {
  // D-2 D-7 D-8 XD-9
  const std::string path = file({{0s}});
  EXPECT_THROW((FParser{""}), Error);
  EXPECT_THROW((FParser{folder_.path("none.pcap"), true}), SystemError);
  EXPECT_THROW((FParser{path, true, -1}), Error);
  EXPECT_THROW((FParser{path, true, 1, -1}), Error);
  EXPECT_THROW((FParser{path, true, 1, 1, "ip", -1}), Error);
  EXPECT_THROW((FParser{path, true, 1, 1, "ip", 262'145}), Error);
  EXPECT_THROW((FParser{path, true, 1, 1, "ip", 100, 8}), Error);
  EXPECT_THROW((FParser{path, true, 1, 1, "no filter"}), FilterError);
}

TEST_F(FParserFile, IsUnusableAfterStop) {
  // D-14
  FParser parser{file({{0s}}), true};
  parser.stop();
  EXPECT_THROW(static_cast<void>(parser.get_info()), Error);
  EXPECT_THROW(static_cast<void>(parser.flow_iter()), Error);
  EXPECT_THROW(static_cast<void>(parser.find_tcp_flow("192.0.2.1", 1, "192.0.2.2", 2)), Error);
  EXPECT_THROW(static_cast<void>(parser.find_udp_flow("192.0.2.1", 1, "192.0.2.2", 2)), Error);
  EXPECT_THROW(parser.set_tcp_callback({}), Error);
  EXPECT_THROW(parser.set_udp_callback({}), Error);
}

TEST_F(FParserFile, EndsAreCheckedWhereFlowsAreLookedFor) {
  // XD-9
  const FParser parser{file({{0s}}), true};
  EXPECT_THROW(static_cast<void>(parser.find_udp_flow("192.0.2", 1, "192.0.2.2", 2)), Error);
  EXPECT_THROW(static_cast<void>(parser.find_udp_flow("192.0.2.1", -1, "192.0.2.2", 2)), Error);
  EXPECT_THROW(static_cast<void>(parser.find_udp_flow("192.0.2.1", 1, "192.0.2.2", 65'536)), Error);
  EXPECT_EQ(parser.find_udp_flow("192.0.2.1", 1, "2001:db8::1", 2), nullptr);
}

TEST_F(FParserFile, TellsWhatIsWholeOfADamagedFile) {
  // D-8 D-11
  const std::string path = file({{0s}, {1s, 17, 2}});
  const auto octets = folder_.path("made.pcap");
  std::filesystem::resize_file(octets, std::filesystem::file_size(octets) - 3);
  Told told;
  FParser parser{path,    true, usual,         usual_fin,      "ip",  100,
                 LOG_ERR, {},   told.on_udp(), told.on_kill(), false, told.log()};
  told.wait();
  parser.stop();
  EXPECT_EQ(told.udp.size(), 1U);
  ASSERT_EQ(told.lines.size(), 1U);
  EXPECT_TRUE(told.lines[0].starts_with(path + ", offset ")) << told.lines[0];
}

/// What a tracker of one direction a flow finds in a file, by protocol and packets.
class Reference : public flow::Observer {
 public:
  explicit Reference(const std::string& path) {
    flow::Tracker tracker{*this, {.unidirectional = true}};
    savefile::Reader reader{path};
    const filter::Filter filter{"ip"};
    for (const Packet& packet : reader) {
      if (filter.matches(packet)) tracker.add(packet);
    }
    tracker.finish();
  }
  void on_end(const flow::Flow& flow, flow::EndReason /*reason*/) override {
    if (flow.protocol() == 6 || flow.protocol() == 17) told.insert(of(Flow{flow}));
  }
  using Row = std::tuple<std::string, int, std::string, int, int, std::uint64_t, std::int64_t>;
  static Row of(const Flow& flow) {
    const FlowId id = flow.get_id();
    const FlowInfo info = flow.get_info();
    return {id.src, id.sport, id.dest, id.dport, id.type, info.size_pkts, info.first_rx};
  }
  std::multiset<Row> told;
};

TEST_F(FParserFile, FindsWhatTheTrackerFindsInCaptures) {
  // D-1 D-9 D-10
  for (const char* const name :
       {"http.pcap", "iperf3.pcap.gz", "dns.pcap.gz", "udp.pcap", "demo.pcapng.gz"}) {
    const std::string path = std::string{WEIR_CAPTURES} + "/" + name;
    std::multiset<Reference::Row> got;
    Told told;
    const auto on_flow = [&](const FlowPointer& flow) { got.insert(Reference::of(*flow)); };
    FParser parser{path, true,    usual,   usual_fin, "ip",
                   100,  LOG_ERR, on_flow, on_flow,   told.on_kill()};
    told.wait();
    parser.stop();
    EXPECT_EQ(got, Reference{path}.told) << name;
    EXPECT_FALSE(got.empty()) << name;
  }
}

TEST_F(FParserFile, AnswersThreadsWhileItParses) {
  // D-12
  std::atomic<bool> is_over = false;
  FParser parser{std::string{WEIR_CAPTURES} + "/iperf3.pcap.gz",
                 true,
                 usual,
                 usual_fin,
                 "ip",
                 100,
                 LOG_ERR,
                 {},
                 {},
                 [&] { is_over = true; }};
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&] {
      std::vector<FlowPointer> kept;
      while (!is_over) {
        for (const FlowPointer& flow : parser.flow_iter(SORT_BPS)) kept.push_back(flow);
        static_cast<void>(parser.get_info());
        static_cast<void>(parser.find_tcp_flow("192.0.2.1", 1, "192.0.2.2", 2));
        parser.set_tcp_callback([](const FlowPointer&) {});
        for (const FlowPointer& flow : kept) EXPECT_GT(flow->size(), 0U);
        if (kept.size() > 1000) kept.clear();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace weir::compat::fparser
