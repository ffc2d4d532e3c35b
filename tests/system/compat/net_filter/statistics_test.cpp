// What is counted, told of by on_statistics: when it is asked for, or once a second (omStat).
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>

#include "system/compat/net_filter/filtering.h"

namespace weir::test {
namespace {

using namespace std::chrono_literals;

class NetFilterStatistics : public NetFilterTest {
 protected:
  void SetUp() override {
    NetFilterTest::SetUp();
    if (IsSkipped()) return;
    // Nobody else speaks on the adapter.
    run("sysctl -qw net.ipv6.conf.edge.disable_ipv6=1");
    there().run("sysctl -qw net.ipv6.conf.eth0.disable_ipv6=1");
    filter_ = initialized();
    filter_->on_statistics = [this](const StatisticsEvent& event) { told_.add(event); };
  }
  void TearDown() override {
    filter_.reset();
    NetFilterTest::TearDown();
  }
  [[nodiscard]] Filter& filter() { return *filter_; }
  void add(int id, const std::string& bpf, int action) {
    EXPECT_TRUE(filter().add_filter_rule(id, -1, Filter::PACKET_DIRECTION_ANY, -1, -1, bpf, action))
        << filter().get_last_error();
  }
  /// What get_statistics() is answered with.
  std::vector<StatisticsEvent> asked(const std::string& adapter, std::size_t answers) {
    const std::size_t before = told_.count();
    filter().get_statistics(id_of(adapter));
    auto all = told_.wait(before + answers);
    all.erase(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(before));
    EXPECT_EQ(all.size(), answers);
    all.resize(answers);
    for (const StatisticsEvent& event : all) EXPECT_EQ(event.adapter_id, id_of(adapter));
    return all;
  }
  /// As ip(8) shows it of "edge": "rx", "packets".
  static std::int64_t shown(const std::string& direction, const std::string& what) {
    const std::string text = output_of_ip("-j -s link show edge");
    std::size_t at = text.find("\"stats64\"");
    at = text.find("\"" + direction + "\"", at);
    at = text.find("\"" + what + "\":", at);
    return std::stoll(text.substr(at + what.size() + 3));
  }
  void send_both_ways(int count) {
    for (int i = 0; i < count; ++i) {
      send_there({1, 2, 3});
      send_here({1, 2});
    }
  }

  Told<StatisticsEvent> told_{};

