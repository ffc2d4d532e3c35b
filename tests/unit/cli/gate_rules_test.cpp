// The rules of weir gate as their file is read again and again.
#include "cli/gate/gate_rules.h"

#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <vector>

#include "support/temporary_folder.h"

namespace weir::cli {
namespace {

using test::TemporaryFolder;

class ReadAgain : public ::testing::Test {
 protected:
  /// The ids of rules that are in the file then, and in force afterwards.
  std::string read(const std::string& text) {
    std::ofstream{folder_.path("rules")} << text;
    in_force_ = rules_.read(in_force_);
    std::string ids;
    for (const gate::Rule& rule : in_force_) ids += rule.id + ' ';
    return ids;
  }

 private:
  TemporaryFolder folder_{};
  GateRules rules_{{}, folder_.path("rules")};
  std::vector<gate::Rule> in_force_{};
};

TEST_F(ReadAgain, RulesThatStayKeepTheirIds) {
  EXPECT_EQ(read("drop in : udp\npass any\n"), "1 2 ");
  EXPECT_EQ(read("hold out\npass any\ndrop in: udp\n"), "3 2 1 ");
}

TEST_F(ReadAgain, RulesThatAreTheSameKeepTheirOrder) {
  EXPECT_EQ(read("drop in\ndrop in\n"), "1 2 ");
  EXPECT_EQ(read("drop in\npass any\ndrop in\ndrop in\n"), "1 3 2 4 ");
}

// However often others are read, nothing is kept of them.
TEST_F(ReadAgain, RulesThatWereGoneAreNewAndNoIdIsGivenTwice) {
  EXPECT_EQ(read("drop in : udp\n"), "1 ");
  EXPECT_EQ(read("drop in : tcp\n"), "2 ");
  EXPECT_EQ(read("drop in : udp\n"), "3 ");
}

}  // namespace
}  // namespace weir::cli
