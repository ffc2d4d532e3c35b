// Companion rules: which packets they hold, and where.
#include "gate/rules/companions.h"

#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <optional>
#include <string>

#include "gate/rules/rule_list.h"
#include "support/frames.h"
#include "weir/filter/compile.h"
#include "weir/filter/filter.h"
#include "weir/gate/rule_text.h"
#include "weir/wire/vlan.h"

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

TEST(Companions, LookBehindAsManyTagsAsTheRuleDoes) {
  using namespace weir::test;
  const wire::VlanFields outer{.identifier = 7, .type_or_length = 0x8100};
  const wire::VlanFields tag{.identifier = 7, .type_or_length = 0x0800};
  // From 192.0.2.1, behind no tag, one, two.
  const std::array frames{frame(eth(0x0800), ip4(17), udp(), rest(4)),
                          frame(eth(0x8100), tag, ip4(17), udp(), rest(4)),
                          frame(eth(0x8100), outer, tag, ip4(17), udp(), rest(4))};
  const std::array rules{"hold out set dst 192.0.2.1 : udp",
                         "hold out set dst 192.0.2.1 : vlan 5 and udp",
                         "hold out set dst 192.0.2.1; set dport 9 : vlan 5 and vlan 6 and udp"};
  for (std::size_t tags = 0; tags < rules.size(); ++tags) {
    const filter::Filter answers{companion_of(parse_rule(rules[tags]))->filter};
    for (std::size_t i = 0; i < frames.size(); ++i) {
      const Packet packet{.data = frames[i],
                          .wire_length = static_cast<std::uint32_t>(frames[i].size())};
      EXPECT_EQ(answers.matches(packet), i <= tags) << rules[tags] << ", tags: " << i;
    }
  }
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
