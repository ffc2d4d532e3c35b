// How long a handler may take: deadlines of three seconds, which is the least there is.
#include <gtest/gtest.h>

#include <chrono>

#include "system/compat/net_filter/filtering.h"

namespace weir::test {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

/// Longer than any deadline here.
constexpr int long_patience = 8'000;

class NetFilterTimeouts : public OneNetFilterTest {
 protected:
  void SetUp() override {
    OneNetFilterTest::SetUp();
    if (IsSkipped()) return;
    capture_datagrams(filter());
  }
  /// How long a datagram is on its way; negative if it does not arrive.
  [[nodiscard]] std::chrono::duration<double> time_to_arrive() {
    const auto began = steady_clock::now();
    send_there({1});
    if (arrived_there(long_patience).empty()) return -1s;
    return steady_clock::now() - began;
  }
};

void expect_between(double least, std::chrono::duration<double> time, double most) {
  EXPECT_GE(time.count(), least);
  EXPECT_LE(time.count(), most);
}

TEST_F(NetFilterTimeouts, PassWhatHandlersAreTooLateFor) {
  // B-83 B-84 B-123: False; the verdict that comes late means nothing
  EXPECT_EQ(filter().config("DenyExpiredRequests"), "False");
  filter().on_packet = [](PacketEvent& event) {
    std::this_thread::sleep_for(5s);
    event.action = Filter::PACKET_ACTION_DROP;
  };
  filter().start_filter(3'000);
  expect_between(2.9, time_to_arrive(), 4.5);
}

TEST_F(NetFilterTimeouts, DropWhatHandlersAreTooLateForIfTheyAreToldTo) {
  // B-84 B-123: True, before and while active
  static_cast<void>(filter().config("DenyExpiredRequests=True"));
  filter().on_packet = [](PacketEvent&) { std::this_thread::sleep_for(3'500ms); };
  filter().start_filter(3'000);
  EXPECT_LT(time_to_arrive(), 0s);
  static_cast<void>(filter().config("DenyExpiredRequests=False"));
  expect_between(2.9, time_to_arrive(), 4.5);
  static_cast<void>(filter().config("DenyExpiredRequests=Yes"));
  EXPECT_LT(time_to_arrive(), 0s);
}

TEST_F(NetFilterTimeouts, AreCountedAsDropsWhetherTheHandlerHadBegunOrNot) {
  // B-113j B-113k B-117 B-123: one is with its handler, others wait for it
  static_cast<void>(filter().config("DenyExpiredRequests=True"));
  filter().set_serialize_events(Filter::seOnOneWorkerThread);
  Told<StatisticsEvent> told;
  filter().on_statistics = [&](const StatisticsEvent& event) { told.add(event); };
  filter().on_packet = [](PacketEvent&) { std::this_thread::sleep_for(3'700ms); };
  filter().start_filter(3'000);
  for (const int count : {2, 3}) {
    for (int i = 0; i < count; ++i) send_there({1, 2});
    std::this_thread::sleep_for(300ms);
  }
  filter().get_statistics(id_of("edge"));
  EXPECT_TRUE(wait_until([&] { return told.count() == 2; }, 15s));
  for (const StatisticsEvent& event : told.all()) {
    EXPECT_EQ(event.packets_dropped_outbound, 5) << event.filter_specific;
    EXPECT_EQ(event.bytes_dropped_outbound, 5 * (payload_offset + 2)) << event.filter_specific;
    EXPECT_EQ(event.packets_dropped_inbound, 0) << event.filter_specific;
  }
}

TEST_F(NetFilterTimeouts, BeginAnewWhenHandlersAskForIt) {
  // B-84 B-85: reset_timeout
  static_cast<void>(filter().config("DenyExpiredRequests=True"));
  filter().on_packet = [this](PacketEvent&) {
    for (int i = 0; i < 2; ++i) {
      std::this_thread::sleep_for(2'200ms);
      filter().reset_timeout();
    }
  };
  filter().start_filter(3'000);
  expect_between(4.3, time_to_arrive(), 6);
  EXPECT_EQ(refusal_of([&] { filter().reset_timeout(); }), 21) << "not in a handler";
}

TEST_F(NetFilterTimeouts, AreAsThreadsThatBeginHaveSetThem) {
  // B-118 B-123: while the filter is starting
  filter().on_worker_thread_creation = [this](auto&) {
    static_cast<void>(filter().config("DenyExpiredRequests=True"));
  };
  filter().on_packet = [](PacketEvent&) { std::this_thread::sleep_for(3'500ms); };
  filter().start_filter(3'000);
  EXPECT_EQ(filter().config("DenyExpiredRequests"), "True");
  EXPECT_LT(time_to_arrive(), 0s);
}

TEST_F(NetFilterTimeouts, AreNoneWithZero) {
  // B-83 B-84
  static_cast<void>(filter().config("DenyExpiredRequests=True"));
  filter().on_packet = [this](PacketEvent&) {
    filter().reset_timeout();
    std::this_thread::sleep_for(3'500ms);
  };
  filter().start_filter(0);
  expect_between(3.4, time_to_arrive(), 5);
}

}  // namespace
}  // namespace weir::test
