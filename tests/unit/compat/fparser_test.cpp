// FParser on capture files: what it finds, what it tells and when, and what it refuses.
#include "weir/compat/fparser.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <limits>
#include <set>

#include "support/frames.h"
#include "support/temporary_folder.h"
#include "weir/filter/filter.h"
#include "weir/flow/tracker.h"
#include "weir/savefile/reader.h"
#include "weir/savefile/writer.h"

namespace weir::compat::fparser {
namespace {

using namespace std::chrono_literals;
using test::Octets;

constexpr std::int64_t usual = 600;
constexpr std::int64_t usual_fin = 30;

/// A datagram or a segment from 192.0.2.1 to 198.51.100.2, or back.
struct Sent {
  Duration time;
  std::uint8_t protocol = 17;
  std::uint16_t port = 1;
  bool back = false;
  std::uint8_t flags = 0x10;
  std::uint32_t sequence = 0;
};

Octets frame_of(const Sent& sent) {
  wire::Ipv4Fields ip = test::ip4(sent.protocol);
  std::uint16_t from = sent.port;
  std::uint16_t to = 80;
  if (sent.back) {
    std::swap(ip.source, ip.destination);
    std::swap(from, to);
  }
  if (sent.protocol == 6) {
    return test::frame(test::eth(0x0800), ip,
                       wire::TcpFields{.source_port = from,
                                       .destination_port = to,
                                       .sequence_number = sent.sequence,
                                       .flags = sent.flags});
  }
  return test::frame(test::eth(0x0800), ip,
                     wire::UdpFields{.source_port = from, .destination_port = to}, test::rest(3));
}

/// What a parser has told, and a gate that holds it up.
struct Told {
  std::vector<FlowPointer> tcp{};
  std::vector<FlowPointer> udp{};
  std::vector<std::string> lines{};
  std::atomic<int> killed = 0;

