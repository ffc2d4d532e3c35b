#include "compat/net_filter/shutdown.h"

#include <gtest/gtest.h>

namespace weir::compat::net_filter {
namespace {

using namespace std::chrono_literals;
using Calls = std::vector<std::string>;

TEST(ShutdownCalls, EndTheSystemAtOnceWithoutAPrompt) {
  // B-79: empty prompt -> no message and timeout ignored
  EXPECT_EQ(shutdown_calls({.timeout = 60s}),
            Calls{"org.freedesktop.login1.Manager.PowerOff(false)"});
  EXPECT_EQ(shutdown_calls({.reboot = true}),
            Calls{"org.freedesktop.login1.Manager.Reboot(false)"});
}

TEST(ShutdownCalls, ScheduleItWithOne) {
  // B-79: timeout in seconds
  const Time now{1'700'000'000s + 5us};
  EXPECT_EQ(shutdown_calls({.prompt = "tonight", .timeout = 60s, .force_close_apps = true}, now),
            (Calls{"org.freedesktop.login1.Manager.SetWallMessage(\"tonight\", true)",
                   "org.freedesktop.login1.Manager.ScheduleShutdown(\"poweroff\", "
                   "1700000060000005)"}));
}

TEST(ShutdownCalls, SkipInhibitorsByForce) {
  // B-79: force may lose data
  EXPECT_EQ(shutdown_calls({.force_close_apps = true}),
            (Calls{"org.freedesktop.login1.Manager.PowerOffWithFlags(16)",
                   "org.freedesktop.login1.Manager.PowerOff(false)"}));
  EXPECT_EQ(shutdown_calls({.force_close_apps = true, .reboot = true}),
            (Calls{"org.freedesktop.login1.Manager.RebootWithFlags(16)",
                   "org.freedesktop.login1.Manager.Reboot(false)"}));
}

TEST(ShutdownCalls, HaveNothingInThemThatCommandsATerminal) {
  const Time now{1'700'000'000s};
  EXPECT_EQ(shutdown_calls({.prompt = "\x1b[2J"}, now)[0],
            "org.freedesktop.login1.Manager.SetWallMessage(\"\\x1b[2J\", true)");
}

}  // namespace
}  // namespace weir::compat::net_filter
