// Companion rules: which packets they hold, and where.
#include "gate/rules/companions.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "gate/rules/rule_list.h"
#include "weir/filter/compile.h"
#include "weir/gate/rule_text.h"

namespace weir::gate {
namespace {

TEST(Companions, AreOfRulesThatRedirect) {
  for (const char* text : {"drop in : udp", "hold out", "hold out set ttl 5; delay 1s"}) {
    EXPECT_EQ(companion_of(parse_rule(text)), std::nullopt) << text;
  }
}

TEST(Companions, HoldTheOtherDirectionOfTheSameAdapter) {
  struct Case {
    const char* text;
    Direction direction;
    const char* adapter;
    const char* filter;
  };
  for (const Case& one : {Case{"hold out on eth0 set dst 192.0.2.9 : udp port 53", Direction::in,
                               "eth0", "src host 192.0.2.9"},
                          {"hold in set dport 8080", Direction::out, "", "src port 8080"},
                          {"hold any set dport 80; set dst 2001:db8::9", Direction::unknown, "",
                           "src host 2001:db8::9"}}) {
    SCOPED_TRACE(one.text);
    const auto rule = companion_of(parse_rule(one.text));
    ASSERT_TRUE(rule);
    EXPECT_EQ(rule->direction, one.direction);
    EXPECT_EQ(rule->adapter, one.adapter);
    EXPECT_EQ(rule->action, Action::hold);
    EXPECT_TRUE(rule->changes.empty());
    EXPECT_NE(rule->filter.find(one.filter), std::string::npos) << rule->filter;
    for (const LinkType link_type : {LinkType::ethernet, LinkType::raw}) {
      EXPECT_NO_THROW(static_cast<void>(filter::compile(rule->filter, link_type)));
    }
  }
}

TEST(Companions, LookBehindTheTagsThatTheRuleLooksBehind) {
  const auto rule =
      companion_of(parse_rule("hold out set dst 192.0.2.9 : vlan 5 and vlan 6 and udp"));
  ASSERT_TRUE(rule);
  EXPECT_FALSE(filter::compile(rule->filter, LinkType::ethernet).rejects_all);
  EXPECT_NE(rule->filter.find("or (vlan and"), std::string::npos);
  EXPECT_NE(rule->filter.rfind("or (vlan and"), rule->filter.find("or (vlan and"));
}

TEST(Companions, StandOnceInFrontOfTheirRule) {
  RuleList list;
  for (const char* text :
       {"drop in : icmp", "hold out set dst 192.0.2.9 : udp", "hold out set dst 192.0.2.9 : tcp",
        "hold out set dst 192.0.2.10 : tcp", "pass any : arp"}) {
    list.add(parse_rule(text));
  }
  std::string order;
  for (const auto& entry : list.asked()) order += entry->is_answers ? "a" : entry->rule.id;
  EXPECT_EQ(order, "51a23a4");
  EXPECT_TRUE(list.remove("2"));
  EXPECT_TRUE(list.remove("4"));
  order.clear();
  for (const auto& entry : list.asked()) order += entry->is_answers ? "a" : entry->rule.id;
  EXPECT_EQ(order, "51a3");
}

}  // namespace
}  // namespace weir::gate
