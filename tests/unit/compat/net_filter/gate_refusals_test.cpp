// Rules and programs that only what filters could refuse: refused at once, or not at all.
#include <filesystem>

#include "unit/compat/net_filter/initialized.h"

namespace weir::test {
namespace {

using compat::NetFilter;

class NetFilterGateRefusals : public InitializedTest {
 protected:
  [[nodiscard]] bool add(int id, const std::string& bpf_rule, int action) {
    return filter.add_filter_rule(id, -1, NetFilter::PACKET_DIRECTION_ANY, -1, -1, bpf_rule,
                                  action);
  }
};

TEST_F(NetFilterGateRefusals, ComeWhenTheRuleIsAdded) {
  // B-62: a loop, which the kernel does not run
  EXPECT_FALSE(add(1, "ip protochain 6", NetFilter::RULE_ACTION_DROP));
  EXPECT_NE(filter.get_last_error().find("protochain"), std::string::npos);
  EXPECT_TRUE(add(1, "ip protochain 6", NetFilter::RULE_ACTION_CAPTURE));
  filter.start_filter(0);
  EXPECT_FALSE(add(2, "ip protochain 6", NetFilter::RULE_ACTION_DROP));
  filter.set_operation_mode(NetFilter::omStat);
  filter.stop_filter();
}

TEST_F(NetFilterGateRefusals, AreOfTheObjectThatWasAsked) {
  // B-62 B-68
  EXPECT_FALSE(filter.delete_filter_rule(1));
  EXPECT_NE(filter.get_last_error(), "");
  NetFilter other;
  EXPECT_EQ(other.get_last_error(), "");
  other.initialize(guid);
  EXPECT_TRUE(other.delete_all_filter_rules());
  EXPECT_FALSE(filter.delete_filter_rule(1));
  EXPECT_NE(filter.get_last_error(), "");
}

TEST_F(NetFilterGateRefusals, AreNoneOfAsManyRulesAsThereMayBe) {
  // B-62 B-83
  int count = 0;
  while (add(count, "", NetFilter::RULE_ACTION_DROP)) ++count;
  EXPECT_NE(filter.get_last_error().find("rules already"), std::string::npos);
  EXPECT_EQ(filter.get_filter_rule_count(), count);
  filter.start_filter(0);
  filter.stop_filter();
}

TEST_F(NetFilterGateRefusals, AreNoneOfAProgramThatIsNamedByALink) {
  // B-72 B-139
  const std::string link = state.path("link");
  std::filesystem::create_symlink(std::filesystem::read_symlink("/proc/self/exe"), link);
  state.install({.controllers = link});
  filter.start_filter(0);
  filter.stop_filter();
  // What it led to when it was installed counts.
  std::filesystem::remove(link);
  std::filesystem::create_symlink("/usr/bin/true", link);
  filter.start_filter(0);
  filter.stop_filter();
}

TEST_F(NetFilterGateRefusals, OfALinkAreOfWhatItLedTo) {
  // B-72 B-139
  const std::string link = state.path("link");
  std::filesystem::create_symlink("/usr/bin/env", link);
  state.install({.controllers = link});
  std::filesystem::remove(link);
  std::filesystem::create_symlink(std::filesystem::read_symlink("/proc/self/exe"), link);
  EXPECT_EQ(code_of([&] { filter.start_filter(0); }), NetFilter::ERROR_ACCESS_DENIED);
}

}  // namespace
}  // namespace weir::test
