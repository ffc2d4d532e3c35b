// What NetFilter says of Wi-Fi adapters, made up for machines that have none: the linker has
// capture::adapters() replaced.
#include <vector>

#include "unit/compat/net_filter/initialized.h"

namespace weir::test {
namespace {

using capture::Adapter;
using Adapters = std::vector<Adapter>;

/// In place of the machine's, while a test has some.
const Adapters* made_up = nullptr;

}  // namespace

Adapters of_machine() asm("__real__ZN4weir7capture8adaptersEv");
Adapters listed() asm("__wrap__ZN4weir7capture8adaptersEv");
Adapters listed() { return made_up == nullptr ? of_machine() : *made_up; }

namespace {

class NetFilterWiFiAdapters : public InitializedTest {
 protected:
  void TearDown() override {
    made_up = nullptr;
    InitializedTest::TearDown();
  }
};

TEST_F(NetFilterWiFiAdapters, SayWhetherTheyHaveMonitorMode) {
  // B-24
  const Adapters radios{{.id = 1, .name = "wired"},
                        {.id = 2, .name = "without", .monitor = false},
                        {.id = 3, .name = "with", .monitor = true}};
  made_up = &radios;
  filter.list_adapters();
  ASSERT_EQ(filter.get_adapter_count(), 3);
  EXPECT_FALSE(filter.get_adapter_wi_fi_monitor_mode_supported(0));
  EXPECT_FALSE(filter.get_adapter_wi_fi_monitor_mode_supported(1));
  EXPECT_TRUE(filter.get_adapter_wi_fi_monitor_mode_supported(2));
}

}  // namespace
}  // namespace weir::test
