// NetFilter before it is initialized: its properties, and what is not for then.
#include <gtest/gtest.h>

#include <array>
#include <functional>
#include <limits>
#include <vector>

#include "support/net_filter_state.h"

namespace weir::compat {
namespace {

using test::code_of;
using test::guid;

TEST(NetFilter, StartsWithItsDefaults) {
  // B-6 B-8 B-9 B-10 B-11 B-25 B-33 B-121
  const NetFilter filter;
  EXPECT_FALSE(filter.get_active());
  EXPECT_EQ(filter.get_operation_mode(), NetFilter::omCapture);
  EXPECT_EQ(filter.get_serialize_events(), NetFilter::seOnMultipleThreads);
  EXPECT_EQ(filter.get_tag(), 0);
  EXPECT_EQ(filter.get_adapter_count(), 0);
  EXPECT_EQ(filter.get_filter_rule_count(), 0);
  EXPECT_EQ(filter.get_passthrough_rule_count(), 0);
  EXPECT_EQ(filter.get_last_error(), "");
  EXPECT_EQ(filter.on_packet.current(), nullptr);
  EXPECT_EQ(filter.on_error.current(), nullptr);
}

TEST(NetFilter, KeepsWhatIsSet) {
  // B-8 B-9 B-10 B-122: each object for itself
  NetFilter filter;
  const NetFilter other;
  filter.set_operation_mode(NetFilter::omStat);
  filter.set_serialize_events(NetFilter::seOnOneWorkerThread);
  filter.set_tag(std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(filter.get_operation_mode(), 1);
  EXPECT_EQ(filter.get_serialize_events(), 1);
  EXPECT_EQ(filter.get_tag(), std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(other.get_operation_mode(), 0);
  EXPECT_EQ(other.get_serialize_events(), 0);
  EXPECT_EQ(other.get_tag(), 0);
}

TEST(NetFilter, RefusesModesThatAreNoneAndKeepsWhatWas) {
  // B-8 B-9
  NetFilter filter;
  for (const int mode : {-1, 2, std::numeric_limits<int>::max()}) {
    EXPECT_EQ(code_of([&] { filter.set_operation_mode(mode); }), 87) << mode;
    EXPECT_EQ(code_of([&] { filter.set_serialize_events(mode); }), 87) << mode;
  }
  EXPECT_EQ(filter.get_operation_mode(), 0);
  EXPECT_EQ(filter.get_serialize_events(), 0);
}

TEST(NetFilter, TakesRulesAndPacketsOnlyOnceInitialized) {
  // B-2 B-5 B-7 B-132
  NetFilter filter;
  const std::array<std::uint8_t, 60> frame{};
  const std::vector<std::function<void()>> calls = {
      [&] { filter.add_filter_rule(1, -1, 2, -1, -1, "", NetFilter::RULE_ACTION_DROP); },
      [&] { filter.add_passthrough_rule(1, -1, 2, -1, -1, ""); },
      [&] { filter.delete_filter_rule(1); },
      [&] { filter.delete_passthrough_rule(1); },
      [&] { filter.delete_all_filter_rules(); },
      [&] { filter.delete_all_passthrough_rules(); },
      [&] { filter.list_adapters(); },
      [&] { filter.start_filter(0); },
      [&] { filter.start_filter(1); },  // the order comes before the argument
      [&] { filter.stop_filter(); },
      [&] { filter.reset_timeout(); },
      [&] { filter.send_packet(1, frame, 1, false); },
      [&] { filter.send_packet(-7, {}, 0, true); },
      [&] { filter.flush_send_buffer(-1); },
      [&] { filter.insert_incoming_packet(1, frame); },
      [&] { filter.get_statistics(1); },
      [&] { filter.toggle_process_protection(true); },
      [&] { static_cast<void>(filter.get_altitude()); },
      [&] { filter.set_altitude(1); },
      [&] { filter.config("LoggingEnabled=True"); },
      [&] { filter.config("ForceAppPermissionCheck=True"); }};
  for (std::size_t i = 0; i < calls.size(); ++i) {
    EXPECT_EQ(code_of(calls[i]), NetFilter::ERROR_NOT_READY) << "call " << i;
  }
  EXPECT_FALSE(filter.get_active());
}

TEST(NetFilter, AnswersWhatHasToDoWithInstallationAtOnce) {
  // B-5 B-50 B-75 B-76 B-92
  const test::NetFilterState state;
  NetFilter filter;
  EXPECT_EQ(filter.get_driver_status(guid), NetFilter::MODULE_STATUS_NOT_PRESENT);
  EXPECT_EQ(filter.get_driver_version(guid), 0);
  EXPECT_EQ(filter.config("DenyExpiredRequests=Yes"), "True");
  EXPECT_EQ(filter.nt_status_to_win32_error(0xC0000022), 5);
}

TEST(NetFilter, NamesInNoAdapterOrRuleAreTheDefaults) {
  // B-12 B-13 B-14 B-15 B-16 B-17 B-18 B-19 B-20 B-21 B-22 B-23 B-24
  const NetFilter filter;
  for (const int index :
       {-1, 0, std::numeric_limits<int>::max(), std::numeric_limits<int>::min()}) {
    EXPECT_EQ(filter.get_adapter_buffer_size(index), 1024);
    EXPECT_TRUE(filter.get_adapter_collect_statistics(index));
    EXPECT_EQ(filter.get_adapter_description(index), "");
    EXPECT_EQ(filter.get_adapter_friendly_name(index), "");
    EXPECT_EQ(filter.get_adapter_id(index), 0);
    EXPECT_EQ(filter.get_adapter_interface_type(index), 0);
    EXPECT_EQ(filter.get_adapter_mac_address(index), "");
    EXPECT_EQ(filter.get_adapter_max_packet_bytes(index), 262144);
    EXPECT_EQ(filter.get_adapter_name(index), "");
    EXPECT_EQ(filter.get_adapter_packet_timeout(index), 1000);
    EXPECT_FALSE(filter.get_adapter_promiscuous_mode(index));
    EXPECT_FALSE(filter.get_adapter_wi_fi_monitor_mode(index));
    EXPECT_FALSE(filter.get_adapter_wi_fi_monitor_mode_supported(index));
  }
}

}  // namespace
}  // namespace weir::compat
