// Which rule decides, and rules that change while packets come.
#include <gtest/gtest.h>

#include <atomic>

#include "system/compat/net_filter/filtering.h"

namespace weir::test {
namespace {

class NetFilterRules : public OneNetFilterTest {
 protected:
  void SetUp() override {
    OneNetFilterTest::SetUp();
    if (IsSkipped()) return;
    filter().on_packet = [this](const PacketEvent& event) { held_.add(event); };
    filter().on_notify_packet = [this](const NoticeEvent& event) { notified_.add(event); };
  }
  void add(int id, const std::string& bpf, int action, int adapter = -1,
           int direction = Filter::PACKET_DIRECTION_ANY) {
    EXPECT_TRUE(filter().add_filter_rule(id, adapter, direction, -1, -1, bpf, action))
        << filter().get_last_error();
  }
  void pass(int id, const std::string& bpf, int direction = Filter::PACKET_DIRECTION_ANY) {
    EXPECT_TRUE(filter().add_passthrough_rule(id, -1, direction, -1, -1, bpf))
        << filter().get_last_error();
  }
  /// Whether a datagram gets there.
  [[nodiscard]] bool arrives(std::size_t size = 1) {
    send_there(Octets(size, 3));
    return !arrived_there(150).empty();
  }

  Told<PacketEvent> held_{};
  Told<NoticeEvent> notified_{};
};

TEST_F(NetFilterRules, ThatPassThroughWinOverAllOthers) {
  // B-39 B-63: whichever was first
  add(1, "udp port 4000", Filter::RULE_ACTION_DROP);
  pass(1, "dst port 4000 and udp[4:2] = 13", Filter::PACKET_DIRECTION_OUTGOING);
  filter().start_filter(0);
  EXPECT_TRUE(arrives(5));
  EXPECT_FALSE(arrives(6));
  send_here(Octets(5, 3));
  EXPECT_EQ(arrived_here(briefly), Octets{}) << "the other direction";
}

TEST_F(NetFilterRules, AreAskedInTheirOrderAndTheFirstThatMatchesDecides) {
  // B-40 B-41 B-42 B-62 B-68
  add(9, "udp port 4000 and udp[4:2] = 13", Filter::RULE_ACTION_NOTIFY);
  add(5, "udp port 4000 and udp[4:2] < 20", Filter::RULE_ACTION_CAPTURE);
  add(7, "udp port 4000", Filter::RULE_ACTION_DROP);
  filter().start_filter(0);
  EXPECT_TRUE(arrives(5));
  EXPECT_TRUE(arrives(6));
  EXPECT_FALSE(arrives(100));
  const auto notified = notified_.wait(1);
  const auto held = held_.wait(1);
  ASSERT_EQ(notified.size(), 1U);
  ASSERT_EQ(held.size(), 1U);
  EXPECT_EQ(notified[0].packet_size, static_cast<int>(payload_offset) + 5);
  EXPECT_EQ(held[0].packet_size, static_cast<int>(payload_offset) + 6);
}

TEST_F(NetFilterRules, MatchAdapterDirectionSizeAndFilterAtOnce) {
  // B-27 B-28 B-29 B-30 B-31 B-60 B-61 B-68
  const int header = static_cast<int>(payload_offset);
  EXPECT_TRUE(filter().add_filter_rule(1, id_of("edge"), Filter::PACKET_DIRECTION_OUTGOING,
                                       header + 10, header + 20, "udp port 4000",
                                       Filter::RULE_ACTION_DROP));
  filter().start_filter(0);
  EXPECT_TRUE(arrives(9));
  EXPECT_FALSE(arrives(10));
  EXPECT_FALSE(arrives(20));
  EXPECT_TRUE(arrives(21));
  send_here(Octets(15, 3));
  EXPECT_EQ(arrived_here(), Octets(15, 3));
  filter().delete_all_filter_rules();
  EXPECT_TRUE(filter().add_filter_rule(1, -1, Filter::PACKET_DIRECTION_ANY, header + 10, -1,
                                       "udp port 4000", Filter::RULE_ACTION_DROP));
  EXPECT_TRUE(arrives(9));
  EXPECT_FALSE(arrives(1'000));
  filter().delete_all_filter_rules();
  EXPECT_TRUE(filter().add_filter_rule(1, -1, Filter::PACKET_DIRECTION_ANY, -1, header + 10,
                                       "udp port 4000", Filter::RULE_ACTION_DROP));
  EXPECT_FALSE(arrives(1));
  EXPECT_TRUE(arrives(11));
}

TEST_F(NetFilterRules, WithoutAFilterMatchEveryPacketOfTheirAdapter) {
  // B-28 B-68: an empty rule is always true
  add(1, "", Filter::RULE_ACTION_CAPTURE, id_of("spare"), Filter::PACKET_DIRECTION_OUTGOING);
  filter().start_filter(0);
  FrameSender{"spare"}.send(frame(eth(0x88b5), rest(40)));
  EXPECT_TRUE(arrives());
  const auto held = held_.wait(1);
  ASSERT_GE(held.size(), 1U);
  for (const PacketEvent& event : held) EXPECT_EQ(event.adapter_id, id_of("spare"));
}

TEST_F(NetFilterRules, OfAllAdaptersMatchAtEach) {
  // B-27 B-34 B-60: -1
  add(1, "udp port 4000", Filter::RULE_ACTION_CAPTURE, -1, Filter::PACKET_DIRECTION_OUTGOING);
  filter().start_filter(0);
  FrameSender{"spare"}.send(frame_of(1));
  FrameSender{"edge"}.send(frame_of(1));
  const auto held = held_.wait(2);
  ASSERT_EQ(held.size(), 2U);
  EXPECT_EQ(std::min(held[0].adapter_id, held[1].adapter_id),
            std::min(id_of("edge"), id_of("spare")));
  EXPECT_NE(held[0].adapter_id, held[1].adapter_id);
}

TEST_F(NetFilterRules, MayChangeBeforeAndBehindTheStart) {
  // B-2 B-62 B-63 B-64 B-65 B-66 B-67: each in force when the call returns
  add(1, "udp port 4000", Filter::RULE_ACTION_DROP);
  filter().start_filter(0);
  EXPECT_FALSE(arrives());
  EXPECT_TRUE(filter().delete_filter_rule(1));
  EXPECT_TRUE(arrives());
  add(2, "udp port 4000", Filter::RULE_ACTION_DROP);
  EXPECT_FALSE(arrives());
  pass(2, "udp port 4000");
  EXPECT_TRUE(arrives());
  EXPECT_TRUE(filter().delete_passthrough_rule(2));
  EXPECT_FALSE(arrives());
  pass(3, "udp port 4000");
  EXPECT_TRUE(arrives());
  EXPECT_TRUE(filter().delete_all_passthrough_rules());
  EXPECT_FALSE(arrives());
  EXPECT_TRUE(filter().delete_all_filter_rules());
  EXPECT_TRUE(arrives());
  filter().stop_filter();
  add(1, "udp port 4000", Filter::RULE_ACTION_DROP);
  EXPECT_TRUE(arrives()) << "not active";
  filter().start_filter(0);
  EXPECT_FALSE(arrives()) << "active again";
}

TEST_F(NetFilterRules, ThatAreRefusedLeaveTheOthersInForce) {
  // B-28 B-62: false, and why
  add(1, "udp port 4000", Filter::RULE_ACTION_DROP);
  filter().start_filter(0);
  EXPECT_FALSE(filter().add_filter_rule(1, -1, 2, -1, -1, "", Filter::RULE_ACTION_CAPTURE));
  EXPECT_NE(filter().get_last_error(), "");
  EXPECT_FALSE(filter().add_filter_rule(2, -1, 2, -1, -1, "udp prot", Filter::RULE_ACTION_DROP));
  EXPECT_NE(filter().get_last_error(), "");
  EXPECT_FALSE(filter().add_filter_rule(3, 99'999, 2, -1, -1, "", Filter::RULE_ACTION_CAPTURE));
  EXPECT_NE(filter().get_last_error(), "");
  EXPECT_FALSE(filter().delete_filter_rule(3));
  EXPECT_NE(filter().get_last_error(), "");
  EXPECT_EQ(filter().get_filter_rule_count(), 1);
  EXPECT_FALSE(arrives());
}

TEST_F(NetFilterRules, MayBeChangedByHandlers) {
  // B-2 B-64 B-63: for what comes behind
  add(1, "udp port 4000", Filter::RULE_ACTION_CAPTURE);
  filter().on_packet = [this](const PacketEvent& event) {
    held_.add(event);
    EXPECT_TRUE(filter().add_passthrough_rule(1, -1, Filter::PACKET_DIRECTION_OUTGOING, -1, -1,
                                              "udp port 4000"));
    EXPECT_TRUE(filter().delete_filter_rule(1));
    EXPECT_TRUE(filter().add_filter_rule(2, -1, Filter::PACKET_DIRECTION_ANY, -1, -1,
                                         "udp port 4000", Filter::RULE_ACTION_DROP));
  };
  filter().start_filter(0);
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(arrives());
  EXPECT_EQ(held_.wait(1).size(), 1U);
  send_here({1});
  EXPECT_EQ(arrived_here(briefly), Octets{});
}

TEST_F(NetFilterRules, ChangeWhilePacketsComeWithoutAGap) {
  // B-2 B-69: what one rule or the other drops never passes
  add(0, "udp port 4000", Filter::RULE_ACTION_DROP);
  filter().start_filter(0);
  std::atomic<bool> ends{false};
  std::thread traffic{[&] {
    while (!ends) send_there({1});
  }};
  for (int i = 1; i < 50; ++i) {
    add(i, "udp port 4000", Filter::RULE_ACTION_DROP);
    EXPECT_TRUE(filter().delete_filter_rule(i - 1));
  }
  ends = true;
  traffic.join();
  EXPECT_EQ(arrived_there(briefly), Octets{});
}

TEST_F(NetFilterRules, ChangeFromManyThreads) {
  // B-69: no call has to wait for another
  filter().start_filter(0);
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&, thread] {
      for (int i = 0; i < 20; ++i) {
        add(thread, "udp port 4001", Filter::RULE_ACTION_DROP);
        pass(thread, "udp port 4002");
        EXPECT_TRUE(filter().delete_filter_rule(thread));
        EXPECT_TRUE(filter().delete_passthrough_rule(thread));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(filter().get_filter_rule_count(), 0);
  EXPECT_EQ(filter().get_passthrough_rule_count(), 0);
}

}  // namespace
}  // namespace weir::test
