// Two settings of the loopback: on while a gate needs them, afterwards as they were.
#include "gate/attach/loopback_settings.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <optional>

#include "system/child.h"
#include "system/network_namespace.h"
#include "weir/error.h"

namespace weir::test {
namespace {

using gate::LoopbackSettings;
using gate::Rank;

class LoopbackSettingsTest : public NetworkTest {
 protected:
  static std::string path(const char* setting) {
    return std::string{"/proc/sys/net/ipv4/conf/lo/"} + setting;
  }
  /// "01": accept_local is off, route_localnet on.
  static std::string settings() {
    std::string digits;
    for (const char* const setting : {"accept_local", "route_localnet"}) {
      char digit = '?';
      std::ifstream{path(setting)} >> digit;
      digits += digit;
    }
    return digits;
  }
};

TEST_F(LoopbackSettingsTest, TheyAreOnAsLongAsAGateNeedsThem) {
  EXPECT_EQ(settings(), "00");
  EXPECT_FALSE(LoopbackSettings::are_on("lo"));
  {
    const LoopbackSettings on{"lo", Rank{0, 0}};
    EXPECT_EQ(settings(), "11");
    EXPECT_TRUE(LoopbackSettings::are_on("lo"));
  }
  EXPECT_EQ(settings(), "00");
}

TEST_F(LoopbackSettingsTest, WhatOthersHadOnStaysOn) {
  std::ofstream{path("route_localnet")} << 1;
  EXPECT_FALSE(LoopbackSettings::are_on("lo"));
  {
    const LoopbackSettings on{"lo", Rank{0, 0}};
  }
  EXPECT_EQ(settings(), "01");
}

TEST_F(LoopbackSettingsTest, TheLastGateGivesBackWhatTheFirstFound) {
  for (const bool first_ends_first : {false, true}) {
    std::optional<LoopbackSettings> first{std::in_place, "lo", Rank{0, 0}};
    std::optional<LoopbackSettings> second{std::in_place, "lo", Rank{-5, 0}};
    (first_ends_first ? first : second).reset();
    EXPECT_EQ(settings(), "11");
    (first_ends_first ? second : first).reset();
    EXPECT_EQ(settings(), "00");
  }
}

TEST_F(LoopbackSettingsTest, OneThatIsKilledLeavesThemOn) {
  in_child([] {
    const LoopbackSettings on{"lo", Rank{0, 0}};
    ::_exit(::testing::Test::HasFailure() ? 1 : 0);
  });
  EXPECT_EQ(settings(), "11");
}

TEST_F(LoopbackSettingsTest, WithoutRightsNothingIsSet) {
  in_child([] {
    ASSERT_EQ(::seteuid(65'534), 0);
    try {
      const LoopbackSettings on{"lo", Rank{0, 0}};
      ADD_FAILURE() << "set";
    } catch (const SystemError& error) {
      EXPECT_EQ(error.code(), ErrorCode::permission_denied);
      EXPECT_NE(std::string{error.what()}.find("accept_local"), std::string::npos);
    }
  });
  EXPECT_EQ(settings(), "00");
  EXPECT_THROW(static_cast<void>(LoopbackSettings::are_on("nowhere")), SystemError);
}

}  // namespace
}  // namespace weir::test
