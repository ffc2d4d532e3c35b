// What start_filter() refuses, in which order, and calls for while no filter runs.
#include <sys/prctl.h>

#include <csignal>
#include <filesystem>
#include <limits>

#include "unit/compat/net_filter/initialized.h"
#include "unit/gate/store/store_fixture.h"

namespace weir::test {
namespace {

using compat::NetFilter;

class NetFilterStarting : public InitializedTest {
 protected:
  [[nodiscard]] int start(int timeout = 0) {
    return code_of([&] { filter.start_filter(timeout); });
  }
};

TEST_F(NetFilterStarting, RefusesTimeoutsBelowThreeSeconds) {
  // B-83 B-84 B-137
  for (const int timeout : {1, 2'999, -1, std::numeric_limits<int>::min()}) {
    EXPECT_EQ(start(timeout), NetFilter::ERROR_IMPLEMENTATION_LIMIT) << timeout;
  }
  EXPECT_FALSE(filter.get_active());
}

TEST_F(NetFilterStarting, NeedsTheDriverThatWasInstalled) {
  // B-131
  std::filesystem::remove(state.folder() + "/drivers/1.0.0.0.cab");
  EXPECT_EQ(start(), NetFilter::ERROR_FILE_NOT_FOUND);
  state.install();
  filter.uninstall(state.cab(), guid, NetFilter::UNINSTALL_VERSION_ALL);
  EXPECT_EQ(start(), NetFilter::ERROR_FILE_NOT_FOUND);
  EXPECT_EQ(start(1), NetFilter::ERROR_IMPLEMENTATION_LIMIT);
}

TEST_F(NetFilterStarting, IsForAllowedProgramsOnly) {
  // B-72 B-139: a path that is not this program's, or a copy of it
  const std::string own = std::filesystem::read_symlink("/proc/self/exe");
  const std::string copy = state.path("copy");
  std::filesystem::copy_file(own, copy);
  for (const std::string& controllers : {std::string{"/usr/bin/true"}, copy, own + "-not"}) {
    state.install({.controllers = controllers});
    EXPECT_EQ(start(), NetFilter::ERROR_ACCESS_DENIED) << controllers;
  }
  EXPECT_EQ(filter.get_driver_status(guid), NetFilter::MODULE_STATUS_STOPPED);
}

TEST_F(NetFilterStarting, NeedsRightsBeforeAnythingElse) {
  // B-138
  EXPECT_EQ(without_rights([&] {
              NetFilter mine;
              std::string codes = std::to_string(code_of([&] { mine.start_filter(1); }));
              mine.initialize(guid);
              return codes + ' ' + std::to_string(code_of([&] { mine.start_filter(1); }));
            }),
            "21 1314");
}

TEST_F(NetFilterStarting, IsEndedWhereItNeverBegan) {
  // B-86
  filter.stop_filter();
  filter.stop_filter();
  EXPECT_FALSE(filter.get_active());
}

TEST_F(NetFilterStarting, HasATimeoutToResetWithinItsEventsOnly) {
  // B-85
  EXPECT_EQ(code_of([&] { filter.reset_timeout(); }), NetFilter::ERROR_NOT_READY);
}

TEST_F(NetFilterStarting, MayFollowAnotherInitialize) {
  // B-78: the rules stay, the installation is another one
  state.install({.product = other_guid, .altitude = 5});
  ASSERT_TRUE(filter.add_filter_rule(1, -1, 2, -1, -1, "", 1));
  filter.initialize(other_guid);
  EXPECT_EQ(filter.get_altitude(), 5);
  EXPECT_EQ(filter.get_filter_rule_count(), 1);
}

TEST_F(NetFilterStarting, ProtectsItsProcessBesides) {
  // B-80: all that can be, so that True is only what switches it off
  EXPECT_EQ(in_child([&]() -> std::string {
              std::string answers = filter.toggle_process_protection(true) ? "True " : "False ";
              ::raise(SIGTERM);
              answers += ::prctl(PR_GET_DUMPABLE) == 0 ? "alive " : "readable ";
              answers += filter.toggle_process_protection(true) ? "True " : "False ";
              answers += filter.toggle_process_protection(false) ? "True " : "False ";
              return answers + (::prctl(PR_GET_DUMPABLE) == 1 ? "as before" : "changed");
            }),
            "False alive False True as before");
}

TEST_F(NetFilterStarting, MapsNativeStatus) {
  // B-81 B-134
  EXPECT_EQ(filter.nt_status_to_win32_error(0xC0000061), NetFilter::ERROR_PRIVILEGE_NOT_HELD);
  EXPECT_EQ(filter.nt_status_to_win32_error(-1'073'741'727), NetFilter::ERROR_PRIVILEGE_NOT_HELD);
  EXPECT_EQ(filter.nt_status_to_win32_error(0xC000F00D), NetFilter::ERROR_MR_MID_NOT_FOUND);
  EXPECT_EQ(filter.nt_status_to_win32_error(std::numeric_limits<std::int64_t>::min()), 317);
}

}  // namespace
}  // namespace weir::test