 private:
  std::unique_ptr<Filter> filter_{};
};

constexpr std::int64_t header = payload_offset;

TEST_F(NetFilterStatistics, AreTheAdaptersAsLongAsNothingIsFiltered) {
  // B-91 B-113 B-113a B-113b B-113c B-113d B-113e B-113f B-113g B-114 B-115 B-116
  const Timestamp before = wall_clock();
  const auto first = asked("edge", 1)[0];
  EXPECT_FALSE(first.filter_specific);
  EXPECT_GE(first.time_stamp, before);
  EXPECT_LE(first.time_stamp, wall_clock());
  const std::int64_t received = shown("rx", "packets");
  const std::int64_t bytes_received = shown("rx", "bytes");
  const std::int64_t sent = shown("tx", "packets");
  const std::int64_t bytes_sent = shown("tx", "bytes");
  EXPECT_LE(first.packets_received, received) << "counted from initialize() on";
  send_both_ways(10);
  for (int i = 0; i < 10; ++i) {
    EXPECT_FALSE(arrived_here().empty());
    EXPECT_FALSE(arrived_there().empty());
  }
  const auto second = asked("edge", 1)[0];
  EXPECT_GE(second.packets_received - first.packets_received, 10);
  EXPECT_GE(second.packets_sent - first.packets_sent, 10);
  EXPECT_EQ(second.packets_received - first.packets_received, shown("rx", "packets") - received);
  EXPECT_EQ(second.bytes_received - first.bytes_received, shown("rx", "bytes") - bytes_received);
  EXPECT_EQ(second.packets_sent - first.packets_sent, shown("tx", "packets") - sent);
  EXPECT_EQ(second.bytes_sent - first.bytes_sent, shown("tx", "bytes") - bytes_sent);
  EXPECT_EQ(second.packets_dropped_inbound, 0);
  EXPECT_EQ(second.packets_dropped_outbound, 0);
}

TEST_F(NetFilterStatistics, BeginWithInitialize) {
  // B-115: what was before is left out
  send_both_ways(20);
  for (int i = 0; i < 20; ++i) EXPECT_FALSE(arrived_here().empty());
  filter().initialize(guid(1));
  const auto told = asked("edge", 1)[0];
  EXPECT_LT(told.packets_received, 10);
  EXPECT_LT(told.packets_sent, 10);
}

TEST_F(NetFilterStatistics, AreTheFiltersTooWhileItIsActive) {
  // B-91 B-113h B-113i B-113j B-113k B-116 B-117: drops by rules and by verdicts
  add(1, "udp port 4000 and udp[4:2] = 10", Filter::RULE_ACTION_DROP);
  add(2, "udp port 4000", Filter::RULE_ACTION_CAPTURE);
  filter().on_packet = [](PacketEvent& event) {
    const bool is_dropped = event.buffer[payload_offset] == 1;
    event.action = is_dropped ? Filter::PACKET_ACTION_DROP : Filter::PACKET_ACTION_SEND;
  };
  filter().start_filter(0);
  for (int i = 0; i < 3; ++i) send_there({1, 2});       // 10 bytes of UDP: by the rule
  for (int i = 0; i < 4; ++i) send_there({1, 2, 3});    // by the handler
  for (int i = 0; i < 5; ++i) send_there({2, 2, 3});    // go on
  for (int i = 0; i < 6; ++i) send_here({1, 2});        // by the rule
  for (int i = 0; i < 7; ++i) send_here({1, 2, 3, 4});  // by the handler
  for (int i = 0; i < 8; ++i) send_here({2, 2, 3});
  for (int i = 0; i < 5; ++i) EXPECT_EQ(arrived_there().size(), 3U);
  for (int i = 0; i < 8; ++i) EXPECT_EQ(arrived_here().size(), 3U);
  const auto expect_drops = [](const StatisticsEvent& told) {
    EXPECT_EQ(told.packets_dropped_outbound, 3 + 4);
    EXPECT_EQ(told.bytes_dropped_outbound, 3 * (header + 2) + 4 * (header + 3));
    EXPECT_EQ(told.packets_dropped_inbound, 6 + 7);
    EXPECT_EQ(told.bytes_dropped_inbound, 6 * (header + 2) + 7 * (header + 4));
  };
  const auto told = asked("edge", 2);
  EXPECT_FALSE(told[0].filter_specific);
  EXPECT_TRUE(told[1].filter_specific);
  for (const StatisticsEvent& event : told) expect_drops(event);
  EXPECT_GE(told[1].packets_sent, 12);
  EXPECT_GE(told[1].bytes_sent, 3 * (header + 2) + 9 * (header + 3));
  EXPECT_GE(told[1].packets_received, 21);
  // Another adapter has nothing of it.
  for (const StatisticsEvent& event : asked("spare", 2)) {
    EXPECT_EQ(event.packets_dropped_outbound, 0);
    EXPECT_EQ(event.packets_dropped_inbound, 0);
  }
  // Totals keep what was dropped when the filter ends; the next filter begins with nothing.
  filter().stop_filter();
  const auto stopped = asked("edge", 1)[0];
  EXPECT_FALSE(stopped.filter_specific);
  expect_drops(stopped);
  filter().start_filter(0);
  const auto again = asked("edge", 2);
  expect_drops(again[0]);
  EXPECT_EQ(again[1].packets_dropped_outbound, 0);
  EXPECT_EQ(again[1].packets_dropped_inbound, 0);
  send_there({1, 2});
  send_there({1, 2, 3});
  send_there({2, 2, 3});
  EXPECT_EQ(arrived_there().size(), 3U);
  const auto more = asked("edge", 2);
  EXPECT_EQ(more[0].packets_dropped_outbound, 9);
  EXPECT_EQ(more[1].packets_dropped_outbound, 2);
  // Counted anew.
  filter().stop_filter();
  filter().initialize(guid(1));
  EXPECT_EQ(asked("edge", 1)[0].packets_dropped_outbound, 0);
}

TEST_F(NetFilterStatistics, AreAskedForOfAdaptersThatAreThere) {
  // B-91 B-132
  EXPECT_EQ(refusal_of([&] { filter().get_statistics(99'999); }), 1'168);
  EXPECT_EQ(refusal_of([&] { filter().get_statistics(-1); }), 1'168);
  EXPECT_EQ(refusal_of([] { Filter{}.get_statistics(1); }), 21);
}

TEST_F(NetFilterStatistics, ComeOnceASecondInStatisticsMode) {
  // B-8 B-13 B-113c B-114 B-116 B-122: both sets of each adapter but those left out
  filter().set_operation_mode(Filter::omStat);
  filter().set_adapter_collect_statistics(index_of(filter(), "spare"), false);
  std::this_thread::sleep_for(1'200ms);
  EXPECT_EQ(told_.count(), 0U) << "not active";
  filter().start_filter(0);
  const auto events_of = [&](const std::string& adapter, bool filter_specific) {
    std::vector<StatisticsEvent> events;
    for (const StatisticsEvent& event : told_.all()) {
      if (event.adapter_id == id_of(adapter) && event.filter_specific == filter_specific) {
        events.push_back(event);
      }
    }
    return events;
  };
  EXPECT_TRUE(wait_until([&] { return events_of("edge", true).size() >= 4; }, 15s));
  const auto ticks = events_of("edge", false);
  ASSERT_GE(ticks.size(), 4U);
  const auto passed = ticks[3].time_stamp - ticks[0].time_stamp;
  EXPECT_GE(passed, 2'500ms);
  EXPECT_LE(passed, 6s);
  EXPECT_FALSE(events_of("lo", false).empty());
  EXPECT_TRUE(events_of("spare", false).empty());
  EXPECT_TRUE(events_of("spare", true).empty());
  filter().set_adapter_collect_statistics(index_of(filter(), "spare"), true);
  EXPECT_TRUE(wait_until([&] { return !events_of("spare", true).empty(); }));
  filter().set_operation_mode(Filter::omCapture);
  std::this_thread::sleep_for(100ms);
  const std::size_t before = told_.count();
  std::this_thread::sleep_for(1'500ms);
  EXPECT_EQ(told_.count(), before);
}

TEST_F(NetFilterStatistics, AreAllThereIsInStatisticsMode) {
  // B-8 B-122: rules that drop do, others let pass at their place
  Told<int> packets;
  filter().on_packet = [&](PacketEvent& event) {
    packets.add(1);
    event.action = Filter::PACKET_ACTION_DROP;
  };
  filter().on_notify_packet = [&](const NoticeEvent&) { packets.add(2); };
  add(1, "udp[4:2] = 9", Filter::RULE_ACTION_CAPTURE);
  add(2, "udp[4:2] = 10", Filter::RULE_ACTION_NOTIFY);
  add(3, "udp[4:2] < 12", Filter::RULE_ACTION_DROP);
  add(4, "udp[4:2] < 13", Filter::RULE_ACTION_CAPTURE);
  filter().set_operation_mode(Filter::omStat);
  filter().start_filter(0);
  send_there({1, 2, 3});
  send_there({1});
  send_there({1, 2});
  EXPECT_EQ(arrived_there(), Octets({1}));
  EXPECT_EQ(arrived_there(), Octets({1, 2}));
  EXPECT_EQ(packets.count(), 0U);
  // The mode may change while active.
  filter().set_operation_mode(Filter::omCapture);
  send_there({1});
  send_there({1, 2});
  EXPECT_EQ(arrived_there(), Octets({1, 2}));
  EXPECT_EQ(packets.wait(2).size(), 2U);
  filter().set_operation_mode(Filter::omStat);
  send_there({1});
  EXPECT_EQ(arrived_there(), Octets{1});
}

}  // namespace
}  // namespace weir::test
