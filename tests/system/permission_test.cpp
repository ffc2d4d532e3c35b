// What the command says where rights lack to open an adapter.
#include <grp.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "cli/live/permission_advice.h"
#include "system/child.h"
#include "weir/capture/live.h"
#include "weir/sandbox/capabilities.h"

namespace weir::cli {
namespace {

constexpr unsigned nobody = 65534;

/// What an attempt to open the loopback tells on standard error, and the code it exits with.
std::string refusal(ErrorStyle style) {
  ::testing::internal::CaptureStderr();
  try {
    const auto live = opened_adapter([] { return capture::Live{"lo"}; });
    ADD_FAILURE() << "opened";
  } catch (...) {
    EXPECT_EQ(report_exception(style, {}), ExitCode::permission);
  }
  return ::testing::internal::GetCapturedStderr();
}

class Permission : public ::testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "needs to be root";
  }
};

TEST_F(Permission, IsAdvisedWithTheLineForThisProgramAndWhatItGrants) {
  test::in_child([] {
    ASSERT_EQ(::setresuid(nobody, nobody, nobody), 0);
    const std::string told = refusal(ErrorStyle::text);
    EXPECT_TRUE(told.starts_with("weir: capture on lo: ") || told.starts_with("weir: open a "))
        << told;
    EXPECT_NE(told.find("\n  sudo setcap cap_net_raw+ep " + own_path() + "\n"), std::string::npos);
    EXPECT_NE(told.find("everyone who may run the file read all traffic"), std::string::npos);
    EXPECT_LT(told.find("chgrp"), told.find("setcap cap"));
  });
}

TEST_F(Permission, IsAdvisedInJson) {
  test::in_child([] {
    ASSERT_EQ(::setresuid(nobody, nobody, nobody), 0);
    const auto line = nlohmann::json::parse(refusal(ErrorStyle::json));
    EXPECT_EQ(line.at("kind"), "permission_denied");
    EXPECT_EQ(line.at("remedy"), permission_advice());
  });
}

TEST_F(Permission, OfRootInAContainerIsNoMatterOfSetcap) {
  test::in_child([] {
    sandbox::use_only(0);
    const std::string told = refusal(ErrorStyle::text);
    EXPECT_EQ(told.find("setcap"), std::string::npos);
    EXPECT_NE(told.find("--cap-add NET_RAW"), std::string::npos);
  });
}

TEST_F(Permission, IsNotTheMatterWithAnAdapterThatIsMissing) {
  const auto open = [] { return capture::Live{"missing0"}; };
  EXPECT_THROW(static_cast<void>(opened_adapter(open)), SystemError);
}

}  // namespace
}  // namespace weir::cli
