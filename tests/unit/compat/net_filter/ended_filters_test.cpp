// What stays of filters that have ended, and of those that could not.
#include <cstdint>
#include <future>

#include "compat/net_filter/statistics.h"
#include "unit/compat/net_filter/initialized.h"
#include "weir/gate/gate.h"

namespace weir::test {
namespace {

using compat::NetFilter;

class NetFilterEndedFilters : public InitializedTest {
 protected:
  void SetUp() override {
    InitializedTest::SetUp();
    if (!IsSkipped()) ip("link set lo up");
  }
};

TEST_F(NetFilterEndedFilters, HaveTheirDropsCountedOnce) {
  // B-114 B-116: of an adapter that has gone and come back a gate has two counts
  const auto adapter = static_cast<std::uint32_t>(loopback());
  gate::GateCounters counters;
  for (const std::uint64_t packets : {std::uint64_t{3}, std::uint64_t{4}}) {
    for (const Direction direction : {Direction::in, Direction::out}) {
      gate::AdapterCounters one;
      one.index = adapter;
      one.direction = direction;
      one.dropped = {packets, 100 * packets};
      counters.adapters.push_back(one);
    }
  }
  compat::net_filter::Statistics statistics;
  statistics.begin();
  statistics.keep(counters);
  const auto total = statistics.total(adapter, nullptr);
  EXPECT_EQ(total.packets_dropped_inbound, 7);
  EXPECT_EQ(total.bytes_dropped_outbound, 700);
}

TEST_F(NetFilterEndedFilters, AreNoneOfThoseThatAHandlerOfAGateTriesToEnd) {
  // B-86: it has to be possible still
  filter.start_filter(0);
  gate::Gate gate;
  gate.start();
  std::promise<int> code;
  ASSERT_TRUE(gate.call_in_worker([&] { code.set_value(code_of([&] { filter.stop_filter(); })); }));
  EXPECT_NE(code.get_future().get(), 0);
  EXPECT_TRUE(filter.get_active());
  gate.stop();
  filter.stop_filter();
  EXPECT_FALSE(filter.get_active());
}

}  // namespace
}  // namespace weir::test