  FParser::FlowCallback on_tcp() {
    return [this](const FlowPointer& flow) { tcp.push_back(flow); };
  }
  FParser::FlowCallback on_udp() {
    return [this](const FlowPointer& flow) { udp.push_back(flow); };
  }
  FParser::KillCallback on_kill() {
    return [this] {
      ++killed;
      killed.notify_all();
    };
  }
  FParser::Log log() {
    return [this](int, std::string_view line) { lines.emplace_back(line); };
  }
  void wait() const { killed.wait(0); }
};

class FParserFile : public ::testing::Test {
 protected:
  std::string file(const std::vector<Sent>& packets) const {
    const std::string path = folder_.path("made.pcap");
    savefile::Writer writer{path};
    for (const Sent& sent : packets) {
      const Octets octets = frame_of(sent);
      const Interface interface{};
      const Packet packet{.data = octets,
                          .timestamp = Timestamp{1'000'000s} + sent.time,
                          .wire_length = static_cast<std::uint32_t>(octets.size())};
      writer.write({&interface, 1}, {&packet, 1});
    }
    writer.close();
    return path;
  }
  test::TemporaryFolder folder_{};
};

TEST_F(FParserFile, TellsEachFlowOnceAndThenThatItIsKilled) {
  // D-1 D-3 D-9 D-10 D-11 D-12
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
  Told told;
  const std::string path = file({{0s}, {1s}, {2500ms}});
  FParser parser{path, true,    usual, usual_fin,     "ip",
                 100,  LOG_ERR, {},    told.on_udp(), told.on_kill()};
  told.wait();
  parser.stop();
  const FlowInfo info = told.udp.at(0)->get_info();
  EXPECT_EQ(info.size_pkts, 3U);
  EXPECT_EQ(info.size_bytes, 3U * 31);
  EXPECT_DOUBLE_EQ(info.pps, 3 / 2.5);
  EXPECT_DOUBLE_EQ(info.Bps, 93 / 2.5);
  EXPECT_EQ(info.first_rx, 1'000'000'000'000);
  EXPECT_EQ(info.last_rx, 1'000'002'500'000);
}

TEST_F(FParserFile, TimeoutsGoByThePacketsClock) {
  // D-4 D-5 D-26 D-27
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

TEST_F(FParserFile, TimesThatJumpLoseNothing) {
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
  // D-2 D-7 D-8
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
  const FParser parser{file({{0s}}), true};
  EXPECT_THROW(static_cast<void>(parser.find_udp_flow("192.0.2", 1, "192.0.2.2", 2)), Error);
  EXPECT_THROW(static_cast<void>(parser.find_udp_flow("192.0.2.1", -1, "192.0.2.2", 2)), Error);
  EXPECT_THROW(static_cast<void>(parser.find_udp_flow("192.0.2.1", 1, "192.0.2.2", 65'536)), Error);
  EXPECT_EQ(parser.find_udp_flow("192.0.2.1", 1, "2001:db8::1", 2), nullptr);
}

/// A parser whose file has come to the packet of port 99, and is held up there until it goes.
class HeldParser {
 public:
  HeldParser(const std::string& path, std::int64_t timeout, bool bidirectional = false)
      : parser{path,
               true,
               timeout,
               timeout,
               "ip",
               100,
               LOG_ERR,
               {},
               [this](const FlowPointer& flow) { told(flow); },
               [this] { killed = true; },
               bidirectional} {
    reached_.get_future().wait();
  }
  ~HeldParser() { go(); }
  void go() {
    if (!has_gone_.exchange(true)) go_.set_value();
  }

  std::atomic<bool> killed = false;
  std::atomic<int> count = 0;

 private:
  void told(const FlowPointer& flow) {
    ++count;
    if (flow->get_id().sport != 99) return;
    reached_.set_value();
    go_.get_future().wait();
  }

  std::promise<void> reached_{};
  std::promise<void> go_{};
  std::atomic<bool> has_gone_ = false;

 public:
  FParser parser;
};

/// Port 99 ends while the others live.
std::vector<Sent> some_that_live() {
  return {{0s, 17, 99}, {50s, 17, 1},    {50s, 17, 2}, {51s, 17, 2},      {59s, 17, 2},
          {60s, 6, 3},  {60500ms, 6, 3}, {61s, 6, 3},  {61s, 17, 1, true}};
}

TEST_F(FParserFile, ActiveFlowsAreFoundAndWalked) {
  // D-17 D-18 D-19 D-20 D-22 D-23 D-24 D-25
  const HeldParser held{file(some_that_live()), 60};
  const FParser& parser = held.parser;
  const FlowPointer found = parser.find_udp_flow("192.0.2.1", 2, "198.51.100.2", 80);
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->size(), 3U);
  EXPECT_EQ(parser.find_udp_flow("198.51.100.2", 80, "192.0.2.1", 2), nullptr);
  EXPECT_NE(parser.find_udp_flow("198.51.100.2", 80, "192.0.2.1", 1), nullptr);
  EXPECT_NE(parser.find_tcp_flow("192.0.2.1", 3, "198.51.100.2", 80), nullptr);
  EXPECT_EQ(parser.find_tcp_flow("192.0.2.1", 2, "198.51.100.2", 80), nullptr);
  EXPECT_EQ(parser.find_udp_flow("192.0.2.1", 99, "198.51.100.2", 80), nullptr);
  EXPECT_EQ(parser.flow_iter().size(), 4U);
  const FParserInfo info = parser.get_info();
  EXPECT_EQ(info.tcp_flows, 1U);
  EXPECT_EQ(info.udp_flows, 3U);
  EXPECT_EQ(info.tcp_pkts, 3U);
  EXPECT_EQ(info.udp_pkts, 5U);
}

TEST_F(FParserFile, FlowsAreSorted) {
  // D-17
  const HeldParser held{file(some_that_live()), 60};
  const auto sorted = [&](int order, auto key) {
    std::vector<decltype(key(FlowInfo{}))> keys;
    for (const FlowPointer& flow : held.parser.flow_iter(order)) {
      keys.push_back(key(flow->get_info()));
    }
    EXPECT_EQ(keys.size(), 4U);
    return std::ranges::is_sorted(keys, std::greater{});
  };
  EXPECT_TRUE(sorted(SORT_PKTS, [](const FlowInfo& info) { return info.size_pkts; }));
  EXPECT_TRUE(sorted(SORT_BYTES, [](const FlowInfo& info) { return info.size_bytes; }));
  EXPECT_TRUE(sorted(SORT_PPS, [](const FlowInfo& info) { return info.pps; }));
  EXPECT_TRUE(sorted(SORT_BPS, [](const FlowInfo& info) { return info.Bps; }));
  EXPECT_THROW(static_cast<void>(held.parser.flow_iter(5)), Error);
  EXPECT_THROW(static_cast<void>(held.parser.flow_iter(-1)), Error);
}

TEST_F(FParserFile, BothDirectionsAreOneFlowWhereThatIsAskedFor) {
  const HeldParser held{file(some_that_live()), 60, true};
  const FlowPointer there = held.parser.find_udp_flow("192.0.2.1", 1, "198.51.100.2", 80);
  const FlowPointer back = held.parser.find_udp_flow("198.51.100.2", 80, "192.0.2.1", 1);
  ASSERT_NE(there, nullptr);
  ASSERT_NE(back, nullptr);
  EXPECT_EQ(there->size(), 2U);
  EXPECT_EQ(back->get_id(), (FlowId{"192.0.2.1", 1, "198.51.100.2", 80, FLOW_TYPE_UDP}));
}

TEST_F(FParserFile, FlowsOutliveTheirParser) {
  std::vector<FlowPointer> kept;
  {
    const HeldParser held{file(some_that_live()), 60};
    kept = held.parser.flow_iter();
  }
  ASSERT_EQ(kept.size(), 4U);
  EXPECT_EQ(kept[0]->get_id().src.substr(0, 3), "192");
  EXPECT_GT(kept[0]->get_info().size_bytes, 0U);
}

TEST_F(FParserFile, CallbacksAreReplacedAndTakenAway) {
  // D-15 D-16
  HeldParser held{file(some_that_live()), 60};
  std::atomic<int> tcp = 0;
  std::atomic<int> udp = 0;
  held.parser.set_tcp_callback([&](const FlowPointer&) { ++tcp; });
  held.parser.set_udp_callback([&](const FlowPointer&) { ++udp; });
  held.parser.set_udp_callback({});
  held.go();
  while (!held.killed) std::this_thread::yield();
  EXPECT_EQ(tcp, 1);
  EXPECT_EQ(udp, 0);
  EXPECT_EQ(held.count, 1);
}

TEST_F(FParserFile, StopTellsWhatLivesAndThenThatItIsKilled) {
  // D-14
  HeldParser held{file(some_that_live()), 60};
  held.go();
  held.parser.stop();
  EXPECT_TRUE(held.killed);
  EXPECT_GE(held.count, 4);
}

TEST_F(FParserFile, StopsWithinACallback) {
  // D-14
  Told told;
  std::promise<FParser*> made;
  const auto parser_of = made.get_future().share();
  std::atomic<int> flows = 0;
  const auto on_udp = [&](const FlowPointer&) {
    if (flows++ != 0) return;
    FParser* const parser = parser_of.get();
    parser->stop();
    EXPECT_THROW(static_cast<void>(parser->get_info()), Error);
    EXPECT_EQ(told.killed, 0);
  };
  FParser parser{file(some_that_live()), true, 60, 60, "ip", 100, LOG_ERR, {}, on_udp,
                 told.on_kill()};
  made.set_value(&parser);
  told.wait();
  parser.stop();
  EXPECT_EQ(flows, 4);
  EXPECT_EQ(told.killed, 1);
}

TEST_F(FParserFile, ACallbackMayDestroyTheParser) {
  std::promise<void> killed;
  std::unique_ptr<FParser> parser;
  std::promise<void> made;
  const auto is_made = made.get_future().share();
  int flows = 0;
  const auto on_udp = [&](const FlowPointer&) {
    ++flows;
    is_made.wait();
    parser.reset();
  };
  parser = std::make_unique<FParser>(file(some_that_live()), true, 60, 60, "ip", 100, LOG_ERR,
                                     FParser::FlowCallback{}, on_udp, [&] { killed.set_value(); });
  made.set_value();
  killed.get_future().wait();
  EXPECT_EQ(flows, 4);
}

TEST_F(FParserFile, ACallbackMayAskAndWalk) {
  std::promise<FParser*> made;
  const auto parser_of = made.get_future().share();
  std::vector<std::size_t> live;
  Told told;
  const auto on_udp = [&](const FlowPointer&) {
    FParser* const parser = parser_of.get();
    live.push_back(parser->flow_iter().size());
    static_cast<void>(parser->find_udp_flow("192.0.2.1", 2, "198.51.100.2", 80));
    static_cast<void>(parser->get_info());
    parser->set_tcp_callback({});
  };
  FParser parser{file(some_that_live()), true, 60, 60, "ip", 100, LOG_ERR, {}, on_udp,
                 told.on_kill()};
  made.set_value(&parser);
  told.wait();
  ASSERT_EQ(live.size(), 4U);
  EXPECT_EQ(live[0], 4U);
}

TEST_F(FParserFile, WhatCallbacksThrowIsLoggedAndStopsNothing) {
  // D-8
  for (const int level : {LOG_ERR, 2}) {
    Told told;
    int flows = 0;
    const auto on_udp = [&](const FlowPointer&) {
      ++flows;
      if (flows == 1) throw std::runtime_error{"of no use"};
      throw 7;
    };
    FParser parser{file({{0s}, {1s, 17, 2}}),
                   true,
                   usual,
                   usual_fin,
                   "ip",
                   100,
                   level,
                   {},
                   on_udp,
                   told.on_kill(),
                   false,
                   told.log()};
    told.wait();
    parser.stop();
    EXPECT_EQ(flows, 2);
    const std::vector<std::string> lines{"udp_callback: of no use",
                                         "udp_callback: an exception of no known kind"};
    EXPECT_EQ(told.lines, level == LOG_ERR ? lines : std::vector<std::string>{});
  }
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
  EXPECT_TRUE(told.lines[0].contains("made.pcap")) << told.lines[0];
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
    return {id.src, id.sport, id.dest, id.dport, id.type, flow.size(), flow.get_info().first_rx};
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
