// FParser while it is at work: what it answers, and what callbacks may do.
#include <gtest/gtest.h>
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <future>
#include <thread>

#include "unit/compat/fparser_file.h"

namespace weir::compat::fparser {
namespace {

TEST_F(FParserFile, ActiveFlowsAreFoundAndWalked) {
  // D-17 D-18 D-19 D-20 D-22 D-23 D-24 D-25 XD-10
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
  // D-17 XD-7
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
  for (int order = SORT_NONE; order <= SORT_BPS; ++order) {
    const std::vector<FlowPointer> all = held.parser.flow_iter(order);
    for (const std::size_t most : {1U, 3U, 4U, 5U}) {
      const std::vector<FlowPointer> some = held.parser.flow_iter(order, most);
      ASSERT_EQ(some.size(), std::min<std::size_t>(most, 4));
      for (std::size_t i = 0; i < some.size(); ++i) {
        EXPECT_EQ(some[i]->get_id(), all[i]->get_id());
        EXPECT_EQ(some[i]->size(), all[i]->size());
      }
    }
  }
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
  // XD-12
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
  // D-14 XD-11
  HeldParser held{file(some_that_live()), 60};
  held.go();
  held.parser.stop();
  EXPECT_TRUE(held.killed);
  EXPECT_GE(held.count, 4);
}

TEST_F(FParserFile, ManyFlowsAtTheEndAreToldOnceEach) {
  // D-9 D-10 D-11
  std::vector<Sent> packets;
  for (int port = 0; port < 70'000; ++port) {
    packets.push_back({Duration{port}, static_cast<std::uint8_t>(port < 65'536 ? 17 : 6),
                       static_cast<std::uint16_t>(port)});
  }
  Told told;
  FParser parser{file(packets), true,          usual,         usual_fin,      "ip",  100,
                 LOG_ERR,       told.on_tcp(), told.on_udp(), told.on_kill(), false, told.log()};
  told.wait();
  EXPECT_EQ(told.tcp.size(), 70'000U - 65'536);
  EXPECT_EQ(told.udp.size(), 65'536U);
  EXPECT_EQ(parser.get_info().udp_flows, 0U);
  parser.stop();
  EXPECT_EQ(told.lines, std::vector<std::string>{});
}

TEST_F(FParserFile, ManyFlowsThatFallSilentAreToldBeforeAllHaveEnded) {
  // D-4 D-9 D-10
  std::vector<Sent> packets;
  for (int port = 0; port < 70'000; ++port) {
    packets.push_back({Duration{port}, static_cast<std::uint8_t>(port < 65'536 ? 17 : 6),
                       static_cast<std::uint16_t>(port)});
  }
  packets.push_back({2000s});
  packets.push_back({2001s});
  std::promise<FParser*> made;
  const auto parser_of = made.get_future().share();
  std::vector<std::uint64_t> active;
  std::size_t counted = 0;
  const auto on_flow = [&](const FlowPointer& flow) {
    const FParserInfo info = parser_of.get()->get_info();
    active.push_back(info.tcp_flows + info.udp_flows);
    counted += flow->size();
  };
  Told end;
  FParser parser{file(packets), true,    usual,   usual,   "ip",
                 100,           LOG_ERR, on_flow, on_flow, end.on_kill()};
  made.set_value(&parser);
  end.wait();
  parser.stop();
  EXPECT_EQ(counted, packets.size());
  ASSERT_EQ(active.size(), 70'001U);
  EXPECT_EQ(active[0], 70'000U - 65'536);
  EXPECT_EQ(active[65'536], 1U);
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

TEST_F(FParserFile, SomeOfTheEndIsWaitedFor) {
  // D-14
  HeldParser held{file(some_that_live()), 60};
  EXPECT_FALSE(held.parser.stop_within(1ms));
  EXPECT_FALSE(held.parser.has_ended());
  EXPECT_THROW(static_cast<void>(held.parser.get_info()), Error);
  held.go();
  EXPECT_TRUE(held.parser.stop_within(60s));
  EXPECT_TRUE(held.parser.has_ended());
  EXPECT_TRUE(held.killed);
}

TEST_F(FParserFile, ACallbackMayEndTheThread) {
  // D-14
  FParser parser{
      file(some_that_live()), true, 60, 60, "ip", 100, LOG_ERR, {}, [](const FlowPointer&) {
        ::pthread_exit(nullptr);
      }};
  parser.stop();
  EXPECT_TRUE(parser.has_ended());
}

TEST_F(FParserFile, AChildHasNoParser) {
  // D-14
  auto* const held = new HeldParser{file(some_that_live()), 60};
  const pid_t child = ::fork();
  if (child == 0) {
    ::alarm(20);
    bool is_refused = false;
    try {
      static_cast<void>(held->parser.get_info());
    } catch (const Error&) {
      is_refused = true;
    }
    held->parser.stop();
    held->parser.~FParser();
    ::_exit(is_refused && held->count == 1 ? 0 : 1);
  }
  int status = 1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  delete held;
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

}  // namespace
}  // namespace weir::compat::fparser
