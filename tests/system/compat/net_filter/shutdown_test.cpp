// What logind is asked for, on a bus of the test's own; the machine's is never in reach.
#include "compat/net_filter/shutdown.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>

#include "system/compat/net_filter/stand_in_logind.h"
#include "weir/compat/net_filter.h"

namespace weir::compat::net_filter {
namespace {

using namespace std::chrono_literals;
using Lines = std::vector<std::string>;

constexpr const char* denied = "org.freedesktop.DBus.Error.AccessDenied";
constexpr const char* wrong = "org.freedesktop.DBus.Error.InvalidArgs";

/// As the stand-in has it: "org.freedesktop.login1.Manager.Reboot(false)" is "Reboot False".
std::string as_logged(std::string call) {
  constexpr std::string_view before = "org.freedesktop.login1.Manager.";
  EXPECT_TRUE(call.starts_with(before)) << call;
  call.erase(0, before.size());
  call.pop_back();
  call.replace(call.find('('), 1, " ");
  if (const auto comma = call.find(", "); comma != std::string::npos) call.erase(comma, 1);
  if (const auto flag = call.find(" false"); flag != std::string::npos) call[flag + 1] = 'F';
  if (const auto flag = call.find(" true"); flag != std::string::npos) call[flag + 1] = 'T';
  return call;
}

class NetFilterShutdown : public ::testing::Test {
 protected:
  void SetUp() override {
    test::have_no_system_bus();
    if (!test::StandInLogind::is_offered()) {
      GTEST_SKIP() << "needs dbus-daemon, dbus-send and python3-dbusmock";
    }
    bus_.emplace();
    logind_.emplace(*bus_);
  }

  /// As it is today: it knows all methods, and the flag.
  void learn_all() {
    logind_->learn("PowerOffWithFlags", "t");
    logind_->learn("RebootWithFlags", "t");
    logind_->learn("SetWallMessage", "sb");
    logind_->learn("ScheduleShutdown", "st");
  }

  /// Refuses to ask the machine itself.
  static bool shut_down_safely(const Shutdown& shutdown,
                               Time now = std::chrono::system_clock::now()) {
    if (!test::is_harmless()) {
      ADD_FAILURE() << "a system bus that is not the test's";
      return false;
    }
    return shut_down(shutdown, now);
  }

  std::optional<test::TestBus> bus_{};
  std::optional<test::StandInLogind> logind_{};
};

TEST_F(NetFilterShutdown, EndsTheSystemAtOnceWithoutAPrompt) {
  // B-79: empty prompt -> no message and timeout ignored
  EXPECT_TRUE(shut_down_safely({.timeout = 60s}));
  EXPECT_EQ(logind_->asked(), Lines{"PowerOff False"});
  EXPECT_TRUE(shut_down_safely({.timeout = 60s, .reboot = true}));
  EXPECT_EQ(logind_->asked(), Lines{"Reboot False"});
}

TEST_F(NetFilterShutdown, ShowsThePromptForAWhile) {
  // B-79: timeout in seconds
  learn_all();
  const Time now{1'700'000'000s};
  EXPECT_TRUE(shut_down_safely({.prompt = "new modules", .timeout = 90s, .reboot = true}, now));
  EXPECT_EQ(logind_->asked(), (Lines{"SetWallMessage \"new modules\" True",
                                     "ScheduleShutdown \"reboot\" 1700000090000000"}));
  EXPECT_TRUE(shut_down_safely({.prompt = "so long", .timeout = -5s}, now));
  EXPECT_EQ(logind_->asked(), (Lines{"SetWallMessage \"so long\" True",
                                     "ScheduleShutdown \"poweroff\" 1700000000000000"}));
}

TEST_F(NetFilterShutdown, IsForcedByTheFlagThatSkipsInhibitors) {
  // B-79: force
  learn_all();
  EXPECT_TRUE(shut_down_safely({.force_close_apps = true}));
  EXPECT_EQ(logind_->asked(), Lines{"PowerOffWithFlags 16"});
  EXPECT_TRUE(shut_down_safely({.force_close_apps = true, .reboot = true}));
  EXPECT_EQ(logind_->asked(), Lines{"RebootWithFlags 16"});
}

TEST_F(NetFilterShutdown, IsAskedForPlainlyWhereLogindIsTooOldForTheFlag) {
  EXPECT_TRUE(shut_down_safely({.force_close_apps = true}));
  EXPECT_EQ(logind_->asked(), Lines{"PowerOff False"});
  logind_->refuse("RebootWithFlags", "t", wrong);
  EXPECT_TRUE(shut_down_safely({.force_close_apps = true, .reboot = true}));
  EXPECT_EQ(logind_->asked(), (Lines{"RebootWithFlags 16", "Reboot False"}));
}

TEST_F(NetFilterShutdown, IsFalseWhereLogindRefuses) {
  // B-79: False if privilege or OS call fails
  logind_->refuse("PowerOff", "b", denied);
  EXPECT_FALSE(shut_down_safely({}));
  EXPECT_EQ(logind_->asked(), Lines{"PowerOff False"});
  logind_->refuse("PowerOffWithFlags", "t", denied);
  EXPECT_FALSE(shut_down_safely({.force_close_apps = true}));
  EXPECT_EQ(logind_->asked(), Lines{"PowerOffWithFlags 16"});
}

TEST_F(NetFilterShutdown, SchedulesNothingWithoutItsPrompt) {
  learn_all();
  logind_->refuse("SetWallMessage", "sb", denied);
  EXPECT_FALSE(shut_down_safely({.prompt = "so long"}));
  EXPECT_EQ(logind_->asked(), Lines{"SetWallMessage \"so long\" True"});
}

TEST_F(NetFilterShutdown, IsFalseForAPromptThatIsNoText) {
  learn_all();
  EXPECT_FALSE(shut_down_safely({.prompt = "\xFF"}));
  EXPECT_EQ(logind_->asked(), Lines{});
}

TEST_F(NetFilterShutdown, AsksForWhatItSaysItWould) {
  // B-79
  learn_all();
  const Time now{1'700'000'000s};
  for (unsigned i = 0; i < 8; ++i) {
    const Shutdown shutdown{.prompt = (i & 1) != 0 ? "tonight" : "",
                            .timeout = 30s,
                            .force_close_apps = (i & 2) != 0,
                            .reboot = (i & 4) != 0};
    Lines said = shutdown_calls(shutdown, now);
    // Only where logind does not know the first.
    if (said[0].contains("WithFlags")) said.pop_back();
    std::ranges::transform(said, said.begin(), as_logged);
    EXPECT_TRUE(shut_down_safely(shutdown, now));
    EXPECT_EQ(logind_->asked(), said);
  }
}

TEST_F(NetFilterShutdown, IsWhatNetFilterAsksFor) {
  // B-79
  learn_all();
  NetFilter filter;
  ASSERT_TRUE(test::is_harmless());
  EXPECT_TRUE(filter.shutdown_system("", 10, true, true));
  EXPECT_EQ(logind_->asked(), Lines{"RebootWithFlags 16"});
  logind_->refuse("PowerOff", "b", denied);
  EXPECT_FALSE(filter.shutdown_system("", 10, false, false));
}

TEST_F(NetFilterShutdown, IsFalseWithoutLogindAndWithoutABus) {
  // B-79: False if privilege or OS call fails
  logind_.reset();
  EXPECT_FALSE(shut_down_safely({}));
  bus_.reset();
  EXPECT_FALSE(shut_down_safely({}));
}

}  // namespace
}  // namespace weir::compat::net_filter
