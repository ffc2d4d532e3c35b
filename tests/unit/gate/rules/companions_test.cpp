// Companion rules: which packets they hold, and where.
#include "gate/rules/companions.h"

#include <gtest/gtest.h>

#include <vector>

#include "weir/filter/compile.h"
#include "weir/gate/rule_text.h"

namespace weir::gate {
namespace {

std::vector<Rule> companions(std::vector<const char*> texts) {
  std::vector<Rule> rules;
  for (const char* text : texts) rules.push_back(parse_rule(text));
  return companions_of(rules);
}

TEST(Companions, AreOfRulesThatRedirect) {
  EXPECT_TRUE(companions({"drop in : udp", "hold out", "hold out set ttl 5; delay 1s"}).empty());
}

TEST(Companions, HoldTheOtherDirectionOfTheSameAdapter) {
  const auto rules = companions({"hold out on eth0 set dst 192.0.2.9 : udp port 53",
                                 "hold in set dport 8080", "hold any set dst 2001:db8::9"});
  ASSERT_EQ(rules.size(), 3U);
  EXPECT_EQ(rules[0].direction, Direction::in);
  EXPECT_EQ(rules[0].adapter, "eth0");
  EXPECT_EQ(rules[1].direction, Direction::out);
  EXPECT_EQ(rules[1].adapter, "");
  EXPECT_EQ(rules[2].direction, Direction::unknown);
  for (const Rule& rule : rules) {
    EXPECT_EQ(rule.action, Action::hold);
    EXPECT_TRUE(rule.changes.empty());
    for (const LinkType link_type : {LinkType::ethernet, LinkType::raw}) {
      EXPECT_NO_THROW(static_cast<void>(filter::compile(rule.filter, link_type))) << rule.filter;
    }
  }
  EXPECT_NE(rules[0].filter.find("src host 192.0.2.9"), std::string::npos);
  EXPECT_NE(rules[1].filter.find("src port 8080"), std::string::npos);
}

TEST(Companions, EachIsThereOnce) {
  EXPECT_EQ(companions({"hold out set dst 192.0.2.9 : udp", "hold out set dst 192.0.2.9 : tcp",
                        "hold out set dst 192.0.2.10 : tcp"})
                .size(),
            2U);
}

TEST(Companions, LookBehindTheTagsThatTheRuleLooksBehind) {
  const auto rules = companions({"hold out set dst 192.0.2.9 : vlan 5 and vlan 6 and udp"});
  ASSERT_EQ(rules.size(), 1U);
  const auto compiled = filter::compile(rules[0].filter, LinkType::ethernet);
  EXPECT_FALSE(compiled.rejects_all);
  EXPECT_NE(rules[0].filter.find("or (vlan and"), std::string::npos);
  EXPECT_NE(rules[0].filter.rfind("or (vlan and"), rules[0].filter.find("or (vlan and"));
}

}  // namespace
}  // namespace weir::gate
