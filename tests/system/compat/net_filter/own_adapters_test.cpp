// The adapter that a filter's gate has made for itself is none of NetFilter's.
#include <gtest/gtest.h>

#include "system/compat/net_filter/filtering.h"
#include "weir/capture/adapter.h"
#include "weir/gate/gate.h"

namespace weir::test {
namespace {

using NetFilterOwnAdapters = NetFilterTest;

int own_adapter() {
  for (const capture::Adapter& adapter : capture::adapters()) {
    if (gate::is_of_weir(adapter)) return static_cast<int>(adapter.id);
  }
  return 0;
}

TEST_F(NetFilterOwnAdapters, AreNotListedAndNotToBeNamed) {
  // B-16 B-60 B-82 B-91
  const auto filter = initialized();
  filter->list_adapters();
  const int count = filter->get_adapter_count();
  filter->start_filter(0);
  const int own = own_adapter();
  ASSERT_NE(own, 0);
  filter->list_adapters();
  EXPECT_EQ(filter->get_adapter_count(), count);
  for (int i = 0; i < count; ++i) EXPECT_NE(filter->get_adapter_id(i), own);
  EXPECT_FALSE(filter->add_filter_rule(1, own, Filter::PACKET_DIRECTION_ANY, -1, -1, "", 1));
  EXPECT_EQ(refusal_of([&] { filter->get_statistics(own); }), Filter::ERROR_NOT_FOUND);
  EXPECT_EQ(refusal_of([&] { filter->send_packet(own, Octets(60), 1, false); }),
            Filter::ERROR_NOT_FOUND);
  EXPECT_EQ(refusal_of([&] { filter->insert_incoming_packet(own, Octets(60)); }),
            Filter::ERROR_NOT_FOUND);
}

TEST_F(NetFilterOwnAdapters, AreInNoStatistics) {
  // B-122
  const auto filter = initialized();
  Told<int> counted;
  filter->on_statistics = [&](const StatisticsEvent& event) { counted.add(event.adapter_id); };
  filter->set_operation_mode(Filter::omStat);
  filter->start_filter(0);
  const int own = own_adapter();
  for (const int adapter : counted.wait(3)) EXPECT_NE(adapter, own);
  filter->stop_filter();
  EXPECT_GE(counted.count(), 3U);
}

}  // namespace
}  // namespace weir::test
