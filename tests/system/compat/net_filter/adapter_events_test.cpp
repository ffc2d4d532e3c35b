// Adapters that come and go, as events.
#include <gtest/gtest.h>

#include <algorithm>

#include "system/compat/net_filter/filtering.h"

namespace weir::test {
namespace {

class NetFilterAdapterEvents : public OneNetFilterTest {
 protected:
  void SetUp() override {
    OneNetFilterTest::SetUp();
    if (IsSkipped()) return;
    filter().on_adapter_added = [this](const auto& event) { added_.add(event.adapter_id); };
    filter().on_adapter_removed = [this](const auto& event) { removed_.add(event.adapter_id); };
  }
  /// Both ends of a pair come, and go.
  void expect_both_told() {
    ip("link add late type veth peer name later");
    std::vector<int> ids{id_of("late"), id_of("later")};
    std::ranges::sort(ids);
    auto told = added_.wait(2);
    std::ranges::sort(told);
    EXPECT_EQ(told, ids);
    ip("link set late up");
    EXPECT_EQ(removed_.count(), 0U);
    ip("link del late");
    told = removed_.wait(2);
    std::ranges::sort(told);
    EXPECT_EQ(told, ids);
    EXPECT_EQ(added_.count(), 2U) << "told once";
  }

  Told<int> added_{};
  Told<int> removed_{};
};

TEST_F(NetFilterAdapterEvents, ComeFromInitializeOn) {
  // B-93 B-94
  expect_both_told();
}

TEST_F(NetFilterAdapterEvents, ComeWhileTheFilterIsActive) {
  // B-93 B-94
  filter().start_filter(0);
  expect_both_told();
}

TEST_F(NetFilterAdapterEvents, AreNotOfTheFiltersOwnAdapters) {
  // B-11 B-82 B-93: what a filter needs of its own is nobody's business
  filter().start_filter(0);
  ASSERT_NE(output_of_ip("link show type tun"), "");
  filter().list_adapters();
  EXPECT_EQ(filter().get_adapter_count(), 4);
  filter().stop_filter();
  EXPECT_EQ(added_.wait(0).size(), 0U);
  EXPECT_EQ(removed_.count(), 0U);
}

TEST_F(NetFilterAdapterEvents, LetHandlersAddARuleThatHolds) {
  // B-2 B-27 B-93: for the adapter that came
  filter().on_adapter_added = [this](const auto& event) {
    EXPECT_TRUE(filter().add_filter_rule(event.adapter_id, event.adapter_id,
                                         Filter::PACKET_DIRECTION_OUTGOING, -1, -1, "udp port 4000",
                                         Filter::RULE_ACTION_CAPTURE))
        << filter().get_last_error();
    added_.add(event.adapter_id);
  };
  Told<int> held;
  filter().on_packet = [&](const PacketEvent& event) { held.add(event.adapter_id); };
  filter().start_filter(0);
  ip("link add late type veth peer name later");
  EXPECT_EQ(added_.wait(2).size(), 2U);
  ip("link set late up");
  ip("link set later up");
  wait_for_carriers(5);
  // The gate follows adapters by itself.
  EXPECT_TRUE(wait_until([&] {
    FrameSender{"late"}.send(frame_of(1));
    return held.count() != 0;
  }));
  EXPECT_EQ(held.all()[0], id_of("late"));
  EXPECT_EQ(filter().get_filter_rule_count(), 2);
}

TEST_F(NetFilterAdapterEvents, LetHandlersRemoveTheRule) {
  // B-64 B-94
  ip("link add late type veth peer name later");
  EXPECT_TRUE(filter().add_filter_rule(7, id_of("late"), Filter::PACKET_DIRECTION_ANY, -1, -1, "",
                                       Filter::RULE_ACTION_DROP));
  filter().on_adapter_removed = [this](const auto& event) {
    EXPECT_TRUE(filter().delete_filter_rule(7) || filter().get_filter_rule_count() == 0);
    removed_.add(event.adapter_id);
  };
  filter().start_filter(0);
  ip("link del late");
  EXPECT_EQ(removed_.wait(2).size(), 2U);
  EXPECT_EQ(filter().get_filter_rule_count(), 0);
  EXPECT_TRUE(filter().get_active());
}

using NetFilterAdapterSettings = NetFilterTest;

TEST_F(NetFilterAdapterSettings, MakeAnAdapterPromiscuousWhileTheFilterIsActive) {
  // B-22
  const auto filter = initialized();
  const int index = index_of(*filter, "edge");
  EXPECT_FALSE(filter->get_adapter_promiscuous_mode(index));
  filter->set_adapter_promiscuous_mode(index, true);
  EXPECT_EQ(promiscuity("edge"), 0);
  filter->start_filter(0);
  EXPECT_EQ(promiscuity("edge"), 1);
  EXPECT_EQ(promiscuity("spare"), 0);
  EXPECT_EQ(refusal_of([&] { filter->set_adapter_promiscuous_mode(index, false); }), 1'230);
  filter->stop_filter();
  EXPECT_EQ(promiscuity("edge"), 0);
}

}  // namespace
}  // namespace weir::test
