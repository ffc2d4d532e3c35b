// Rules of NetFilter while no filter runs: taken, refused, read back, taken away.
#include <array>
#include <limits>
#include <thread>
#include <vector>

#include "unit/compat/net_filter/initialized.h"

namespace weir::test {
namespace {

using compat::NetFilter;

constexpr int all = -1;
constexpr int any = NetFilter::PACKET_DIRECTION_ANY;
constexpr int drop = NetFilter::RULE_ACTION_DROP;

class NetFilterRules : public InitializedTest {
 protected:
  bool add(int id, const std::string& bpf = "", int action = drop) {
    return filter.add_filter_rule(id, all, any, -1, -1, bpf, action);
  }
  bool pass(int id, const std::string& bpf = "") {
    return filter.add_passthrough_rule(id, all, any, -1, -1, bpf);
  }
};

TEST_F(NetFilterRules, AreReadBackAsTheyWerePassed) {
  // B-2 B-26 B-27 B-28 B-29 B-30 B-31 B-32 B-42 B-46 B-62: before start_filter()
  const int adapter = loopback();
  ASSERT_TRUE(filter.add_filter_rule(7, adapter, NetFilter::PACKET_DIRECTION_OUTGOING, 60, 1514,
                                     "udp port 53", NetFilter::RULE_ACTION_NOTIFY));
  EXPECT_EQ(filter.get_last_error(), "");
  EXPECT_EQ(filter.get_filter_rule_count(), 1);
  EXPECT_EQ(filter.get_filter_rule_rule_id(0), 7);
  EXPECT_EQ(filter.get_filter_rule_adapter_id(0), adapter);
  EXPECT_EQ(filter.get_filter_rule_direction(0), 0);
  EXPECT_EQ(filter.get_filter_rule_min_packet_size(0), 60);
  EXPECT_EQ(filter.get_filter_rule_max_packet_size(0), 1514);
  EXPECT_EQ(filter.get_filter_rule_bpf_rule(0), "udp port 53");
  EXPECT_EQ(filter.get_filter_rule_action(0), NetFilter::RULE_ACTION_NOTIFY);
  EXPECT_EQ(filter.get_passthrough_rule_count(), 0);
}

TEST_F(NetFilterRules, OfAllAdaptersAndSizesShowSo) {
  // B-27 B-30 B-31 B-40 B-48 B-60 B-61: -1
  ASSERT_TRUE(filter.add_filter_rule(1, -1, NetFilter::PACKET_DIRECTION_ANY, -1, -1, "",
                                     NetFilter::RULE_ACTION_DROP));
  EXPECT_EQ(filter.get_filter_rule_adapter_id(0), -1);
  EXPECT_EQ(filter.get_filter_rule_min_packet_size(0), -1);
  EXPECT_EQ(filter.get_filter_rule_max_packet_size(0), -1);
  EXPECT_EQ(filter.get_filter_rule_direction(0), 2);
  EXPECT_EQ(filter.get_filter_rule_action(0), 1);
  EXPECT_EQ(filter.get_filter_rule_bpf_rule(0), "");
}

TEST_F(NetFilterRules, ThatPassAreReadBackAsTheyWerePassed) {
  // B-33 B-34 B-35 B-36 B-37 B-38 B-39 B-47 B-63
  const int adapter = loopback();
  ASSERT_TRUE(
      filter.add_passthrough_rule(9, adapter, NetFilter::PACKET_DIRECTION_INCOMING, 0, 100, "tcp"));
  EXPECT_EQ(filter.get_passthrough_rule_count(), 1);
  EXPECT_EQ(filter.get_passthrough_rule_rule_id(0), 9);
  EXPECT_EQ(filter.get_passthrough_rule_adapter_id(0), adapter);
  EXPECT_EQ(filter.get_passthrough_rule_direction(0), 1);
  EXPECT_EQ(filter.get_passthrough_rule_min_packet_size(0), 0);
  EXPECT_EQ(filter.get_passthrough_rule_max_packet_size(0), 100);
  EXPECT_EQ(filter.get_passthrough_rule_bpf_rule(0), "tcp");
  EXPECT_EQ(filter.get_filter_rule_count(), 0);
}

TEST_F(NetFilterRules, BeyondTheirNumberAreTheDefaults) {
  // B-26 B-27 B-28 B-29 B-30 B-31 B-32 B-34 B-35 B-36 B-37 B-38 B-39
  add(5, "tcp", NetFilter::RULE_ACTION_CAPTURE);
  pass(5, "tcp");
  for (const int index :
       {-1, 1, std::numeric_limits<int>::max(), std::numeric_limits<int>::min()}) {
    for (const int value :
         {filter.get_filter_rule_action(index), filter.get_filter_rule_adapter_id(index),
          filter.get_filter_rule_direction(index), filter.get_filter_rule_max_packet_size(index),
          filter.get_filter_rule_min_packet_size(index), filter.get_filter_rule_rule_id(index),
          filter.get_passthrough_rule_adapter_id(index),
          filter.get_passthrough_rule_direction(index),
          filter.get_passthrough_rule_max_packet_size(index),
          filter.get_passthrough_rule_min_packet_size(index),
          filter.get_passthrough_rule_rule_id(index)}) {
      EXPECT_EQ(value, 0) << index;
    }
    EXPECT_EQ(filter.get_filter_rule_bpf_rule(index), "");
    EXPECT_EQ(filter.get_passthrough_rule_bpf_rule(index), "");
  }
}

TEST_F(NetFilterRules, StandInTheOrderTheyCame) {
  // B-25 B-32 B-39
  for (const int id : {3, -1, 0, std::numeric_limits<int>::max()}) {
    ASSERT_TRUE(add(id));
    ASSERT_TRUE(pass(id));
  }
  filter.delete_filter_rule(-1);
  EXPECT_EQ(filter.get_filter_rule_count(), 3);
  EXPECT_EQ(filter.get_filter_rule_rule_id(0), 3);
  EXPECT_EQ(filter.get_filter_rule_rule_id(1), 0);
  EXPECT_EQ(filter.get_filter_rule_rule_id(2), std::numeric_limits<int>::max());
  EXPECT_EQ(filter.get_passthrough_rule_rule_id(1), -1);
}

TEST_F(NetFilterRules, AreRefusedTwiceUnderOneId) {
  // B-62 B-63: the two kinds have ids of their own
  ASSERT_TRUE(add(1, "tcp"));
  EXPECT_FALSE(add(1, "udp"));
  EXPECT_EQ(filter.get_last_error(), "rule 1: there is one of that id");
  ASSERT_TRUE(pass(1, "tcp"));
  EXPECT_EQ(filter.get_last_error(), "");
  EXPECT_FALSE(pass(1, "udp"));
  EXPECT_EQ(filter.get_filter_rule_count(), 1);
  EXPECT_EQ(filter.get_filter_rule_bpf_rule(0), "tcp");
  EXPECT_EQ(filter.get_passthrough_rule_bpf_rule(0), "tcp");
}

TEST_F(NetFilterRules, ThatCannotBeAreRefusedWithAReason) {
  // B-62 B-63
  constexpr int least = std::numeric_limits<int>::min();
  constexpr int most = std::numeric_limits<int>::max();
  struct Wrong {
    int adapter = all;
    int direction = any;
    int min = -1;
    int max = -1;
    std::string bpf{};
    int action = drop;
  };
  const Wrong both_kinds[] = {{.adapter = 0},
                              {.adapter = -2},
                              {.adapter = most},
                              {.adapter = least},
                              {.direction = -1},
                              {.direction = 3},
                              {.min = -2},
                              {.max = -2},
                              {.min = 2, .max = 1},
                              {.min = most, .max = 0},
                              {.bpf = "no such words"},
                              {.bpf = "tcp and ("},
                              {.bpf = std::string(1'000'000, '(')}};
  for (const Wrong& rule : both_kinds) {
    EXPECT_FALSE(filter.add_filter_rule(1, rule.adapter, rule.direction, rule.min, rule.max,
                                        rule.bpf, rule.action));
    EXPECT_NE(filter.get_last_error(), "");
    EXPECT_FALSE(
        filter.add_passthrough_rule(1, rule.adapter, rule.direction, rule.min, rule.max, rule.bpf));
    EXPECT_NE(filter.get_last_error(), "");
  }
  for (const int action : {0, 4, -1, least, most}) {
    EXPECT_FALSE(filter.add_filter_rule(1, all, any, -1, -1, "", action)) << action;
  }
  EXPECT_EQ(filter.get_filter_rule_count(), 0);
  EXPECT_EQ(filter.get_passthrough_rule_count(), 0);
}

TEST_F(NetFilterRules, GoByTheirId) {
  // B-64 B-65
  add(1);
  add(2);
  pass(1);
  EXPECT_FALSE(filter.delete_filter_rule(3));
  EXPECT_EQ(filter.get_last_error(), "rule 3: there is none of that id");
  EXPECT_TRUE(filter.delete_filter_rule(1));
  EXPECT_FALSE(filter.delete_filter_rule(1));
  EXPECT_EQ(filter.get_filter_rule_count(), 1);
  EXPECT_EQ(filter.get_passthrough_rule_count(), 1);
  EXPECT_FALSE(filter.delete_passthrough_rule(2));
  EXPECT_TRUE(filter.delete_passthrough_rule(1));
  EXPECT_EQ(filter.get_passthrough_rule_count(), 0);
  EXPECT_TRUE(add(1));
}

TEST_F(NetFilterRules, GoAllAtOnceByTheirKind) {
  // B-66 B-67
  EXPECT_TRUE(filter.delete_all_filter_rules());
  for (const int id : {1, 2, 3}) {
    add(id);
    pass(id);
  }
  EXPECT_TRUE(filter.delete_all_filter_rules());
  EXPECT_EQ(filter.get_filter_rule_count(), 0);
  EXPECT_EQ(filter.get_passthrough_rule_count(), 3);
  EXPECT_TRUE(filter.delete_all_passthrough_rules());
  EXPECT_EQ(filter.get_passthrough_rule_count(), 0);
}

TEST_F(NetFilterRules, AreBounded) {
  // B-62
  for (int id = 0; id < 3'840; ++id) ASSERT_TRUE(add(id)) << filter.get_last_error();
  EXPECT_FALSE(add(3'840));
  EXPECT_FALSE(pass(1));
  EXPECT_EQ(filter.get_last_error(), "rule 1: there are 3840 rules already");
  EXPECT_TRUE(filter.delete_filter_rule(0));
  EXPECT_TRUE(pass(1));
}

TEST_F(NetFilterRules, MayBeChangedByManyThreads) {
  // B-69: beyond what the document promises
  constexpr int each = 50;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&, thread] {
      for (int i = 0; i < each; ++i) {
        EXPECT_TRUE(add(thread * each + i));
        EXPECT_FALSE(add(thread * each + i));
        EXPECT_NE(filter.get_last_error(), "");
        static_cast<void>(filter.get_filter_rule_bpf_rule(i));
        if (i % 2 == 1) {
          EXPECT_TRUE(filter.delete_filter_rule(thread * each + i));
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(filter.get_filter_rule_count(), 4 * each / 2);
}

}  // namespace
}  // namespace weir::test
